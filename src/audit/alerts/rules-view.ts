import { inWords } from '#platform/time/paris.ts';
import type { RuleLine } from '#views/audit/alerts/rule-list.tsx';
import type { RuleOutcome, RuleState } from './alerts.queries.ts';
import { RULES } from './rules.ts';

/** Every rule as it is read: what it looks for, and whether it is on. */
export function rulesInWords(states: readonly RuleState[]): RuleLine[] {
  const byCode = new Map(states.map((state) => [state.code, state]));
  return RULES.map(({ code, title, looksFor, why, doesNotMean }) => {
    const state = byCode.get(code);
    return {
      ...{ code, title, looksFor, why, doesNotMean },
      active: state?.active ?? false,
      standing: standingOf(state),
    };
  });
}

function standingOf(state: RuleState | undefined): string {
  if (!state) return 'Éteinte.';
  const { active, needsAssessment, impactAssessment, switchedAt, reason } = state;
  const since = switchedAt ? ` depuis le ${inWords(switchedAt)}` : '';
  const because = reason ? ` Raison donnée par l’exploitant\u00a0: ${reason}` : '';
  if (!active && needsAssessment && !impactAssessment)
    return 'Éteinte\u00a0: elle regarde la façon de travailler, et l’exploitant n’en a pas encore étudié l’impact.';
  const assessed = active && impactAssessment ? ` Étude d’impact\u00a0: ${impactAssessment}.` : '';
  return `${active ? 'En service' : 'Éteinte'}${since}.${assessed}${because}`;
}

/** What the alerts of a rule turned out to be, in a sentence. */
export function outcomeInWords(outcome: RuleOutcome | undefined): string {
  if (!outcome) return 'Aucune alerte dans votre périmètre.';
  const { open, normal, toFollow, reported } = outcome;
  const decided = normal + toFollow + reported;
  const waiting = open > 0 ? `${open} à examiner.` : 'Rien à examiner.';
  if (decided === 0) return `${waiting} Aucune n’a encore été décidée.`;
  return `${waiting} ${decided} décidée${decided > 1 ? 's' : ''}\u00a0: ${normal} sans rien d’anormal, ${toFollow} à suivre, ${reported} signalée${reported > 1 ? 's' : ''}. Précision\u00a0: ${Math.round(((toFollow + reported) / decided) * 100)}\u00a0%.`;
}
