import type { AuditorAtWork } from '#identity';
import { html } from '#platform/http/reply.ts';
import type { Page } from '#platform/http/route.ts';
import { RulesPage } from '#views/audit/alerts/rules.tsx';
import { recordReading } from '../unmask/record-reading.ts';
import { alertRulesRead } from './alerts.events.ts';
import { ruleOutcomes, ruleStates } from './alerts.queries.ts';
import { outcomeInWords, rulesInWords } from './rules-view.ts';

/** Every rule, on or off, as an aidant may read it, and what its alerts turned out to be. */
export const rulesPage: Page<AuditorAtWork> = async ({ ctx, who, frame }) => {
  const [states, outcomes] = await Promise.all([ruleStates(ctx.db), ruleOutcomes(ctx.db, who)]);
  await recordReading(ctx, alertRulesRead.event({ actor: {}, result: 'ok', clear: { auditor: who.auditorId } }));
  const byRule = new Map(outcomes.map((outcome) => [outcome.rule, outcome]));
  const rules = rulesInWords(states).map((rule) => ({ ...rule, outcome: outcomeInWords(byRule.get(rule.code)) }));
  return html(<RulesPage frame={frame} rules={rules} />);
};
