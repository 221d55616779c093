import { sql } from 'kysely';
import type { AppContext } from '#platform/context.ts';
import { hmac } from '#platform/crypto/hashes.ts';
import type { Db, Trx } from '#platform/db/database.ts';
import { after, MINUTE } from '#platform/time/clock.ts';

/** At most `max` attempts in `windowMs` for one account or one login; counted in PostgreSQL, for every node at once. */
export type AttemptLimit = { name: string; max: number; windowMs: number };

/** Codes of a person who is already known: reprise, and the codes inside forms. Each refused one counts. */
export const CODE_ATTEMPTS: AttemptLimit = { name: 'code', max: 10, windowMs: 15 * MINUTE };

/** Mails sent again for one login. */
export const RESENT_MAILS: AttemptLimit = { name: 'courriel-de-connexion', max: 2, windowMs: 10 * MINUTE };

const keyHash = ({ keys }: AppContext, { name }: AttemptLimit, key: string) =>
  hmac(keys.session[0].secret, 'attempts', name, key);

/** Counts one attempt before it is made. Returns how many there were, this one included; above `max` it must not be made. */
export async function countAttempt(ctx: AppContext, db: Db | Trx, limit: AttemptLimit, key: string): Promise<number> {
  const now = ctx.clock.now();
  const end = after(now, limit.windowMs);
  const { rows } = await sql<{ hits: number }>`
    insert into rate_limit (key_hash, hits, resets_at) values (${keyHash(ctx, limit, key)}, 1, ${end})
    on conflict (key_hash) do update set
      hits = case when rate_limit.resets_at <= ${now} then 1 else rate_limit.hits + 1 end,
      resets_at = case when rate_limit.resets_at <= ${now} then ${end} else rate_limit.resets_at end
    returning hits`.execute(db);
  return rows[0]?.hits ?? 1;
}

/** Starts the count over: the person has shown who they are. */
export async function forgetAttempts(ctx: AppContext, db: Db | Trx, limit: AttemptLimit, key: string): Promise<void> {
  await db
    .deleteFrom('rateLimit')
    .where('keyHash', '=', keyHash(ctx, limit, key))
    .execute();
}
