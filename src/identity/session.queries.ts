import type { Organisation } from '#organisation';
import type { Db, Trx } from '#platform/db/database.ts';
import type { NoticeCode } from '#views/layout/notices.ts';
import type { Entrance } from './entrance.ts';

/** A session as the guard reads it: alive, of an active aidant who still belongs to its structure. */
export type Session = {
  aidantId: string;
  firstName: string;
  lastName: string;
  mayConclude: boolean;
  termsVersion: string | null;
  /** The structure the aidant acts for now. */
  organisation: Organisation;
  /** True when the aidant belongs to another open structure too. */
  canSwitch: boolean;
  /** Names the session for as long as it lasts, whatever its cookie becomes: what rows of other domains are bound to. */
  sessionIdHash: Buffer;
  lastActivityAt: Date;
  /** When a code was last accepted. */
  factorAt: Date;
  notice: string | null;
};

/** The session of a browser in one query, or undefined: unknown, too old, aidant deactivated or out of the structure. */
export async function findSession(db: Db, cookieHash: Buffer, now: Date): Promise<Session | undefined> {
  const row = await liveSessions(db, now)
    .where('session.cookieHash', '=', cookieHash)
    .selectAll('organisation')
    .select([
      'aidant.id as aidantId',
      'aidant.firstName',
      'aidant.lastName',
      'aidant.mayConclude',
      'aidant.termsVersion',
      'session.idHash as sessionIdHash',
      'session.lastActivityAt',
      'session.factorAt',
      'session.notice',
    ])
    .select(({ exists, selectFrom }) =>
      exists(
        selectFrom('membership as otherMembership')
          .innerJoin('organisation as other', 'other.id', 'otherMembership.organisationId')
          .whereRef('otherMembership.aidantId', '=', 'session.actorId')
          .whereRef('other.id', '<>', 'session.organisationId')
          .where('other.active', '=', true)
          .select('other.id'),
      ).as('canSwitch'),
    )
    .executeTakeFirst();
  if (!row) return undefined;
  const { aidantId, firstName, lastName, mayConclude, termsVersion, canSwitch, ...rest } = row;
  const { sessionIdHash, lastActivityAt, factorAt, notice, ...organisation } = rest;
  return {
    ...{ aidantId, firstName, lastName, mayConclude, termsVersion },
    ...{ sessionIdHash, lastActivityAt, factorAt, notice },
    organisation: organisation as Organisation,
    canSwitch: Boolean(canSwitch),
  };
}

/** Sessions not past their end, of active aidants, in a structure they still belong to. */
function liveSessions(db: Db, now: Date) {
  return db
    .selectFrom('session')
    .innerJoin('aidant', 'aidant.id', 'session.actorId')
    .innerJoin('membership', (join) =>
      join
        .onRef('membership.aidantId', '=', 'session.actorId')
        .onRef('membership.organisationId', '=', 'session.organisationId'),
    )
    .innerJoin('organisation', 'organisation.id', 'membership.organisationId')
    .where('session.door', '=', 'aidant')
    .where('session.expiresAt', '>', now)
    .where('aidant.active', '=', true);
}

type NewSession = { cookieHash: Buffer; now: Date; factorAt: Date; expiresAt: Date };

/** Its name is the hash of the id that the browser has now; the id will change, not the name. */
export async function insertSessionAt(
  trx: Trx,
  door: Entrance['door'],
  { cookieHash, now, ...session }: NewSession & { actorId: string; organisationId: string | null },
): Promise<void> {
  const values = { ...session, door, idHash: cookieHash, cookieHash, createdAt: now, lastActivityAt: now };
  await trx.insertInto('session').values(values).execute();
}

/** An aidant's session, in a structure. */
export async function insertSession(
  trx: Trx,
  { aidantId, ...session }: NewSession & { aidantId: string; organisationId: string },
): Promise<void> {
  await insertSessionAt(trx, 'aidant', { actorId: aidantId, ...session });
}

/** An auditor's session. */
export async function insertAuditorSession(
  trx: Trx,
  { auditorId, ...session }: NewSession & { auditorId: string },
): Promise<void> {
  await insertSessionAt(trx, 'auditeur', { actorId: auditorId, organisationId: null, ...session });
}

/** Writes that somebody did something; the notice, once shown, is gone. An older `now` changes nothing. */
export async function touchSession(
  db: Db,
  sessionIdHash: Buffer,
  { now, noticeShown }: { now: Date; noticeShown: boolean },
) {
  await db
    .updateTable('session')
    .set((eb) => ({
      lastActivityAt: eb.fn('greatest', ['lastActivityAt', eb.val(now)]),
      ...(noticeShown && { notice: null }),
    }))
    .where('idHash', '=', sessionIdHash)
    .execute();
}

/** Locks a session that this browser still holds; false when it ended or its cookie changed. */
export async function lockSession(trx: Trx, sessionIdHash: Buffer, cookieHash: Buffer): Promise<boolean> {
  const row = await trx
    .selectFrom('session')
    .select('idHash')
    .where('idHash', '=', sessionIdHash)
    .where('cookieHash', '=', cookieHash)
    .forUpdate()
    .executeTakeFirst();
  return row !== undefined;
}

/** Gives a session the browser's new id, after a code. */
export async function renewSession(
  trx: Trx,
  sessionIdHash: Buffer,
  { cookieHash, now }: { cookieHash: Buffer; now: Date },
): Promise<void> {
  await trx
    .updateTable('session')
    .set({ cookieHash, lastActivityAt: now, factorAt: now })
    .where('idHash', '=', sessionIdHash)
    .execute();
}

/** Keeps what the next page of this session will tell, once. */
export async function leaveNotice(db: Db | Trx, sessionIdHash: Buffer, notice: NoticeCode): Promise<void> {
  await db.updateTable('session').set({ notice }).where('idHash', '=', sessionIdHash).execute();
}

/** Writes that a code has just been accepted in this session. */
export async function dateFactor(trx: Trx, sessionIdHash: Buffer, now: Date): Promise<void> {
  await trx.updateTable('session').set({ factorAt: now }).where('idHash', '=', sessionIdHash).execute();
}

/** Ends one session. False when it had ended already: of many who try at once, one is told true. */
export async function deleteSession(trx: Trx, sessionIdHash: Buffer): Promise<boolean> {
  const { numDeletedRows } = await trx.deleteFrom('session').where('idHash', '=', sessionIdHash).executeTakeFirst();
  return numDeletedRows === 1n;
}

/** Ends whatever session this browser had: somebody else may have left it open. */
export async function deleteSessionOfBrowser(trx: Trx, cookieHash: Buffer): Promise<void> {
  await trx.deleteFrom('session').where('cookieHash', '=', cookieHash).execute();
}

/** Ends the sessions of an account: all of them, or those in one structure. */
export async function deleteSessionsOf(
  trx: Trx,
  door: Entrance['door'],
  { actorId, organisationId }: { actorId: string; organisationId?: string },
): Promise<void> {
  await trx
    .deleteFrom('session')
    .where('door', '=', door)
    .where('actorId', '=', actorId)
    .$if(organisationId !== undefined, (query) => query.where('organisationId', '=', organisationId ?? ''))
    .execute();
}
