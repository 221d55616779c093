import { type AuditorAtWork, scopeInWords } from '#identity';
import type { FieldErrors } from '#platform/http/form.ts';
import { html, refusedForm } from '#platform/http/reply.ts';
import type { Page, PageRequest } from '#platform/http/route.ts';
import { momentOf } from '#platform/time/paris.ts';
import { type AlertLine, AlertsPage } from '#views/audit/alerts/alerts.tsx';
import { findStructures, MOST_LISTED } from '../search/named.queries.ts';
import { endOfDay, startOfDay } from '../search/period.rules.ts';
import { recordReading } from '../unmask/record-reading.ts';
import { ALERT_DECISION_LABELS, type AlertDecision } from './alert.rules.ts';
import { alertsListed } from './alerts.events.ts';
import { alertPath } from './alerts.paths.ts';
import { type AlertEdge, type AlertRow, listAlerts } from './alerts.queries.ts';
import { type AskedAlerts, alertsHref, readAsked } from './filters.rules.ts';
import { RULES, ruleOf } from './rules.ts';

type Asked = PageRequest<AuditorAtWork>;

/** The alerts to decide about, or those that were; defects of the service first. Says of nobody how many are theirs. */
export const alertsPage: Page<AuditorAtWork> = async (request) => {
  const { ctx, who, frame, query } = request;
  const { asked, edge, errors: typed } = readAsked(query);
  const structures = await structuresMeant(request, asked.structure);
  const errors = { ...typed, ...structures.errors };
  const common = {
    ...{ frame, errors, values: asked, scope: scopeInWords(who.departements) },
    rules: RULES.map(({ code, title }) => ({ value: code, label: `${code}\u00a0: ${title}` })),
    tabs: { open: alertsHref({ ...asked, state: 'open' }), decided: alertsHref({ ...asked, state: 'decided' }) },
  };
  if (Object.keys(errors).length > 0) return refusedForm(<AlertsPage {...common} results={null} />);
  const filters = {
    ...{ state: asked.state, rule: asked.rule || undefined, organisationIds: structures.ids },
    from: startOfDay(asked.from),
    to: endOfDay(asked.to),
  };
  const { rows, more } = await listAlerts(ctx.db, who, filters, edge);
  await recordReading(ctx, listedEvent(who, asked, structures.ids, rows.length));
  const results = { alerts: rows.map(lineOf), ...edgesOf(asked, edge, rows, more) };
  return html(<AlertsPage {...common} results={results} />);
};

type Meant = { ids?: string[]; errors: FieldErrors };

/** Every structure of the auditor's départements that a typed name or SIRET may mean. */
async function structuresMeant({ ctx, who }: Asked, typed: string): Promise<Meant> {
  if (!typed) return { errors: {} };
  const found = await findStructures(ctx.db, who, typed);
  if (found.length === 0)
    return { errors: { structure: 'Aucune structure que vous pouvez consulter ne porte ce nom.' } };
  if (found.length > MOST_LISTED) {
    const structure = `Plus de ${MOST_LISTED}\u00a0structures portent ce nom. Ajoutez la commune, ou donnez le SIRET.`;
    return { errors: { structure } };
  }
  return { ids: found.map(({ id }) => id), errors: {} };
}

function listedEvent({ auditorId }: AuditorAtWork, asked: AskedAlerts, ids: string[] | undefined, shown: number) {
  const { state, rule, from, to } = asked;
  const clear = {
    ...{ auditor: auditorId, state, shown },
    ...(rule && { rule }),
    ...(ids && { organisations: ids }),
    ...(from && { from }),
    ...(to && { to }),
  };
  return alertsListed.event({ actor: {}, result: 'ok', clear });
}

function lineOf({
  id,
  rule,
  urgent,
  explanation,
  raisedAt,
  organisationName,
  departement,
  decision,
}: AlertRow): AlertLine {
  return {
    ...{ id, urgent, explanation, href: alertPath(id) },
    rule: `${rule}\u00a0: ${ruleOf(rule)?.title ?? 'règle d’autrefois'}`,
    raisedAt: momentOf(raisedAt),
    place: organisationName ? `${organisationName} (${departement})` : 'Le journal lui-même',
    decision: decision && ALERT_DECISION_LABELS[decision as AlertDecision],
  };
}

function edgesOf(asked: AskedAlerts, edge: AlertEdge, rows: readonly AlertRow[], more: boolean) {
  const [first, last] = [rows[0]?.id, rows.at(-1)?.id];
  const back = edge.before !== undefined;
  const hasBefore = back ? more : edge.after !== undefined;
  const hasAfter = back || more;
  return {
    previousHref: hasBefore && first ? alertsHref(asked, { before: first }) : null,
    nextHref: hasAfter && last ? alertsHref(asked, { after: last }) : null,
  };
}
