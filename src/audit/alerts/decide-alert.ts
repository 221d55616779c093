import { type AuditorAtWork, leaveNotice } from '#identity';
import { record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import { type Place, seal, unseal } from '#platform/crypto/seal.ts';
import { hashOf } from '../cases/case-texts.ts';
import type { AlertDecision } from './alert.rules.ts';
import { alertDecided } from './alerts.events.ts';
import { findAlert } from './alerts.queries.ts';

type Who = Pick<AuditorAtWork, 'auditorId' | 'departements' | 'sessionIdHash'>;

const reasonsAt = (id: string): Place => ({ table: 'alert', column: 'decision_sealed', row: id });

/** Why an auditor decided so; may name anybody, hence kept sealed. Throws when it was changed or its key is gone. */
export function openReasons({ keys }: Pick<AppContext, 'keys'>, id: string, sealed: Buffer): string {
  return unseal(keys.data, reasonsAt(id), sealed).toString();
}

/** A person decides about an alert, once: of two at the same moment, the second finds it decided. Nothing is decided by a rule. */
export async function decideAlert(
  ctx: AppContext,
  who: Who,
  { alertId, decision, reasons }: { alertId: string; decision: AlertDecision; reasons: string },
): Promise<{ ok: true } | { ok: false; reason: 'not-found' | 'already-decided' }> {
  return inTransaction(ctx, async (trx) => {
    const alert = await findAlert(trx, who, alertId);
    if (!alert) return { ok: false, reason: 'not-found' };
    const { auditorId } = who;
    const { numUpdatedRows } = await trx
      .updateTable('alert')
      .set({
        decision,
        decisionSealed: seal(ctx.keys.data, reasonsAt(alertId), reasons),
        decidedBy: auditorId,
        decidedAt: ctx.clock.now(),
      })
      .where('id', '=', alertId)
      .where('decidedAt', 'is', null)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return { ok: false, reason: 'already-decided' };
    const decided = alertDecided.event({
      ...{ actor: {}, result: 'ok' },
      about: alert.organisationId ? { organisationId: alert.organisationId } : {},
      clear: { auditor: auditorId, alert: alertId, rule: alert.rule, decision },
      committed: { sha256: hashOf(reasons) },
      subject: { kind: 'auditor', id: auditorId },
    });
    await record(ctx, trx, decided);
    await leaveNotice(trx, who.sessionIdHash, 'alerte-decidee');
    return { ok: true };
  });
}
