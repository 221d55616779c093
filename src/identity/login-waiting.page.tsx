import { textOf } from '#platform/http/form.ts';
import { html, type Reply, redirect, refusedForm } from '#platform/http/reply.ts';
import type { PageRequest } from '#platform/http/route.ts';
import { inWords } from '#platform/time/paris.ts';
import { LoginWaiting } from '#views/identity/login-waiting.tsx';
import type { AidantAtWork } from './guards.tsx';
import { loginAgain } from './login.page.tsx';
import { findLoginOfBrowser } from './login.queries.ts';
import type { Onwards } from './onwards.tsx';
import { resendLoginMail } from './resend-login-mail.ts';
import { FIRST_PAGE } from './return-to.rules.ts';
import { tryShortCode } from './try-short-code.ts';

type Request = PageRequest<AidantAtWork | null>;

export const endOf = (expiresAt: Date) => ({ iso: expiresAt.toISOString(), words: inWords(expiresAt) });

export async function showWaiting(request: Request): Promise<Reply> {
  const { ctx, who, frame, browser, now, query } = request;
  const login = await findLoginOfBrowser(ctx.db, browser.idHash, now);
  if (!login) return who && !who.asleep ? redirect(FIRST_PAGE) : loginAgain(request, 'login-over');
  const resent = query.renvoye !== undefined;
  return html(<LoginWaiting frame={{ ...frame, person: null }} end={endOf(login.expiresAt)} resent={resent} />);
}

export const postShortCode =
  (onwards: Onwards) =>
  async (request: Request): Promise<Reply> => {
    const { ctx, form, browser, ip } = request;
    const typed = textOf(form, 'code');
    if (!/^(?:[\s\u00a0\u202f-]*[0-9]){8}[\s\u00a0\u202f-]*$/.test(typed)) {
      return askAgain(request, 'Tapez les 8\u00a0chiffres du message.');
    }
    const outcome = await tryShortCode(ctx, { typed, browser, address: ip });
    if (outcome.ok) return onwards(request.frame, outcome.returnTo);
    if (outcome.reason === 'gone') return loginAgain(request, 'login-over');
    const left =
      outcome.triesLeft === 1 ? 'Il vous reste 1\u00a0essai.' : `Il vous reste ${outcome.triesLeft}\u00a0essais.`;
    return askAgain(request, `Ce n’est pas le code du message. ${left}`);
  };

export async function postResend(request: Request): Promise<Reply> {
  const { ok } = await resendLoginMail(request.ctx, request.browser.idHash);
  return ok ? redirect('/connexion/attente?renvoye') : loginAgain(request, 'login-over');
}

async function askAgain(request: Request, message: string): Promise<Reply> {
  const { ctx, frame, browser, now } = request;
  const login = await findLoginOfBrowser(ctx.db, browser.idHash, now);
  if (!login) return loginAgain(request, 'login-over');
  const errors = { code: message };
  return refusedForm(<LoginWaiting frame={{ ...frame, person: null }} end={endOf(login.expiresAt)} errors={errors} />);
}
