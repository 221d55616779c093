import type { Organisation } from '#organisation';
import type { Frame, PersonFrame } from '#platform/http/frame.ts';
import { html, redirect } from '#platform/http/reply.ts';
import type { Access, Guard, HttpRequest } from '#platform/http/route.ts';
import { MayNotConclude } from '#views/identity/may-not-conclude.tsx';
import { aidantEntrance } from './aidant.entrance.ts';
import type { Actor } from './entrance.ts';
import { findSession, type Session } from './session.queries.ts';
import { heldBack, sessionGuards, type Waking } from './session-guards.ts';
import { TERMS_VERSION } from './terms.rules.ts';

/** The aidant behind a request, in the structure they act for. */
export type AidantAtWork = {
  aidantId: string;
  firstName: string;
  lastName: string;
  organisation: Organisation;
  mayConclude: boolean;
  termsVersion: string | null;
  /** Names the session for as long as it lasts (the cookie changes at each reprise). */
  sessionIdHash: Buffer;
  /** When a code was last accepted. */
  factorAt: Date;
} & Waking;

/** The aidant as the login machine knows them. */
export const aidantActor = ({ aidantId, organisation }: Pick<AidantAtWork, 'aidantId' | 'organisation'>): Actor => ({
  id: aidantId,
  organisationId: organisation.id,
});

/** The three guards of any door, for its pages of login. */
export const aidantGuards = sessionGuards<Session, AidantAtWork>(
  {
    entrance: aidantEntrance,
    find: findSession,
    actorOf: aidantActor,
    whoIs: ({ lastActivityAt: _activity, canSwitch: _switch, notice: _notTold, ...facts }, state) => ({
      ...facts,
      ...state,
    }),
    personOf: ({ firstName, lastName, organisation, canSwitch }) => ({
      name: `${firstName} ${lastName}`,
      structure: organisation.name,
      canSwitch,
    }),
  },
  { evenAsleep: 'aidantEvenAsleep', awake: 'aidantLoggedIn', orNobody: 'aidantOrNobody' },
);

/** An aidant with a session, asleep or not. Never counts as activity: for what others (FranceConnect) send the browser to. */
export const aidantEvenAsleep: Guard<AidantAtWork> = aidantGuards.evenAsleep;

/** An aidant whose session is awake; the terms of use may still have to be accepted, the structure may have closed. */
export const aidantLoggedIn: Guard<AidantAtWork> = aidantGuards.awake;

/** Anyone; who it is, when there is a session (asleep or not), without counting as activity. */
export const aidantOrNobody: Guard<AidantAtWork | null> = aidantGuards.orNobody;

/** An aidant who may act: awake, current terms of use accepted, structure open. */
export const aidantActive: Guard<AidantAtWork> = { name: 'aidantActive', check: active };

/** The same, who may also conclude mandates. */
export const aidantMayConclude: Guard<AidantAtWork> = {
  name: 'aidantMayConclude',
  async check(request) {
    const access = await active(request);
    if (!access.pass || access.who.mayConclude) return access;
    const view = <MayNotConclude frame={frameFor(request, access.person)} structure={access.who.organisation.name} />;
    return { pass: false, reply: html(view, 403) };
  },
};

async function active(request: HttpRequest): Promise<Access<AidantAtWork>> {
  const access = await aidantGuards.awake.check(request);
  if (!access.pass) return access;
  if (!access.who.organisation.active) return { pass: false, reply: redirect('/structure') };
  if (access.who.termsVersion === TERMS_VERSION) return access;
  const { sessionIdHash } = access.who;
  return { pass: false, reply: await heldBack(aidantEntrance, request, { sessionIdHash, to: '/conditions' }) };
}

function frameFor(request: HttpRequest, person: PersonFrame | null): Frame {
  return {
    nonce: request.nonce,
    csrfToken: request.browser.csrfToken,
    path: request.path,
    requestId: request.id,
    operator: request.ctx.config.operator,
    person,
    notice: null,
  };
}
