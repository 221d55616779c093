import type { Db, Trx } from '#platform/db/database.ts';
import type { Entrance } from './entrance.ts';

type Door = Entrance['door'];

export type PendingLogin = { id: string; actorId: string; browserHash: Buffer; returnTo: string; expiresAt: Date };

const columns = ['id', 'actorId', 'browserHash', 'returnTo', 'expiresAt'] as const;

/** Keeps a login whose address and code have just been found right: `createdAt` is the hour of the second factor. */
export async function insertLogin(trx: Trx, login: PendingLogin & { door: Door; createdAt: Date }): Promise<void> {
  await trx.insertInto('login').values(login).execute();
}

/** A login of this door that its mail can still end. */
export async function findPendingLogin(
  db: Db | Trx,
  door: Door,
  { id, now }: { id: string; now: Date },
): Promise<PendingLogin | undefined> {
  return db
    .selectFrom('login')
    .select(columns)
    .where('id', '=', id)
    .where('door', '=', door)
    .where('usedAt', 'is', null)
    .where('expiresAt', '>', now)
    .executeTakeFirst();
}

/** The newest login that this browser waits for at this door. */
export async function findLoginOfBrowser(
  db: Db,
  door: Door,
  { browserHash, now }: { browserHash: Buffer; now: Date },
): Promise<PendingLogin | undefined> {
  return db
    .selectFrom('login')
    .select(columns)
    .where('browserHash', '=', browserHash)
    .where('door', '=', door)
    .where('usedAt', 'is', null)
    .where('expiresAt', '>', now)
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/**
 * Counts one more try of a short code on the logins this browser waits for, before the code is looked at. Returns those
 * that still allowed one, with the number of tries they have had.
 */
export async function countShortCodeTry(
  db: Db,
  door: Door,
  { browserHash, now, max }: { browserHash: Buffer; now: Date; max: number },
): Promise<{ id: string; shortCodeTries: number }[]> {
  return db
    .updateTable('login')
    .set((eb) => ({ shortCodeTries: eb('shortCodeTries', '+', 1) }))
    .where('browserHash', '=', browserHash)
    .where('door', '=', door)
    .where('usedAt', 'is', null)
    .where('expiresAt', '>', now)
    .where('shortCodeTries', '<', max)
    .returning(['id', 'shortCodeTries'])
    .execute();
}

/** Takes a pending login for good: of many who try at once, one does. */
export async function takeLogin(trx: Trx, id: string, now: Date) {
  return trx
    .updateTable('login')
    .set({ usedAt: now })
    .where('id', '=', id)
    .where('usedAt', 'is', null)
    .where('expiresAt', '>', now)
    .returning(['actorId', 'returnTo', 'createdAt'])
    .executeTakeFirst();
}

/** No mail sent before can open a session any more. */
export async function endPendingLogins(trx: Trx, actorId: string, now: Date): Promise<void> {
  await trx
    .updateTable('login')
    .set({ usedAt: now })
    .where('actorId', '=', actorId)
    .where('usedAt', 'is', null)
    .execute();
}

/** What the mail of a pending login needs, at whichever door it began. */
export async function findLoginMail(db: Db, id: string, now: Date) {
  const login = await db
    .selectFrom('login')
    .select(['door', 'actorId', 'expiresAt'])
    .where('id', '=', id)
    .where('usedAt', 'is', null)
    .where('expiresAt', '>', now)
    .executeTakeFirst();
  if (!login) return undefined;
  const account = await db
    .selectFrom(login.door === 'auditeur' ? 'auditor' : 'aidant')
    .select(['email', 'firstName'])
    .where('id', '=', login.actorId)
    .where('active', '=', true)
    .executeTakeFirst();
  return account && { ...account, door: login.door as Door, expiresAt: login.expiresAt };
}
