import { type JournalEvent, record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import type { Trx } from '#platform/db/database.ts';
import { uuidv7 } from '#platform/ids/ids.ts';
import { systemClock } from '#platform/time/clock.ts';
import { alertRaised } from './alerts.events.ts';
import type { Finding, Rule } from './rule.ts';
import { RULES } from './rules.ts';
import { turnOf } from './window.rules.ts';

/** Entries that an alert keeps, at most: it says how many there are. */
const MOST_KEPT = 200;

/**
 * Runs every rule that is switched on over what was written since it last ran. The journal is read first, outside any
 * transaction (an open writer holds back its sealing); what was found is then written with its entries, if the rule is still
 * on and no other worker ran it meanwhile. One rule that fails is logged, tried again next time, and stops no other. Returns
 * how many alerts were raised. The windows follow the system's clock, as the journal does.
 */
export async function runAlertRules(
  ctx: AppContext,
  { rules = RULES, now = systemClock.now() }: { rules?: readonly Rule[]; now?: Date } = {},
): Promise<number> {
  let raised = 0;
  for (const rule of rules) {
    try {
      raised += await runRule(ctx, rule, now);
    } catch (error) {
      ctx.logger.error({ rule: rule.code, err: error }, 'a control rule could not be run');
    }
  }
  return raised;
}

async function runRule(ctx: AppContext, rule: Rule, now: Date): Promise<number> {
  const state = await ctx.db
    .selectFrom('alertRule')
    .select(['lookedUntil', 'switchedAt'])
    .where('code', '=', rule.code)
    .where('active', '=', true)
    .executeTakeFirst();
  const turn = state && turnOf(rule, state, now);
  if (!turn) return 0;
  const findings = await rule.find(ctx, turn.window);
  return inTransaction(ctx, async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable('alertRule')
      .set({ lookedUntil: turn.lookedUntil })
      .where('code', '=', rule.code)
      .where('active', '=', true)
      .where('lookedUntil', 'is not distinct from', state.lookedUntil)
      .where('switchedAt', 'is not distinct from', state.switchedAt)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return 0;
    const events = [];
    for (const finding of findings) events.push(...(await raise(ctx, trx, rule, finding)));
    await record(ctx, trx, ...events);
    return events.length;
  });
}

/** Nothing when these very facts were raised before. */
async function raise(ctx: AppContext, trx: Trx, { code }: Rule, finding: Finding): Promise<JournalEvent[]> {
  const now = ctx.clock.now();
  const { organisationId, urgent, explanation, entryIds } = finding;
  const kept = entryIds.slice(0, MOST_KEPT);
  const alert = await trx
    .insertInto('alert')
    .values({
      ...{ id: uuidv7(now), rule: code, organisationId, urgent, explanation },
      facts: sha256(JSON.stringify([code, ...finding.key])),
      entries: entryIds.length,
      raisedAt: now,
    })
    .onConflict((conflict) => conflict.constraint('same_facts_raise_one_alert').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!alert) return [];
  if (kept.length > 0) {
    const rows = kept.map((entryId) => ({ alertId: alert.id, entryId }));
    await trx.insertInto('alertEntry').values(rows).execute();
  }
  const about = organisationId ? { organisationId } : {};
  const clear = { alert: alert.id, rule: code, urgent, entries: [...kept], count: entryIds.length };
  return [alertRaised.event({ actor: {}, about, result: 'ok', clear })];
}
