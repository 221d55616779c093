import type { Db, Trx } from '#platform/db/database.ts';

export type PendingLogin = { id: string; aidantId: string; browserHash: Buffer; returnTo: string; expiresAt: Date };

const columns = ['id', 'aidantId', 'browserHash', 'returnTo', 'expiresAt'] as const;

/** Keeps a login whose address and code have just been found right: `createdAt` is the hour of the second factor. */
export async function insertLogin(trx: Trx, login: PendingLogin & { createdAt: Date }): Promise<void> {
  await trx.insertInto('login').values(login).execute();
}

/** A login that its mail can still end. */
export async function findPendingLogin(db: Db | Trx, id: string, now: Date): Promise<PendingLogin | undefined> {
  return db
    .selectFrom('login')
    .select(columns)
    .where('id', '=', id)
    .where('usedAt', 'is', null)
    .where('expiresAt', '>', now)
    .executeTakeFirst();
}

/** The newest login that this browser waits for. */
export async function findLoginOfBrowser(db: Db, browserHash: Buffer, now: Date): Promise<PendingLogin | undefined> {
  return db
    .selectFrom('login')
    .select(columns)
    .where('browserHash', '=', browserHash)
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
  browserHash: Buffer,
  { now, max }: { now: Date; max: number },
): Promise<{ id: string; shortCodeTries: number }[]> {
  return db
    .updateTable('login')
    .set((eb) => ({ shortCodeTries: eb('shortCodeTries', '+', 1) }))
    .where('browserHash', '=', browserHash)
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
    .returning(['aidantId', 'returnTo', 'createdAt'])
    .executeTakeFirst();
}

/** No mail sent before can open a session any more. */
export async function endPendingLogins(trx: Trx, aidantId: string, now: Date): Promise<void> {
  await trx
    .updateTable('login')
    .set({ usedAt: now })
    .where('aidantId', '=', aidantId)
    .where('usedAt', 'is', null)
    .execute();
}

/** What the mail of a pending login needs. */
export async function findLoginMail(db: Db, id: string, now: Date) {
  return db
    .selectFrom('login')
    .innerJoin('aidant', 'aidant.id', 'login.aidantId')
    .select(['aidant.email', 'aidant.firstName', 'login.expiresAt'])
    .where('login.id', '=', id)
    .where('login.usedAt', 'is', null)
    .where('login.expiresAt', '>', now)
    .where('aidant.active', '=', true)
    .executeTakeFirst();
}
