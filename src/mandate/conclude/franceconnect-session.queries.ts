import type { Db, Trx } from '#platform/db/database.ts';
import { after, MINUTE } from '#platform/time/clock.ts';

/** FranceConnect connects again without asking anything for this long (federation.md §1.2, §2.6). */
export const FRANCECONNECT_SESSION = 30 * MINUTE;

export type SessionLeftOpen = {
  draftId: string;
  /** When FranceConnect will have forgotten it by itself. */
  until: Date;
  /** Whether we still have what it takes to close it. */
  closable: boolean;
};

/**
 * A session of FranceConnect that a person opened in this session of the aidant, and that has not been seen closed. While it
 * is open, FranceConnect would answer for that person, without a password, whoever is in front of the screen.
 */
export async function findSessionLeftOpen(
  db: Db | Trx,
  sessionIdHash: Buffer,
  now: Date,
): Promise<SessionLeftOpen | undefined> {
  const row = await db
    .selectFrom('mandateDraft')
    .select(['id', 'franceconnectOpenedAt', 'idTokenHintSealed'])
    .where('sessionIdHash', '=', sessionIdHash)
    .where('franceconnectOpenedAt', '>', after(now, -FRANCECONNECT_SESSION))
    .orderBy('franceconnectOpenedAt', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!row?.franceconnectOpenedAt) return undefined;
  return {
    draftId: row.id,
    until: after(row.franceconnectOpenedAt, FRANCECONNECT_SESSION),
    closable: row.idTokenHintSealed !== null,
  };
}
