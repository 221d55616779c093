import type { RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit, type Store } from 'express-rate-limit';
import { sql } from 'kysely';
import type { AppContext } from '../context.ts';
import { hmac } from '../crypto/hashes.ts';
import { after } from '../time/clock.ts';
import { HttpError } from './errors.ts';
import { type Form, formOf } from './form.ts';

/** At most `max` requests in `windowMs` for one key: the network address unless `keyOf` reads another from the form. */
export type RateLimit = {
  name: string;
  max: number;
  windowMs: number;
  keyOf?: (form: Form, ip: string) => string;
  /** Counts only requests that are refused (4xx): for what is tried, not for what is done. */
  failuresOnly?: boolean;
};

/** Counts in PostgreSQL, so that every node sees the same count. Keys are hashed: neither address nor e-mail is kept. */
function storeOf(ctx: AppContext, { name, windowMs }: RateLimit): Store {
  const hashOf = (key: string) => hmac(ctx.keys.session[0].secret, 'rate-limit', name, key);
  return {
    async increment(key) {
      const now = ctx.clock.now();
      const end = after(now, windowMs);
      const { rows } = await sql<{ hits: number; resetsAt: Date }>`
        insert into rate_limit (key_hash, hits, resets_at) values (${hashOf(key)}, 1, ${end})
        on conflict (key_hash) do update set
          hits = case when rate_limit.resets_at <= ${now} then 1 else rate_limit.hits + 1 end,
          resets_at = case when rate_limit.resets_at <= ${now} then ${end} else rate_limit.resets_at end
        returning hits, resets_at`.execute(ctx.db);
      return { totalHits: rows[0]?.hits ?? 1, resetTime: rows[0]?.resetsAt };
    },
    async decrement(key) {
      await ctx.db
        .updateTable('rateLimit')
        .set({ hits: sql<number>`greatest(hits - 1, 0)` })
        .where('keyHash', '=', hashOf(key))
        .execute();
    },
    async resetKey(key) {
      await ctx.db.deleteFrom('rateLimit').where('keyHash', '=', hashOf(key)).execute();
    },
  };
}

/** The middleware that holds one limit; beyond it, the 429 page. */
export function limiter(ctx: AppContext, limit: RateLimit): RequestHandler {
  const { keyOf } = limit;
  return rateLimit({
    windowMs: limit.windowMs,
    limit: limit.max,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    identifier: limit.name,
    store: storeOf(ctx, limit),
    validate: { keyGeneratorIpFallback: false, singleCount: false },
    skipSuccessfulRequests: limit.failuresOnly ?? false,
    ...(keyOf && { keyGenerator: (request) => keyOf(formOf(request.body), ipKeyGenerator(request.ip ?? '')) }),
    handler: (_request, _response, next) => next(new HttpError(429, `limite-${limit.name}`)),
  });
}
