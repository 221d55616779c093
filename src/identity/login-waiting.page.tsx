import { textOf } from '#platform/http/form.ts';
import { html, type Reply, redirect, refusedForm } from '#platform/http/reply.ts';
import { momentOf } from '#platform/time/paris.ts';
import { LoginWaiting } from '#views/identity/login-waiting.tsx';
import type { Entrance } from './entrance.ts';
import { loginAgain, type Visit } from './login.page.tsx';
import { findLoginOfBrowser } from './login.queries.ts';
import type { Onwards } from './onwards.tsx';
import { resendLoginMail } from './resend-login-mail.ts';
import { tryShortCode } from './try-short-code.ts';

export const showWaiting =
  (entrance: Entrance) =>
  async (request: Visit): Promise<Reply> => {
    const { who, frame, query } = request;
    const login = await waitingIn(entrance, request);
    if (!login) return who && !who.asleep ? redirect(entrance.firstPage) : loginAgain(entrance, request, 'login-over');
    const resent = query.renvoye !== undefined;
    return html(<LoginWaiting frame={{ ...frame, person: null }} end={momentOf(login.expiresAt)} resent={resent} />);
  };

export const postShortCode =
  (entrance: Entrance, onwards: Onwards) =>
  async (request: Visit): Promise<Reply> => {
    const { ctx, form, browser, ip } = request;
    const typed = textOf(form, 'code');
    if (!/^(?:[\s\u00a0\u202f-]*[0-9]){8}[\s\u00a0\u202f-]*$/.test(typed)) {
      return askAgain(entrance, request, 'Tapez les 8\u00a0chiffres du message.');
    }
    const outcome = await tryShortCode(ctx, entrance, { typed, browser, address: ip });
    if (outcome.ok) return onwards(request.frame, outcome.returnTo);
    if (outcome.reason === 'gone') return loginAgain(entrance, request, 'login-over');
    const left =
      outcome.triesLeft === 1 ? 'Il vous reste 1\u00a0essai.' : `Il vous reste ${outcome.triesLeft}\u00a0essais.`;
    return askAgain(entrance, request, `Ce n’est pas le code du message. ${left}`);
  };

export const postResend =
  (entrance: Entrance) =>
  async (request: Visit): Promise<Reply> => {
    const { ok } = await resendLoginMail(request.ctx, entrance, request.browser.idHash);
    return ok ? redirect(`${entrance.root}/connexion/attente?renvoye`) : loginAgain(entrance, request, 'login-over');
  };

async function askAgain(entrance: Entrance, request: Visit, message: string): Promise<Reply> {
  const login = await waitingIn(entrance, request);
  if (!login) return loginAgain(entrance, request, 'login-over');
  const frame = { ...request.frame, person: null };
  return refusedForm(<LoginWaiting frame={frame} end={momentOf(login.expiresAt)} errors={{ code: message }} />);
}

function waitingIn({ door }: Entrance, { ctx, browser, now }: Visit) {
  return findLoginOfBrowser(ctx.db, door, { browserHash: browser.idHash, now });
}
