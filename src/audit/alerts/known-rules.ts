import type { Db } from '#platform/db/database.ts';
import type { RuleLine } from '#views/audit/alerts/rule-list.tsx';
import { ruleStates } from './alerts.queries.ts';
import { rulesInWords } from './rules-view.ts';

/** Every rule of control in plain words, for whoever wants to know: what it looks for, and whether it is on. */
export async function knownRules(db: Db): Promise<RuleLine[]> {
  return rulesInWords(await ruleStates(db));
}
