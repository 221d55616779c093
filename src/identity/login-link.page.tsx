import { html, type Reply, redirect } from '#platform/http/reply.ts';
import type { PageRequest } from '#platform/http/route.ts';
import { LoginLink, LoginLinkElsewhere } from '#views/identity/login-link.tsx';
import { finishLogin } from './finish-login.ts';
import type { AidantAtWork } from './guards.tsx';
import { loginAgain } from './login.page.tsx';
import { findPendingLogin } from './login.queries.ts';
import { readLoginToken, shortCodeOf } from './login-link.rules.ts';
import { endOf } from './login-waiting.page.tsx';
import type { Onwards } from './onwards.tsx';
import { FIRST_PAGE } from './return-to.rules.ts';

type Request = PageRequest<AidantAtWork | null>;

/** Opening a link uses nothing: mail scanners open them. Elsewhere than in the browser that typed the code, it opens nothing. */
export async function showLink(request: Request): Promise<Reply> {
  const { ctx, who, params, browser, now, path } = request;
  const frame = { ...request.frame, person: null };
  const loginId = readLoginToken(ctx.keys, params.token ?? '');
  const login = loginId ? await findPendingLogin(ctx.db, loginId, now) : undefined;
  if (!login) return who && !who.asleep ? redirect(FIRST_PAGE) : loginAgain(request, 'link-dead');
  if (login.browserHash.equals(browser.idHash)) return html(<LoginLink frame={frame} action={path} />);
  const shortCode = shortCodeOf(ctx.keys, login.id);
  return html(<LoginLinkElsewhere frame={frame} shortCode={shortCode} end={endOf(login.expiresAt)} />);
}

export const postLink =
  (onwards: Onwards) =>
  async (request: Request): Promise<Reply> => {
    const { ctx, params, browser, ip } = request;
    const loginId = readLoginToken(ctx.keys, params.token ?? '');
    const finished = loginId ? await finishLogin(ctx, { loginId, by: 'link', browser, address: ip }) : undefined;
    return finished?.ok ? onwards(request.frame, finished.returnTo) : loginAgain(request, 'link-dead');
  };
