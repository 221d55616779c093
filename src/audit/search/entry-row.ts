import type { Entry } from '#journal';
import type { AppContext } from '#platform/context.ts';
import { inGroups } from '#platform/ids/ids.ts';
import { inDigits } from '#platform/time/paris.ts';
import type { EntryRow } from '#views/audit/search/entry-list.tsx';
import { datedOtherwise } from '../entry/dated.rules.ts';
import { faultInWords, stateShown } from '../entry/fault.rules.ts';
import { goneInWords } from '../entry/gone.rules.ts';
import type { ToldEntry } from '../entry/tell-entries.ts';
import { maskedPerson } from '../mask.ts';
import type { IndexRow } from './entries.queries.ts';
import type { FoundEntry } from './found-entries.ts';
import { auditorOf, type Labels } from './labels.queries.ts';
import { instantOf } from './period.rules.ts';
import { entryPath, mandateFilePath } from './search.paths.ts';

const DIFFERS =
  'L’index qui a servi à trouver cette entrée ne dit pas la même chose qu’elle. La phrase ci-dessus est celle du journal. Prévenez l’exploitant.';

/** An entry as a line: the sentence, the hour and who acted come from the leaf; of the index, only whom it is about. */
export function entryRow(
  { keys }: Pick<AppContext, 'keys'>,
  { row, told, erasure }: FoundEntry,
  labels: Labels,
): EntryRow {
  const when = told?.entry?.writtenAt ?? instantOf(row.id);
  const { organisationId, aidantId } = told?.entry ?? {};
  const auditor = auditorOf(told?.entry);
  return {
    id: row.id,
    href: entryPath(row.id),
    sentence: told?.sentence ?? goneInWords(erasure).sentence,
    when: { iso: when.toISOString(), text: inDigits(when) },
    dated: dateOf(told?.entry),
    state: told ? stateShown(told.stored, told.fault) : goneInWords(erasure).state,
    structure: organisationId ? (labels.structures.get(organisationId) ?? 'structure inconnue') : null,
    aidant: aidantId ? (labels.aidants.get(aidantId) ?? 'aidant inconnu') : null,
    auditor: auditor ? (labels.auditors.get(auditor) ?? 'auditeur (compte effacé)') : null,
    person: row.usagerId ? maskedPerson(keys, row.usagerId) : null,
    mandate: mandateOf(row, labels),
    warning: told ? warningOf(row, told) : null,
  };
}

/** Of which an act is dated, when its entry was written at another time. */
export function dateOf(entry: Entry | undefined): EntryRow['dated'] {
  const dated = entry && datedOtherwise(entry);
  return dated ? { iso: dated.toISOString(), text: inDigits(dated) } : null;
}

const CHANGED =
  'Une valeur gardée à côté de cette entrée a été changée\u00a0: elle n’est pas montrée. Prévenez l’exploitant.';

function warningOf(row: IndexRow, told: ToldEntry): string | null {
  if (told.fault) return faultInWords(told.fault);
  if (indexDiffers(row, told)) return DIFFERS;
  return told.altered ? CHANGED : null;
}

function mandateOf({ mandateId, mandateAlias }: IndexRow, labels: Labels): EntryRow['mandate'] {
  const number = mandateId ? labels.mandates.get(mandateId) : undefined;
  if (mandateId && number) return { href: mandateFilePath(mandateId), label: inGroups(number) };
  if (mandateId && mandateAlias)
    return { href: mandateFilePath(mandateId), label: `effacé, ${mandateAlias.slice(0, 8)}` };
  return mandateAlias ? { href: null, label: mandateAlias.slice(0, 8) } : null;
}

/** Whether the index says otherwise than the leaf: it is not evidence, and may have been changed. */
function indexDiffers(row: IndexRow, { stored, entry }: ToldEntry): boolean {
  if (!entry) return true;
  return (
    row.kind !== entry.kind ||
    row.result !== entry.result ||
    (row.logId === 1) !== (stored.log === 'actes') ||
    row.theme !== (entry.theme ?? null) ||
    row.aidantId !== (entry.aidantId ?? null) ||
    row.mandateAlias !== (entry.mandate?.alias ?? null) ||
    row.mn !== (entry.mandate?.mn ?? null) ||
    row.themes?.join(' ') !== themesOf(entry)?.join(' ') ||
    // whose mandate it is may be known to the index alone
    (entry.organisationId !== undefined && row.organisationId !== entry.organisationId)
  );
}

/** The themes of an entry that has several. */
function themesOf({ clear }: Entry): readonly unknown[] | undefined {
  const { themes } = clear;
  return Array.isArray(themes) ? themes : undefined;
}
