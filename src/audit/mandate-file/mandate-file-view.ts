import type { ConsentCheck } from '#consent';
import type { AppContext } from '#platform/context.ts';
import { inGroups } from '#platform/ids/ids.ts';
import { inDigits, inWords } from '#platform/time/paris.ts';
import type { MandateFileView } from '#views/audit/mandate-file/mandate-file.tsx';
import type { EntryRow } from '#views/audit/search/entry-list.tsx';
import { type Absence, absenceInWords, whenAndWhy } from '../entry/absent.rules.ts';
import { faultInWords, stateShown } from '../entry/fault.rules.ts';
import { goneInWords } from '../entry/gone.rules.ts';
import { dateOf } from '../search/entry-row.ts';
import { auditorOf } from '../search/labels.queries.ts';
import { instantOf } from '../search/period.rules.ts';
import { entryPath } from '../search/search.paths.ts';
import { askPath, unmaskingPath } from '../unmask/unmask.paths.ts';
import { doubtsOfLife } from './doubts.rules.ts';
import { counterInWords, type LifeEntry } from './life.rules.ts';
import { mandateExportPath } from './mandate-file.paths.ts';
import {
  acceptedByInWords,
  deviceInWords,
  endInWords,
  identificationInWords,
  outcomeInWords,
  paperInWords,
  personOf,
  stateInWords,
  takenOverInWords,
  themesInWords,
} from './mandate-file-words.ts';
import type { Life, MandateFile, Told } from './open-mandate-file.ts';
import { doubtsIn, ENTRIES, establishedBy, notProvedBy, type ProofFacts } from './proof.rules.ts';

/** The facts on which the statements of proof rest. */
export function proofFactsOf(file: MandateFile): ProofFacts {
  const { consent, conclusion, counter, connections, copy, life } = file;
  const entryDoubts = doubtsOfLife(life);
  const checks = [
    ...(consent?.checks ?? []),
    {
      name: 'Le texte montré ci-dessous',
      verdict: copy.text.verdict === 'pass' && !copy.namedByTerms ? ('fail' as const) : copy.text.verdict,
      detail: textDetail(copy),
    },
    entriesCheck(life, entryDoubts),
  ];
  return {
    checks,
    conclusion,
    counter,
    identification: consent?.identification ?? null,
    connections: connections.length,
    entryDoubts,
  };
}

function entriesCheck({ acts, reads, beside, strays, untrue, gone }: Life, doubts: readonly string[]): ConsentCheck {
  const many = acts.length + reads.length + beside.length + strays.length + untrue.length + gone.length;
  const what =
    'l’empreinte de ses octets est celle de l’arbre, le serveur inscrit l’a signée, et sa place mène au point de contrôle publié quand il la contient';
  return doubts.length === 0
    ? { name: ENTRIES, verdict: 'pass', detail: `${many}\u00a0entrées vérifiées une à une\u00a0: ${what}.` }
    : { name: ENTRIES, verdict: 'fail', detail: `${many}\u00a0entrées\u00a0: ${doubts.join(' ')}` };
}

function askOf({ waiting, mandate }: MandateFile): MandateFileView['person']['ask'] {
  return waiting
    ? { href: unmaskingPath(waiting), label: 'Votre demande attend une réponse' }
    : { href: askPath({ mandateId: mandate.id }), label: 'Demander à voir son identité' };
}

function textDetail({ text, namedByTerms }: MandateFile['copy']): string {
  if (text.verdict === 'unverifiable')
    return 'L’empreinte à laquelle le journal s’est engagé ne peut plus être ouverte, ou le texte n’est plus là.';
  const named = namedByTerms ? '' : ' Les conditions nomment un autre texte.';
  return `Empreinte recalculée sur le texte\u00a0: ${text.computed}. Empreinte dans l’entrée du journal\u00a0: ${text.committed}.${named}`;
}

/** The file as the page shows it: words only. */
export function viewOf(ctx: Pick<AppContext, 'keys'>, file: MandateFile, now: Date): MandateFileView {
  const { mandate, identity, conclusion, snapshot, copy } = file;
  const facts = proofFactsOf(file);
  return {
    number: inGroups(mandate.number).replaceAll('\u00a0', ' '), // may be cut between two groups
    structure: snapshot?.organisation.name ?? mandate.structure,
    departement: mandate.departement,
    person: { label: personOf(ctx, file), ask: identity ? null : askOf(file) },
    state: stateInWords(file, now),
    takenOver: takenOverInWords(conclusion),
    doubts: doubtsIn(facts),
    identified: identificationInWords(facts.identification),
    device: deviceInWords(conclusion?.consentLevel),
    acceptedBy: acceptedByInWords(file),
    themes: themesInWords(conclusion?.themes ?? []),
    starts: conclusion ? inWords(conclusion.startsAt) : null,
    ends: conclusion ? inWords(conclusion.endsAt) : null,
    duration: snapshot?.durationWords ?? null,
    paper: paperInWords(file.paper),
    end: endInWords(file),
    declarations: snapshot?.declarations ?? [],
    established: establishedBy(facts),
    notProved: notProvedBy(facts),
    checks: facts.checks,
    text: snapshot?.text ?? null,
    textHash: copy.text.computed,
    connections: connectionRows(file),
    ...lifeRows(file),
    exportHref: mandateExportPath(mandate.id),
    caseHref: `/auditeur/dossiers/ajouter?mandat=${mandate.id}`,
    exportWithEvidence: identity !== undefined,
  };
}

