import { html, type Reply, redirect } from '#platform/http/reply.ts';
import type { PageRequest } from '#platform/http/route.ts';
import { CancelRequest, RequestExpired } from '#views/oidc-provider/leave-request.tsx';
import { cancelPath, expiredPath, peoplePath } from './answer.paths.ts';
import { waitingRequest } from './answered-request.tsx';
import { errorAddress } from './authorize-filter.ts';
import { leaving } from './choose-theme.page.tsx';
import { declineRequest, findRequest } from './partner-request.ts';
import { resumePath } from './payload.rules.ts';

type Asked = PageRequest<unknown>;

export async function showCancel(page: Asked): Promise<Reply> {
  const found = await waitingRequest(page);
  if ('instead' in found) return found.instead;
  const { uid } = found.request;
  return html(<CancelRequest frame={page.frame} action={cancelPath(uid)} back={peoplePath(uid)} />);
}

/** « Annuler »: the partner receives `access_denied` with its state. */
export async function postCancel(page: Asked): Promise<Reply> {
  const found = await waitingRequest(page);
  if ('instead' in found) return found.instead;
  const { uid } = found.request;
  await declineRequest(page.ctx.db, { uid, now: page.now });
  return leaving(page, resumePath(uid));
}

/** What remains of a request that is gone: a way back to the partner, as long as we know who it was. */
export async function showExpired(page: Asked): Promise<Reply> {
  const uid = page.params.uid ?? '';
  const known = (await findRequest(page.ctx.db, uid, page.now)) !== undefined;
  return html(<RequestExpired frame={page.frame} action={expiredPath(uid)} known={known} />);
}

export async function postExpired(page: Asked): Promise<Reply> {
  return leaving(page, `${expiredPath(page.params.uid ?? '')}/retour`);
}

/** Off-site, by a GET of ours, to an address that the partner registered. */
export async function leaveExpired({ ctx, params, now }: Asked): Promise<Reply> {
  const uid = params.uid ?? '';
  const request = await findRequest(ctx.db, uid, now);
  if (!request) return redirect(expiredPath(uid));
  const error = { error: 'access_denied', description: 'the request was not answered in time' };
  return redirect(errorAddress(request.redirectUri, error, { state: request.state, iss: ctx.config.publicUrl }));
}
