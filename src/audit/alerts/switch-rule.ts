import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { asNode, record } from '#journal';
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
 * Switches a rule on or off, and says so in the journal: the database switches none without the entry. Switched on, it looks
 * at nothing from before. The impact assessment that was given once is not asked again. What is already so changes nothing.
 */
export async function switchRule(ctx: AppContext, asked: RuleSwitch): Promise<Switched> {
  try {
    return await inTransaction(ctx, (trx) => write(ctx, trx, asked));
  } catch (error) {
    if (violates(error, 'rule_is_on_after_its_impact_assessment')) return { ok: false, reason: 'assessment-needed' };
    if (violates(error, 'rule_is_switched_once')) return { ok: true, changed: false };
    throw error;
  }
}

async function write(ctx: AppContext, trx: Trx, asked: RuleSwitch): Promise<Switched> {
  const { code, active, reason, impactAssessment } = asked;
  const now = ctx.clock.now();
  const rule = await trx.selectFrom('alertRule').select('active').where('code', '=', code).executeTakeFirst();
  if (!rule) return { ok: false, reason: 'unknown-rule' };
  if (rule.active === active) return { ok: true, changed: false };
  const salt = randomBytes(16);
  const hashed = (text: string) => sha256(Buffer.concat([salt, Buffer.from(text)])).toString('hex');
  const assessment = impactAssessment === undefined ? {} : { assessment: hashed(impactAssessment) };
  const clear = { rule: code, active, reason: hashed(reason), ...assessment };
  const [telling = ''] = await record(ctx, trx, alertRuleSwitched.event({ actor: {}, result: 'ok', clear }));
  const call = sql`
    select public.switch_alert_rule(${telling}::uuid, ${uuidv7(now)}::uuid, ${now}::timestamptz, ${code}, ${active}::boolean, ${reason},
      ${impactAssessment ?? null}::text, ${salt}::bytea)`;
  await asNode(ctx.keys, trx, telling, () => call.execute(trx));
  return { ok: true, changed: true };
}
