import { type Form, textOf } from '#platform/http/form.ts';
import type { RateLimit } from '#platform/http/rate-limit.ts';
import { bytes, redirect } from '#platform/http/reply.ts';
import { type Route, route } from '#platform/http/route.ts';
import { MINUTE } from '#platform/time/clock.ts';
import type { Actor, Entrance } from './entrance.ts';
import { postLogOut, showLogOut } from './log-out.page.tsx';
import { postLogin, showLogin } from './login.page.tsx';
import { postLink, showLink } from './login-link.page.tsx';
import { postResend, postShortCode, showWaiting } from './login-waiting.page.tsx';
import type { Onwards } from './onwards.tsx';
import { postResume, showResume } from './resume.page.tsx';
import type { SessionGuards } from './session-guards.ts';

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

/** One door: its pages of login, its guards, and how it names who stands there. */
export type DoorParts<Who> = {
  entrance: Entrance;
  guards: SessionGuards<Who>;
  actorOf(who: Who): Actor;
  onwards: Onwards;
};

/** The pages of login, reprise and logout of a door. */
export function loginRoutes<Who extends { sessionIdHash: Buffer; asleep: boolean }>({
  entrance,
  guards,
  actorOf,
  onwards,
}: DoorParts<Who>): readonly Route[] {
  const { root, firstPage } = entrance;
  const { evenAsleep, awake, orNobody } = guards;
  return [
    route('get', `${root}/connexion`, orNobody, showLogin(entrance)),
    route('post', `${root}/connexion`, orNobody, postLogin(entrance), LOGIN),
    route('get', `${root}/connexion/attente`, orNobody, showWaiting(entrance)),
    route('post', `${root}/connexion/attente`, orNobody, postShortCode(entrance, onwards), SHORT_CODE),
    route('get', `${root}/connexion/renvoyer`, orNobody, async () => redirect(`${root}/connexion/attente`)),
    route('post', `${root}/connexion/renvoyer`, orNobody, postResend(entrance), RESEND),
    route('get', `${root}/connexion/lien/:token`, orNobody, showLink(entrance), LINK),
    route('post', `${root}/connexion/lien/:token`, orNobody, postLink(entrance, onwards), LINK),
    route('get', `${root}/reprise`, evenAsleep, showResume(entrance)),
    route('post', `${root}/reprise`, evenAsleep, postResume(entrance, actorOf, onwards), RESUME),
    // The guard itself counts the activity; the script of the session's time reads the status alone.
    route('get', `${root}/session/prolonger`, awake, async () => redirect(firstPage)),
    route('post', `${root}/session/prolonger`, awake, async () => bytes('text', '', 204)),
    route('get', `${root}/deconnexion`, orNobody, showLogOut),
    route('post', `${root}/deconnexion`, orNobody, postLogOut(entrance, actorOf)),
  ];
}
