import type { RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit, type Store } from 'express-rate-limit';
import type { AppContext } from '../context.ts';
import { countHit, forgetHits, type HitLimit, takeHitBack } from '../db/hits.ts';
import { HttpError } from './errors.ts';
import { type Form, formOf } from './form.ts';

/** At most `max` requests in `windowMs` for one key: the network address unless `keyOf` reads another from the form. */
export type RateLimit = HitLimit & {
  keyOf?: (form: Form, ip: string) => string;
  /** Counts only requests that are refused (4xx): for what is tried, not for what is done. */
  failuresOnly?: boolean;
};

function storeOf(ctx: AppContext, limit: RateLimit): Store {
  return {
    async increment(key) {
      const { hits, resetsAt } = await countHit(ctx, ctx.db, limit, key);
      return { totalHits: hits, resetTime: resetsAt };
    },
    decrement: (key) => takeHitBack(ctx, ctx.db, limit, key),
    resetKey: (key) => forgetHits(ctx, ctx.db, limit, key),
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
    validate: { forwardedHeader: false, keyGeneratorIpFallback: false, singleCount: false },
    skipSuccessfulRequests: limit.failuresOnly ?? false,
    ...(keyOf && { keyGenerator: (request) => keyOf(formOf(request.body), ipKeyGenerator(request.ip ?? '')) }),
    handler: (_request, _response, next) => next(new HttpError(429, `limite-${limit.name}`)),
  });
}
