import type { AuditorAtWork } from '#identity';
import type { JournalRegistry } from '#journal';
import { notFound } from '#platform/http/errors.ts';
import { type FieldErrors, type Form, textOf } from '#platform/http/form.ts';
import { html, type Reply, redirect, refusedForm } from '#platform/http/reply.ts';
import type { Page, PageRequest } from '#platform/http/route.ts';
import { inGroups } from '#platform/ids/ids.ts';
import { DecisionPage, type Elements } from '#views/audit/cases/decision.tsx';
import { proofFactsOf, viewOf } from '../mandate-file/mandate-file-view.ts';
import { openMandateFile } from '../mandate-file/open-mandate-file.ts';
import { doubtsIn, establishedBy, notProvedBy } from '../mandate-file/proof.rules.ts';
import { mandateFilePath } from '../search/search.paths.ts';
import { casePath, decisionPath } from './case.paths.ts';
import type { CaseRow } from './case.queries.ts';
import { DECISION_LABELS, decisionsFor, readDecision } from './case.rules.ts';
import { caseOf } from './case-page.ts';
import { decideCase } from './decide-case.ts';

type Asked = PageRequest<AuditorAtWork>;
type Parts = { registry: JournalRegistry };

/** The elements, when the case is about a mandate, then the question; decided already, back to the case. */
export function decisionPage({ registry }: Parts): Page<AuditorAtWork> {
  return async (request) => {
    const row = await caseOf(request);
    if (row.decidedAt) return redirect(casePath(row.id));
    return html(await view(request, registry, row, { form: request.filled }));
  };
}

const TOO_LATE =
  'Un autre auditeur vient de décider de ce dossier de contrôle. Votre décision n’est pas écrite. Vous pouvez garder votre texte dans une note.';

export function decisionPost({ registry }: Parts): Page<AuditorAtWork> {
  return async (request): Promise<Reply> => {
    const { ctx, who, form } = request;
    const row = await caseOf(request);
    const refused = async (errors: FieldErrors) => refusedForm(await view(request, registry, row, { form, errors }));
    const read = readDecision(form, row.origin);
    if (!read.ok) return refused(read.errors);
    const decided = await decideCase(ctx, who, { caseId: row.id, ...read.value });
    if (decided.ok) return redirect(casePath(row.id));
    if (decided.reason === 'not-found') throw notFound();
    return refused({ form: TOO_LATE });
  };
}

async function view(
  request: Asked,
  registry: JournalRegistry,
  row: CaseRow,
  { form, errors = {} }: { form: Form | null; errors?: FieldErrors },
) {
  return (
    <DecisionPage
      frame={request.frame}
      number={inGroups(row.number)}
      caseHref={casePath(row.id)}
      action={decisionPath(row.id)}
      elements={await elementsOf(request, registry, row)}
      options={decisionsFor(row.origin).map((value) => ({ value, label: DECISION_LABELS[value] }))}
      answersComplaint={row.origin === 'complaint'}
      values={{ decision: textOf(form, 'decision'), reasons: textOf(form, 'reasons') }}
      errors={errors}
    />
  );
}

/** Reading them is reading the file of the mandate: it is journaled as such. */
async function elementsOf(
  { ctx, who, now }: Asked,
  registry: JournalRegistry,
  { mandateId }: CaseRow,
): Promise<Elements | null> {
  const file = mandateId ? await openMandateFile(ctx, who, { named: mandateId, registry }) : undefined;
  if (!file) return null;
  const facts = proofFactsOf(file);
  const words = viewOf(ctx, file, now);
  return {
    mandateHref: mandateFilePath(file.mandate.id),
    facts: [
      { term: 'Pour qui', value: words.person.label },
      { term: 'État', value: words.state },
      { term: 'Qui s’est identifié', value: words.identified },
      { term: 'Sur quel appareil', value: words.device },
      { term: 'Accepté par', value: words.acceptedBy },
      { term: 'Papier', value: words.paper },
      { term: 'Connexions', value: connectionsInWords(file.connections) },
      { term: 'Compteur', value: words.counter.text },
    ],
    doubts: doubtsIn(facts),
    established: establishedBy(facts),
    notProved: notProvedBy(facts),
  };
}

function connectionsInWords(connections: readonly { outcome: string }[]): string {
  if (connections.length === 0) return 'Aucune.';
  const given = connections.filter(({ outcome }) => outcome === 'identity-given').length;
  return `${given} allée${given > 1 ? 's' : ''} jusqu’au bout, sur ${connections.length} commencée${connections.length > 1 ? 's' : ''}. Le site est déclaré par l’aidant.`;
}
