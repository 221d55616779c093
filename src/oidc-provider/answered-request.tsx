import type { AidantAtWork } from '#identity';
import { themeOf } from '#organisation';
import { html, type Reply, redirect } from '#platform/http/reply.ts';
import type { PageRequest } from '#platform/http/route.ts';
import { RequestAnswered } from '#views/oidc-provider/leave-request.tsx';
import type { RequestView } from '#views/oidc-provider/request-frame.tsx';
import { cancelPath, expiredPath, peoplePath } from './answer.paths.ts';
import { findRequest, type PartnerRequest } from './partner-request.ts';
import { resumePath } from './payload.rules.ts';

/** The request named in the address while it waits for an answer; otherwise, what to say instead. */
export async function waitingRequest(
  page: PageRequest<unknown>,
): Promise<{ request: PartnerRequest } | { instead: Reply }> {
  return waiting(page, await findRequest(page.ctx.db, page.params.uid ?? '', page.now));
}

export function waiting(
  page: PageRequest<unknown>,
  request: PartnerRequest | undefined,
): { request: PartnerRequest } | { instead: Reply } {
  const uid = page.params.uid ?? '';
  if (!request || request.status === 'expired') return { instead: redirect(expiredPath(uid)) };
  if (request.status === 'waiting') return { request };
  return { instead: html(<RequestAnswered frame={page.frame} resume={resumePath(uid)} />) };
}

/** The themes that may be used for this request: those of the structure, within those that the partner wants. */
export function usableThemes({ organisation }: AidantAtWork, { perimeter }: PartnerRequest): string[] {
  return organisation.allowedThemes.filter((theme) => perimeter === null || perimeter.includes(theme));
}

export function requestView({ uid, perimeter }: PartnerRequest): RequestView {
  return {
    perimeter: perimeter?.map((theme) => themeOf(theme)?.title ?? theme) ?? null,
    paths: { people: peoplePath(uid), cancel: cancelPath(uid) },
  };
}
