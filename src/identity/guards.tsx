import type { Organisation } from '#organisation';
import { violates } from '#platform/db/database.ts';
import { textOf } from '#platform/http/form.ts';
import type { Frame, PersonFrame } from '#platform/http/frame.ts';
import { keepForm } from '#platform/http/kept-form.ts';
import { html, type Reply, redirect } from '#platform/http/reply.ts';
import type { Access, Guard, HttpRequest } from '#platform/http/route.ts';
import { MayNotConclude } from '#views/identity/may-not-conclude.tsx';
import { resumeSession } from './resume-session.ts';
import { findSession, type Session, touchSession } from './session.queries.ts';
import { isAsleep, TOUCH_EVERY } from './session.rules.ts';
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
  /** True when the code of the form being posted has just been accepted, to wake the session: it need not be asked again. */
  codeAccepted: boolean;
  /** Silent for 15 minutes or more; only `aidantEvenAsleep` lets such a session pass. */
  asleep: boolean;
};

/** An aidant with a session, asleep or not. Never counts as activity: for what others (FranceConnect) send the browser to. */
export const aidantEvenAsleep: Guard<AidantAtWork> = {
  name: 'aidantEvenAsleep',
  async check(request) {
    const session = await sessionOf(request);
    return session ? passing(request, session) : { pass: false, reply: toLogin(request) };
  },
};

/** An aidant whose session is awake; the terms of use may still have to be accepted, the structure may have closed. */
export const aidantLoggedIn: Guard<AidantAtWork> = { name: 'aidantLoggedIn', check: awake };

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

/** Anyone; who it is, when there is a session (asleep or not), without counting as activity. */
export const aidantOrNobody: Guard<AidantAtWork | null> = {
  name: 'aidantOrNobody',
  async check(request) {
    const session = await sessionOf(request);
    return session ? passing(request, session) : { pass: true, who: null, person: null, notice: null };
  },
};

function sessionOf({ ctx, browser, now }: HttpRequest): Promise<Session | undefined> {
  return findSession(ctx.db, browser.idHash, now);
}

async function active(request: HttpRequest): Promise<Access<AidantAtWork>> {
  const access = await awake(request);
  if (!access.pass) return access;
  if (!access.who.organisation.active) return { pass: false, reply: redirect('/structure') };
  if (access.who.termsVersion === TERMS_VERSION) return access;
  return { pass: false, reply: await heldBack(request, access.who.sessionIdHash, '/conditions') };
}

async function awake(request: HttpRequest): Promise<Access<AidantAtWork>> {
  const session = await sessionOf(request);
  if (!session) return { pass: false, reply: toLogin(request) };
  if (!isAsleep(session.lastActivityAt, request.now)) return activity(request, session);
  const code = request.verb === 'post' ? textOf(request.form, 'code') : '';
  if (!code) return { pass: false, reply: await heldBack(request, session.sessionIdHash, '/reprise') };
  const outcome = await resumeSession(request.ctx, { who: session, browser: request.browser, code });
  if (outcome === 'resumed') return passing(request, { ...session, factorAt: request.now }, { codeAccepted: true });
  const reply = await heldBack(request, session.sessionIdHash, '/reprise', outcome === 'refused' ? '&code=refuse' : '');
  return { pass: false, reply };
}

async function activity(request: HttpRequest, session: Session): Promise<Access<AidantAtWork>> {
  const noticeShown = session.notice !== null && request.verb === 'get';
  const since = request.now.getTime() - session.lastActivityAt.getTime();
  if (noticeShown || since >= TOUCH_EVERY) {
    await touchSession(request.ctx.db, session.sessionIdHash, { now: request.now, noticeShown });
  }
  return { ...passing(request, session), notice: noticeShown ? session.notice : null };
}

/** Nothing typed is lost: a posted form is kept for the page that it comes from, which shows it again. */
async function heldBack(request: HttpRequest, sessionIdHash: Buffer, to: string, more = ''): Promise<Reply> {
  try {
    if (request.verb === 'post') await keepForm(request.ctx, sessionIdHash, request.path, request.form);
  } catch (error) {
    // the session has just been ended: there is nothing left to tie the form to
    if (violates(error, 'kept_form_session_id_hash_fkey')) return toLogin(request);
    throw error;
  }
  return redirect(`${to}?suite=${encodeURIComponent(request.url)}${more}`);
}

function toLogin(request: HttpRequest): Reply {
  return redirect(`/connexion?suite=${encodeURIComponent(request.url)}`);
}

function passing(
  request: HttpRequest,
  session: Session,
  { codeAccepted = false } = {},
): Access<AidantAtWork> & { pass: true } {
  const { lastActivityAt, canSwitch, notice: _notTold, ...facts } = session;
  const asleep = !codeAccepted && isAsleep(lastActivityAt, request.now);
  const name = `${session.firstName} ${session.lastName}`;
  return {
    pass: true,
    who: { ...facts, codeAccepted, asleep },
    person: { name, structure: session.organisation.name, canSwitch },
    notice: null,
  };
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