/** Every entry of a mandate, as lines. */
export function lifeRows(
  told: Told,
): Pick<MandateFileView, 'refusals' | 'acts' | 'reads' | 'beside' | 'strays' | 'counter'> {
  const { life, counter, refusals } = told;
  const rows = (entries: readonly LifeEntry[]) => inOrder(entries).map((entry) => entryRow(told, entry));
  return {
    ...{ refusals: rows(refusals), acts: rows(life.acts), reads: rows(life.reads), beside: rows(life.beside) },
    strays: [...rows([...life.untrue, ...life.strays]), ...life.gone.map(goneRow)],
    counter: { text: counterInWords(counter), complete: counter.complete },
  };
}

export function connectionRows({ connections, aidants }: Told): MandateFileView['connections'] {
  return connections.map((one) => ({
    id: one.use,
    iso: one.at.toISOString(),
    when: inDigits(one.at),
    theme: one.theme ? (themesInWords([one.theme])[0] ?? one.theme) : '',
    site: one.site ?? siteGone(one.siteAbsence),
    aidant: (one.aidantId && aidants.get(one.aidantId)) || 'Aidant inconnu',
    result: outcomeInWords(one),
    href: entryPath(one.entryId),
  }));
}

function siteGone(absence: Absence | undefined): string {
  return absence ? absenceInWords(absence) : 'Inconnu\u00a0: l’entrée qui le disait ne peut pas être crue.';
}

const timeOf = ({ entry, recordedAt }: LifeEntry) => (entry?.writtenAt ?? recordedAt).getTime();

/** By number, since the log has them without order; those without a number by their time. */
function inOrder(entries: readonly LifeEntry[]): LifeEntry[] {
  return entries.toSorted((one, other) => timeOf(one) - timeOf(other) || mnOf(one) - mnOf(other));
}

const mnOf = ({ entry }: LifeEntry) => entry?.mandate?.mn ?? 0;

const ALTERED = 'Ce qui est gardé à côté de cette entrée n’est pas ce à quoi elle s’est engagée. Rien n’en est montré.';
const FOREIGN = 'L’index la range sous ce mandat\u00a0; elle-même parle d’un autre, ou ne se lit pas.';

function entryRow({ aidants, auditors, alias }: Told, one: LifeEntry): EntryRow {
  const { id, entry, sentence } = one;
  const when = entry?.writtenAt ?? one.recordedAt;
  const mn = entry?.mandate?.mn;
  const auditor = auditorOf(entry ?? undefined);
  return {
    ...{ id, state: stateShown(one, one.fault), href: entryPath(id) },
    sentence: `${mn ? `N°\u00a0${mn}. ` : ''}${sentence}${erasedInWords(one)}`,
    when: { iso: when.toISOString(), text: inDigits(when) },
    dated: dateOf(entry ?? undefined),
    structure: null,
    aidant: entry?.aidantId ? (aidants.get(entry.aidantId) ?? 'aidant inconnu') : null,
    auditor: auditor ? (auditors.get(auditor) ?? 'auditeur (compte effacé)') : null,
    person: null,
    mandate: null,
    warning: warningOf(one, alias),
  };
}

/** Once for all its values: they are erased together. */
function erasedInWords({ absent }: LifeEntry): string {
  const erased = [...absent.values()].find(({ why }) => why === 'erased');
  return erased?.why === 'erased' ? ` Des valeurs en sont effacées, ${whenAndWhy(erased.by)}.` : '';
}

function goneRow({ id, erasure }: Life['gone'][number]): EntryRow {
  const { state, sentence } = goneInWords(erasure);
  const when = instantOf(id);
  return {
    ...{ id, state, sentence, href: entryPath(id), when: { iso: when.toISOString(), text: inDigits(when) } },
    ...{ dated: null, structure: null, aidant: null, auditor: null, person: null, mandate: null, warning: null },
  };
}

function warningOf(one: LifeEntry, alias: string): string | null {
  if (one.fault) return faultInWords(one.fault);
  if (one.altered) return ALTERED;
  return isForeign(one, alias) ? FOREIGN : null;
}

function isForeign({ entry }: LifeEntry, alias: string): boolean {
  return !entry || (entry.mandate !== undefined && entry.mandate.alias !== alias);
}
