import { html, type Reply, redirect } from '#platform/http/reply.ts';
import { momentOf } from '#platform/time/paris.ts';
import { LoginLink, LoginLinkElsewhere } from '#views/identity/login-link.tsx';
import type { Entrance } from './entrance.ts';
import { finishLogin } from './finish-login.ts';
import { loginAgain, type Visit } from './login.page.tsx';
import { findPendingLogin } from './login.queries.ts';
import { readLoginToken, shortCodeOf } from './login-link.rules.ts';
import type { Onwards } from './onwards.tsx';

/** Opening a link uses nothing: mail scanners open them. Elsewhere than in the browser that typed the code, it opens nothing. */
export const showLink =
  (entrance: Entrance) =>
  async (request: Visit): Promise<Reply> => {
    const { ctx, who, params, browser, now, path } = request;
    const frame = { ...request.frame, person: null };
    const id = readLoginToken(ctx.keys, params.token ?? '');
    const login = id ? await findPendingLogin(ctx.db, entrance.door, { id, now }) : undefined;
    if (!login) return who && !who.asleep ? redirect(entrance.firstPage) : loginAgain(entrance, request, 'link-dead');
    if (login.browserHash.equals(browser.idHash)) return html(<LoginLink frame={frame} action={path} />);
    const shortCode = shortCodeOf(ctx.keys, login.id);
    return html(<LoginLinkElsewhere frame={frame} shortCode={shortCode} end={momentOf(login.expiresAt)} />);
  };

export const postLink =
  (entrance: Entrance, onwards: Onwards) =>
  async (request: Visit): Promise<Reply> => {
    const { ctx, params, browser, ip } = request;
    const loginId = readLoginToken(ctx.keys, params.token ?? '');
    const how = { by: 'link', browser, address: ip } as const;
    const finished = loginId ? await finishLogin(ctx, entrance, { loginId, ...how }) : undefined;
    return finished?.ok ? onwards(request.frame, finished.returnTo) : loginAgain(entrance, request, 'link-dead');
  };
