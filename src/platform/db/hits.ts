import { sql } from 'kysely';
import type { AppContext } from '../context.ts';
import { hmac } from '../crypto/hashes.ts';
import { after } from '../time/clock.ts';
import type { Db, Trx } from './database.ts';

/** At most `max` of something in `windowMs` for one key (an address, an account, a login). `name` is unique in the service. */
export type HitLimit = { name: string; max: number; windowMs: number };

/** Keys are hashed: neither address nor e-mail is kept. */
const hashOf = ({ keys }: AppContext, { name }: HitLimit, key: string) =>
  hmac(keys.session[0].secret, 'rate-limit', name, key);

/**
 * Counts one more, in PostgreSQL, so that every node sees the same count. Returns how many there are in the window that
 * began with the first, this one included, and when the count starts over. The caller compares with `max`.
 */
export async function countHit(
  ctx: AppContext,
  db: Db | Trx,
  limit: HitLimit,
  key: string,
): Promise<{ hits: number; resetsAt: Date }> {
  const now = ctx.clock.now();
  const resetsAt = after(now, limit.windowMs);
  const over = sql`rate_limit.resets_at <= ${now}`;
  return db
    .insertInto('rateLimit')
    .values({ keyHash: hashOf(ctx, limit, key), hits: 1, resetsAt })
    .onConflict((conflict) =>
      conflict.column('keyHash').doUpdateSet({
        hits: sql<number>`case when ${over} then 1 else rate_limit.hits + 1 end`,
        resetsAt: sql<Date>`case when ${over} then excluded.resets_at else rate_limit.resets_at end`,
      }),
    )
    .returning(['hits', 'resetsAt'])
    .executeTakeFirstOrThrow();
}

/** Takes one back: it did not count in the end. */
export async function takeHitBack(ctx: AppContext, db: Db | Trx, limit: HitLimit, key: string): Promise<void> {
  await db
    .updateTable('rateLimit')
    .set({ hits: sql<number>`greatest(hits - 1, 0)` })
    .where('keyHash', '=', hashOf(ctx, limit, key))
    .execute();
}

/** Starts the count of one key over. */
export async function forgetHits(ctx: AppContext, db: Db | Trx, limit: HitLimit, key: string): Promise<void> {
  await db
    .deleteFrom('rateLimit')
    .where('keyHash', '=', hashOf(ctx, limit, key))
    .execute();
}
