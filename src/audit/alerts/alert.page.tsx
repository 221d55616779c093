import { type AuditorAtWork, leaveNotice } from '#identity';
import type { JournalRegistry } from '#journal';
import { notFound } from '#platform/http/errors.ts';
import { type FieldErrors, type Form, textOf } from '#platform/http/form.ts';
import { html, redirect, refusedForm } from '#platform/http/reply.ts';
import type { Page, PageRequest } from '#platform/http/route.ts';
import { monthsBefore } from '#platform/time/months.ts';
import { inDigits, momentOf } from '#platform/time/paris.ts';
import { AlertPage } from '#views/audit/alerts/alert.tsx';
import { casePath, gatherPath } from '../cases/case.paths.ts';
import { putInCase } from '../cases/put-in-case.ts';
import { resolveGathered } from '../cases/resolve-gathered.ts';
import { entriesInScope } from '../entries-in-scope.ts';
import { TERMS } from '../retain/audit-terms.ts';
import { toldRows } from '../told-rows.ts';
import { recordReading } from '../unmask/record-reading.ts';
import { ALERT_DECISION_LABELS, type AlertDecision, DECISIONS, readAlertDecision } from './alert.rules.ts';
import { alertRead } from './alerts.events.ts';
import { alertPath } from './alerts.paths.ts';
import { type AlertRow, entriesOfAlert, findAlert } from './alerts.queries.ts';
import { decideAlert, openReasons } from './decide-alert.ts';
import { ruleOf } from './rules.ts';

type Parts = { registry: JournalRegistry };
type Asked = PageRequest<AuditorAtWork>;

/** An alert: what was seen, the entries themselves, what it does not mean, and the decision; each reading is journaled. */
export function alertPage(parts: Parts): Page<AuditorAtWork> {
  return async (request) => {
    const alert = await alertOf(request);
    return html(await view(parts, request, alert, { form: request.filled }));
  };
}

export function alertPost(parts: Parts): Page<AuditorAtWork> {
  return async (request) => {
    const { ctx, who, form } = request;
    const alert = await alertOf(request);
    const read = readAlertDecision(form);
    if (!read.ok) return refusedForm(await view(parts, request, alert, { form, errors: read.errors }));
    const decided = await decideAlert(ctx, who, { alertId: alert.id, ...read.value });
    if (!decided.ok) {
      if (decided.reason === 'not-found') throw notFound();
      // another decided meanwhile: what they decided is shown, and what was typed here is not lost
      return html(await view(parts, request, await alertOf(request), { form, late: read.value.reasons }), 409);
    }
    const wanted = read.value.decision === 'to-follow' && textOf(form, 'openCase') === 'oui';
    const caseId = wanted ? await openCaseFor(request, alert) : undefined;
    return redirect(caseId ? casePath(caseId) : alertPath(alert.id));
  };
}

async function alertOf({ ctx, who, params }: Asked): Promise<AlertRow> {
  const alert = await findAlert(ctx.db, who, params.id ?? '');
  if (!alert) throw notFound();
  return alert;
}

/** A case with the entries of the alert that this auditor may see; none when there is nothing to put in it. */
async function openCaseFor({ ctx, who }: Asked, { id, rule, raisedAt }: AlertRow): Promise<string | undefined> {
  const rows = await entriesInScope(ctx.db, who, await entriesOfAlert(ctx.db, id));
  const what = await resolveGathered(ctx, who, { entries: rows.map((row) => row.id) });
  if (!what) return undefined;
  const put = await putInCase(ctx, who, { what, into: { subject: `Alerte ${rule} du ${inDigits(raisedAt)}` } });
  if (!put.ok) return undefined;
  await leaveNotice(ctx.db, who.sessionIdHash, 'dossier-ouvert');
  return put.caseId;
}

async function view(
  { registry }: Parts,
  { ctx, who, frame }: Asked,
  alert: AlertRow,
  { form, errors, late }: { form: Form | null; errors?: FieldErrors; late?: string },
) {
  const { id, decision, decisionSealed, decidedAt, decidedBy } = alert;
  const about = alert.organisationId ? { organisationId: alert.organisationId } : {};
  const clear = { auditor: who.auditorId, alert: id };
  await recordReading(ctx, alertRead.event({ actor: {}, about, result: 'ok', clear }));
  const rule = ruleOf(alert.rule);
  const rows = await toldRows(ctx, registry, who, await entriesOfAlert(ctx.db, id));
  return (
    <AlertPage
      frame={frame}
      action={alertPath(id)}
      title={rule ? `${alert.rule}\u00a0: ${rule.title}` : `Règle ${alert.rule}`}
      urgent={alert.urgent}
      explanation={alert.explanation}
      place={alert.organisationName ? `${alert.organisationName} (${alert.departement})` : 'Le journal lui-même'}
      raisedAt={momentOf(alert.raisedAt)}
      looksFor={rule?.looksFor ?? null}
      doesNotMean={rule?.doesNotMean ?? null}
      entries={rows}
      hidden={alert.entries - rows.length}
      decided={
        decision &&
        decisionSealed &&
        decidedAt && {
          label: ALERT_DECISION_LABELS[decision as AlertDecision],
          reasons: openReasons(ctx, id, decisionSealed),
          by: decidedBy ?? '',
          at: momentOf(decidedAt),
          until: momentOf(monthsBefore(decidedAt, -ctx.config.retention[TERMS['audit-alerts']])),
        }
      }
      caseHref={rows.length > 0 ? gatherPath({ entries: rows.map((row) => row.id) }) : null}
      choices={DECISIONS.map((value) => ({ value, label: ALERT_DECISION_LABELS[value] }))}
      values={{
        decision: textOf(form, 'decision'),
        reasons: textOf(form, 'reasons'),
        openCase: textOf(form, 'openCase') === 'oui',
      }}
      late={late ?? null}
      errors={errors}
    />
  );
}
