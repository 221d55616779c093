import { type Db, violates } from '#platform/db/database.ts';
import { textOf } from '#platform/http/form.ts';
import type { PersonFrame } from '#platform/http/frame.ts';
import { keepForm } from '#platform/http/kept-form.ts';
import { type Reply, redirect } from '#platform/http/reply.ts';
import type { Access, Guard, HttpRequest } from '#platform/http/route.ts';
import type { Actor, Entrance } from './entrance.ts';
import { resumeSession } from './resume-session.ts';
import { touchSession } from './session.queries.ts';
import { isAsleep, TOUCH_EVERY } from './session.rules.ts';

/** What every session has, at whichever door. */
export type AnySession = { sessionIdHash: Buffer; lastActivityAt: Date; factorAt: Date; notice: string | null };

export type Waking = {
  /** True when the code of the form being posted has just been accepted, to wake the session: it need not be asked again. */
  codeAccepted: boolean;
  /** Silent for 15 minutes or more; only the guards « even asleep » let such a session pass. */
  asleep: boolean;
};

/** How a door reads its sessions, and what it says of whoever comes in. */
export type Gate<Session extends AnySession, Who> = {
  entrance: Entrance;
  find(db: Db, cookieHash: Buffer, now: Date): Promise<Session | undefined>;
  actorOf(session: Session): Actor;
  whoIs(session: Session, state: Waking): Who;
  personOf(session: Session): PersonFrame;
};

export type SessionGuards<Who> = {
  /** With a session, asleep or not. Never counts as activity: for what others send the browser to. */
  evenAsleep: Guard<Who>;
  /** With a session that is awake. */
  awake: Guard<Who>;
  /** Anyone; who it is, when there is a session (asleep or not), without counting as activity. */
  orNobody: Guard<Who | null>;
};

/** The guards of a door; their names begin with `name`. */
export function sessionGuards<Session extends AnySession, Who>(
  gate: Gate<Session, Who>,
  names: { evenAsleep: string; awake: string; orNobody: string },
): SessionGuards<Who> {
  const sessionOf = ({ ctx, browser, now }: HttpRequest) => gate.find(ctx.db, browser.idHash, now);
  return {
    evenAsleep: {
      name: names.evenAsleep,
      async check(request) {
        const session = await sessionOf(request);
        return session ? passing(gate, request, session) : { pass: false, reply: toLogin(gate.entrance, request) };
      },
    },
    awake: {
      name: names.awake,
      async check(request) {
        const session = await sessionOf(request);
        return session ? awake(gate, request, session) : { pass: false, reply: toLogin(gate.entrance, request) };
      },
    },
    orNobody: {
      name: names.orNobody,
      async check(request) {
        const session = await sessionOf(request);
        return session ? passing(gate, request, session) : { pass: true, who: null, person: null, notice: null };
      },
    },
  };
}

async function awake<Session extends AnySession, Who>(
  gate: Gate<Session, Who>,
  request: HttpRequest,
  session: Session,
): Promise<Access<Who>> {
  if (!isAsleep(session.lastActivityAt, request.now)) return activity(gate, request, session);
  const { entrance } = gate;
  const { sessionIdHash } = session;
  const code = request.verb === 'post' ? textOf(request.form, 'code') : '';
  if (!code) return { pass: false, reply: await heldBack(entrance, request, { sessionIdHash, to: '/reprise' }) };
  const { ctx, browser } = request;
  const outcome = await resumeSession(ctx, entrance, { actor: gate.actorOf(session), sessionIdHash, browser, code });
  if (outcome === 'resumed') return passing(gate, request, { ...session, factorAt: request.now }, true);
  const more = outcome === 'refused' ? '&code=refuse' : '';
  return { pass: false, reply: await heldBack(entrance, request, { sessionIdHash, to: '/reprise', more }) };
}

async function activity<Session extends AnySession, Who>(
  gate: Gate<Session, Who>,
  request: HttpRequest,
  session: Session,
): Promise<Access<Who>> {
  const noticeShown = session.notice !== null && request.verb === 'get';
  const since = request.now.getTime() - session.lastActivityAt.getTime();
  if (noticeShown || since >= TOUCH_EVERY) {
    await touchSession(request.ctx.db, session.sessionIdHash, { now: request.now, noticeShown });
  }
  return { ...passing(gate, request, session), notice: noticeShown ? session.notice : null };
}

/** Nothing typed is lost: a posted form is kept for the page that it comes from, which shows it again. */
export async function heldBack(
  entrance: Pick<Entrance, 'root'>,
  request: HttpRequest,
  { sessionIdHash, to, more = '' }: { sessionIdHash: Buffer; to: string; more?: string },
): Promise<Reply> {
  try {
    if (request.verb === 'post') await keepForm(request.ctx, sessionIdHash, request.path, request.form);
  } catch (error) {
    // the session has just been ended: there is nothing left to tie the form to
    if (violates(error, 'kept_form_session_id_hash_fkey')) return toLogin(entrance, request);
    throw error;
  }
  return redirect(`${entrance.root}${to}?suite=${encodeURIComponent(request.url)}${more}`);
}

function toLogin({ root }: Pick<Entrance, 'root'>, request: HttpRequest): Reply {
  return redirect(`${root}/connexion?suite=${encodeURIComponent(request.url)}`);
}

function passing<Session extends AnySession, Who>(
  gate: Gate<Session, Who>,
  request: HttpRequest,
  session: Session,
  codeAccepted = false,
): Access<Who> & { pass: true } {
  const asleep = !codeAccepted && isAsleep(session.lastActivityAt, request.now);
  return {
    pass: true,
    who: gate.whoIs(session, { codeAccepted, asleep }),
    person: gate.personOf(session),
    notice: null,
  };
}
