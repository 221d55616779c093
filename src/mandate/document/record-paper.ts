import { record } from '#journal';
import type { AppContext } from '#platform/context.ts';
import { inTransaction } from '#platform/context.ts';
import { lockMandate } from '../follow/end.queries.ts';
import { takeEntryNumbers } from '../mandate.queries.ts';
import { paperRecorded } from './document.events.ts';
import { updatePaper } from './paper.queries.ts';
import type { PaperAnswer } from './paper.rules.ts';

export type PaperRecord = { aidantId: string; organisationId: string; mandateId: string; answer: PaperAnswer };

/**
 * Writes, once, that a mandate is signed on paper with a copy handed over, or why it is not. Possible after the mandate has
 * ended too: the entry then has no number, since the closing one has the last.
 */
export async function recordPaper(
  ctx: AppContext,
  { aidantId, organisationId, mandateId, answer }: PaperRecord,
): Promise<{ ok: true } | { ok: false; reason: 'not-found' | 'already-recorded' }> {
  return inTransaction(ctx, async (trx) => {
    const mandate = await lockMandate(trx, { mandateId, organisationId });
    if (!mandate) return { ok: false, reason: 'not-found' };
    if (!(await updatePaper(trx, mandate.id, answer, ctx.clock.now())))
      return { ok: false, reason: 'already-recorded' };
    const [mn] = mandate.endedAt ? [] : await takeEntryNumbers(trx, mandate.id, 1);
    const none = answer.paper === 'none' ? answer : undefined;
    await record(
      ctx,
      trx,
      paperRecorded.event({
        actor: { aidantId, organisationId },
        about: { usagerId: mandate.usagerId, mandateId: mandate.id },
        mandate: { alias: mandate.journalAlias, mn },
        result: 'ok',
        clear: { paper: answer.paper, ...(none && { reason: none.reason }) },
        committed: { note: none?.note ?? undefined },
        subject: { kind: 'usager', id: mandate.usagerId },
      }),
    );
    return { ok: true };
  });
}
