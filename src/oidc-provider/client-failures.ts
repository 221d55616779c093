import { sql } from 'kysely';
import type { AppContext } from '#platform/context.ts';
import { hmac } from '#platform/crypto/hashes.ts';
import { after, MINUTE } from '#platform/time/clock.ts';

const WINDOW = 10 * MINUTE;
const MAX = 20;
const REMEMBERED_AT_MOST = 10_000;

/** Wrong secrets, counted in PostgreSQL by partner and address. A node asks only once it has seen one itself. */
export type ClientFailures = {
  count(clientId: string, ip: string): Promise<void>;
  /** Whether this address has tried too often for this partner: 20 wrong secrets in 10 minutes. */
  tooMany(clientId: string, ip: string): Promise<boolean>;
};

export function clientFailures(ctx: Pick<AppContext, 'db' | 'keys' | 'clock'>): ClientFailures {
  const seen = new Map<string, { hits: number; until: number }>();
  const nameOf = (clientId: string, ip: string) => JSON.stringify([clientId, ip]);
  const hashOf = (name: string) => hmac(ctx.keys.session[0].secret, 'client-failures', name);
  return {
    async count(clientId, ip) {
      const name = nameOf(clientId, ip);
      const now = ctx.clock.now();
      const end = after(now, WINDOW);
      const before = seen.get(name);
      const still = before && before.until > now.getTime() ? before : { hits: 0, until: end.getTime() };
      if (seen.size >= REMEMBERED_AT_MOST) seen.clear();
      seen.set(name, { ...still, hits: still.hits + 1 });
      await sql`
        insert into rate_limit (key_hash, hits, resets_at) values (${hashOf(name)}, 1, ${end})
        on conflict (key_hash) do update set
          hits = case when rate_limit.resets_at <= ${now} then 1 else rate_limit.hits + 1 end,
          resets_at = case when rate_limit.resets_at <= ${now} then ${end} else rate_limit.resets_at end`.execute(
        ctx.db,
      );
    },
    async tooMany(clientId, ip) {
      const name = nameOf(clientId, ip);
      const now = ctx.clock.now();
      const here = seen.get(name);
      if (!here || here.until <= now.getTime()) return false;
      if (here.hits >= MAX) return true;
      const row = await ctx.db
        .selectFrom('rateLimit')
        .select('hits')
        .where('keyHash', '=', hashOf(name))
        .where('resetsAt', '>', now)
        .executeTakeFirst();
      return (row?.hits ?? 0) >= MAX;
    },
  };
}
