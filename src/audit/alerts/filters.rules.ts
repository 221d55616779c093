import type { FieldErrors } from '#platform/http/form.ts';
import { isUuid } from '#platform/ids/ids.ts';
import { periodErrors } from '../search/period.rules.ts';
import { ALERTS } from './alerts.paths.ts';
import type { AlertEdge } from './alerts.queries.ts';
import { ruleOf } from './rules.ts';

/** The filters of the list, as its address holds them. `structure` is what was typed. */
export type AskedAlerts = {
  state: 'open' | 'decided';
  rule: string;
  structure: string;
  from: string;
  to: string;
};

/** What an address asks for, with a French message beside each filter that does not hold. */
export function readAsked(query: Readonly<Record<string, string>>): {
  asked: AskedAlerts;
  edge: AlertEdge;
  errors: FieldErrors;
} {
  const text = (name: string) => (query[name] ?? '').trim();
  const [rule, structure, from, to] = [text('regle'), text('structure').slice(0, 200), text('du'), text('au')];
  const errors = { ...periodErrors(from, to), ...(rule && !ruleOf(rule) && { regle: 'Choisissez dans la liste.' }) };
  const [after, before] = [text('apres'), text('avant')];
  return {
    asked: { state: text('etat') === 'decidees' ? 'decided' : 'open', rule, structure, from, to },
    edge: isUuid(before) ? { before } : isUuid(after) ? { after } : {},
    errors,
  };
}

/** The address of a list, and of one page of it. */
export function alertsHref(asked: Partial<AskedAlerts>, { after, before }: AlertEdge = {}): string {
  const { state, rule, structure, from, to } = asked;
  const given = { etat: state === 'decided' ? 'decidees' : undefined, regle: rule, structure, du: from, au: to };
  const pairs = Object.entries({ ...given, apres: after, avant: before });
  const query = new URLSearchParams(pairs.filter((pair): pair is [string, string] => Boolean(pair[1])));
  return query.size > 0 ? `${ALERTS}?${query}` : ALERTS;
}
