import type { AppContext } from '#platform/context.ts';
import { inTransaction } from '#platform/context.ts';
import { lockMandate } from './end.queries.ts';
import { type AskedEnd, type KnownAtFault, knownAtOf } from './end.rules.ts';
import { type WrittenEnd, writeDueExpiry, writeEnd } from './write-end.ts';

export type EndRequest = {
  aidantId: string;
  organisationId: string;
  mandateId: string;
  /** One theme of the mandate; without it, all that is left. */
  theme?: string | undefined;
  end: AskedEnd;
};

/**
 * Ends a mandate, or one theme of it, because the person asked or the structure gives it up or learnt something (C. civ.
 * art. 2003). Effective at once for everyone: whoever uses the mandate waits on the same row and reads the end. No code is
 * asked: an end gives nobody any right, and what a person asks is not kept waiting (docs/decisions/0012).
 * `already-ended` when somebody, or its term, was first; a term that had passed unwritten is then written.
 */
export async function endMandate(
  ctx: AppContext,
  { aidantId, organisationId, mandateId, theme, end }: EndRequest,
): Promise<({ ok: true } & WrittenEnd) | { ok: false; reason: 'not-found' | 'already-ended' | KnownAtFault }> {
  return inTransaction(ctx, async (trx) => {
    const mandate = await lockMandate(trx, { mandateId, organisationId });
    if (!mandate) return { ok: false, reason: 'not-found' };
    const now = ctx.clock.now();
    if (mandate.endedAt || (await writeDueExpiry(ctx, trx, mandate, now)))
      return { ok: false, reason: 'already-ended' };
    const known = knownAtOf(end.knownAt, { startsAt: mandate.startsAt, now });
    if (!known.ok) return known;
    const facts = { cause: end.cause, at: now, knownAt: known.knownAt, channel: 'aidant' as const, aidantId };
    const written = await writeEnd(ctx, trx, mandate, facts, theme);
    return written ? { ok: true, ...written } : { ok: false, reason: 'already-ended' };
  });
}
