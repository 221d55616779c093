import { type Form, textOf } from '#platform/http/form.ts';
import type { RateLimit } from '#platform/http/rate-limit.ts';
import { bytes, redirect } from '#platform/http/reply.ts';
import { type Route, route } from '#platform/http/route.ts';
import { MINUTE } from '#platform/time/clock.ts';
import { aidantEvenAsleep, aidantLoggedIn, aidantOrNobody } from './guards.tsx';
import { postLogOut, showLogOut } from './log-out.page.tsx';
import { postLogin, showLogin } from './login.page.tsx';
import { postLink, showLink } from './login-link.page.tsx';
import { postResend, postShortCode, showWaiting } from './login-waiting.page.tsx';
import { onwardsWith } from './onwards.tsx';
import { postResume, showResume } from './resume.page.tsx';
import { FIRST_PAGE } from './return-to.rules.ts';
import { postStructure, showStructure } from './structure.page.tsx';
import { postTerms, showTerms } from './terms.page.tsx';

/** A whole administration may share one address: generous there, tight for one account, one login, one secret. */
const byAddress = (name: string, max: number): RateLimit => ({ name, max, windowMs: 15 * MINUTE });
const account = (form: Form) => textOf(form, 'email').trim().toLowerCase();
/** Tight where one address tries one account; wide for the account alone, so that a stranger does not lock an aidant out. */
const byAccountHere: RateLimit = {
  name: 'connexion-compte-adresse',
  max: 10,
  windowMs: 15 * MINUTE,
  failuresOnly: true,
  keyOf: (form, ip) => `${account(form)} ${ip}`,
};
const byAccount: RateLimit = {
  name: 'connexion-compte',
  max: 100,
  windowMs: 15 * MINUTE,
  failuresOnly: true,
  keyOf: account,
};

const LOGIN = { limits: [byAddress('connexion-adresse', 100), byAccountHere, byAccount] };
const SHORT_CODE = { limits: [byAddress('code-court-adresse', 100)] };
const RESEND = { limits: [byAddress('renvoi-adresse', 50)] };
const LINK = { limits: [byAddress('lien-adresse', 300)] };
const RESUME = { limits: [byAddress('reprise-adresse', 300)] };

export type IdentityOptions = {
  /** Own addresses (GET) that redirect to another site: a form may only lead there through a page (CSP form-action). */
  leadsAway?: (path: string) => boolean;
};

/** The pages of people and login. */
export function identityRoutes({ leadsAway = () => false }: IdentityOptions = {}): readonly Route[] {
  const onwards = onwardsWith(leadsAway);
  return [
    route('get', '/connexion', aidantOrNobody, showLogin),
    route('post', '/connexion', aidantOrNobody, postLogin, LOGIN),
    route('get', '/connexion/attente', aidantOrNobody, showWaiting),
    route('post', '/connexion/attente', aidantOrNobody, postShortCode(onwards), SHORT_CODE),
    route('get', '/connexion/renvoyer', aidantOrNobody, async () => redirect('/connexion/attente')),
    route('post', '/connexion/renvoyer', aidantOrNobody, postResend, RESEND),
    route('get', '/connexion/lien/:token', aidantOrNobody, showLink, LINK),
    route('post', '/connexion/lien/:token', aidantOrNobody, postLink(onwards), LINK),
    route('get', '/reprise', aidantEvenAsleep, showResume),
    route('post', '/reprise', aidantEvenAsleep, postResume(onwards), RESUME),
    // The guard itself counts the activity; the script of the session's time reads the status alone.
    route('get', '/session/prolonger', aidantLoggedIn, async () => redirect(FIRST_PAGE)),
    route('post', '/session/prolonger', aidantLoggedIn, async () => bytes('text', '', 204)),
    route('get', '/deconnexion', aidantOrNobody, showLogOut),
    route('post', '/deconnexion', aidantOrNobody, postLogOut),
    route('get', '/conditions', aidantOrNobody, showTerms),
    route('post', '/conditions', aidantLoggedIn, postTerms(onwards)),
    route('get', '/structure', aidantLoggedIn, showStructure),
    route('post', '/structure', aidantLoggedIn, postStructure),
  ];
}
