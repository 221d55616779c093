import { randomBytes } from 'node:crypto';
import { record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import { type Trx, violates } from '#platform/db/database.ts';
import { uuidv7 } from '#platform/ids/ids.ts';
import { alertRuleSwitched } from './alerts.events.ts';

export type RuleSwitch = {
  code: string;
  active: boolean;
  /** One line; it must name nobody: the page of the rules shows it. */
  reason: string;
  /** Where the impact assessment is kept; only to switch on. */
  impactAssessment?: string | undefined;
};

export type Switched =
  | { ok: true; changed: boolean }
  /** `assessment-needed`: this rule looks at how people work, and nobody said that its impact was assessed. */
  | { ok: false; reason: 'unknown-rule' | 'assessment-needed' };

/**
 * Switches a rule on or off, and says so in the journal. Switched on, it looks at nothing from before. The impact assessment
 * that was given once is not asked again. What is already so changes nothing.
 */
export async function switchRule(ctx: AppContext, asked: RuleSwitch): Promise<Switched> {
  try {
    return await inTransaction(ctx, (trx) => write(ctx, trx, asked));
  } catch (error) {
    if (violates(error, 'rule_is_on_after_its_impact_assessment')) return { ok: false, reason: 'assessment-needed' };
    throw error;
  }
}

async function write(ctx: AppContext, trx: Trx, asked: RuleSwitch): Promise<Switched> {
  const { code, active, reason, impactAssessment } = asked;
  const now = ctx.clock.now();
  const rule = await trx
    .selectFrom('alertRule')
    .select('active')
    .where('code', '=', code)
    .forUpdate()
    .executeTakeFirst();
  if (!rule) return { ok: false, reason: 'unknown-rule' };
  if (rule.active === active) return { ok: true, changed: false };
  await trx
    .updateTable('alertRule')
    .set({
      ...{ active, switchedAt: now, lookedUntil: null },
      ...(active && impactAssessment !== undefined && { impactAssessment }),
    })
    .where('code', '=', code)
    .execute();
  const salt = randomBytes(16);
  await trx
    .insertInto('alertRuleSwitch')
    .values({
      ...{ id: uuidv7(now), code, active, reason, salt, switchedAt: now },
      impactAssessment: impactAssessment ?? null,
    })
    .execute();
  const hashed = (text: string) => sha256(Buffer.concat([salt, Buffer.from(text)])).toString('hex');
  const assessment = impactAssessment === undefined ? {} : { assessment: hashed(impactAssessment) };
  const clear = { rule: code, active, reason: hashed(reason), ...assessment };
  await record(ctx, trx, alertRuleSwitched.event({ actor: {}, result: 'ok', clear }));
  return { ok: true, changed: true };
}
