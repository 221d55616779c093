import { nodeCrypto, type ProofFault } from '#journal';
import type { AppContext } from '#platform/context.ts';
import { inWords } from '#platform/time/paris.ts';
import type { EntryProps } from '#views/audit/entry/entry.tsx';
import type { EvidenceTexts } from '#views/audit/entry/evidence.tsx';
import { type Check, checkEntry, type EntryEvidence, verdictOf } from '../browser/check-entry.ts';
import { gatherPath } from '../cases/case.paths.ts';
import { maskedPerson } from '../mask.ts';
import { carrying } from '../search/filters.rules.ts';
import { entryPath, mandateFilePath, proofPath } from '../search/search.paths.ts';
import { askPath, identityPath, unmaskingPath } from '../unmask/unmask.paths.ts';
import { absenceInWords } from './absent.rules.ts';
import { datedOtherwise } from './dated.rules.ts';
import { faultInWords, stateShown } from './fault.rules.ts';
import { goneInWords } from './gone.rules.ts';
import type { Opening } from './openings.ts';
import type { ReadEntry } from './read-entry.ts';
import { committedInWords } from './shown.rules.ts';
import { stateInWords } from './state.rules.ts';

const UNREADABLE = 'Cette entrée ne se lit pas\u00a0: ses octets ne sont pas ceux d’un événement connu.';

/** What the page of an entry shows; `back` is the search it was found by. The sentence comes from the leaf, with what may be shown of what it commits to. */
export function entryProps(ctx: Pick<AppContext, 'keys'>, read: ReadEntry, back: string): Omit<EntryProps, 'frame'> {
  const { id, entry, stored, place, around, evidence } = read;
  const checks = evidence ? checkEntry(nodeCrypto, evidence) : [];
  const { previous, next } = place;
  const dated = entry && datedOtherwise(entry);
  return {
    backHref: back,
    sentence: sentenceOf(read),
    written: entry ? { iso: entry.writtenAt.toISOString(), text: inWords(entry.writtenAt) } : null,
    dated: dated ? { iso: dated.toISOString(), text: inWords(dated) } : null,
    ...placeOf(read, checks),
    structure: around.structure && `${around.structure.name} (${around.structure.departement})`,
    aidant: around.aidant,
    auditor: around.auditor,
    person: personOf(ctx, read),
    mandate: mandateOf(read, back),
    openings: read.openings.map(openingInWords(entry?.kind ?? '')),
    warning: warningOf(read.openings) ?? (read.indexDiffers ? MOVED : null),
    previousHref: previous && carrying(entryPath(previous), back),
    nextHref: next && carrying(entryPath(next), back),
    checks,
    verdict: verdictOf(checks),
    evidence: evidence && stored ? textsOf(evidence, stored.node) : null,
    caseHref: gatherPath({ entries: [id] }),
    proof: read.proof ? { href: proofPath(id), name: `entree-${id}.tlog-proof` } : null,
  };
}

function placeOf({ stored, erasure }: ReadEntry, checks: readonly Check[]): Pick<EntryProps, 'state' | 'stateText'> {
  if (!stored) {
    const { state, sentence } = goneInWords(erasure);
    return { state, stateText: sentence };
  }
  const fault = faultIn(checks);
  const state = stateShown(stored, fault);
  if (fault && state !== stored.state) return { state, stateText: faultInWords(fault) };
  return { state, stateText: stateInWords(stored, witnessesOf(checks)) };
}

/** What the lists call each check of this page. */
const FAULTS: readonly (readonly [check: string, fault: ProofFault])[] = [
  ['leaf-hash', 'leaf-differs'],
  ['form', 'bad-signature'],
  ['node', 'bad-signature'],
  ['inclusion', 'not-in-tree'],
];

function faultIn(checks: readonly Check[]): ProofFault | undefined {
  const failing = checks.filter(({ verdict }) => verdict === 'fail');
  if (failing.length === 0) return undefined;
  return FAULTS.find(([check]) => failing.some(({ name }) => name === check))?.[1] ?? 'not-cosigned';
}

function warningOf(openings: readonly Opening[]): string | null {
  if (openings.some(({ state }) => state === 'altered')) return ALTERED;
  return openings.some((one) => one.state === 'absent' && one.absence.why === 'taken') ? TAKEN : null;
}

const TAKEN =
  'Une valeur à laquelle cette entrée s’est engagée n’est plus là, et aucun effacement inscrit ne le dit\u00a0: elle a été retirée. Prévenez l’exploitant.';
const MOVED =
  'L’index de recherche dit que cette entrée est d’une autre personne, ou d’un autre mandat\u00a0: il a été changé. Ce qui est montré ici ne vient pas de lui. Prévenez l’exploitant.';

const ALTERED =
  'Une valeur gardée à côté de cette entrée n’est pas celle à laquelle elle s’est engagée\u00a0: elle a été changée. Elle n’est pas montrée. Prévenez l’exploitant.';

function sentenceOf({ entry, stored, openings, erasure }: ReadEntry): string {
  if (!stored) return goneInWords(erasure).sentence;
  if (!entry) return UNREADABLE;
  return entry.sentence(
    Object.fromEntries(openings.flatMap((one) => (one.state === 'opened' ? [[one.name, one.value]] : []))),
  );
}

/** Once erased, it has no number any more: its entries still lead to one another, and to what is left of it. */
function mandateOf({ around, place }: ReadEntry, back: string): EntryProps['mandate'] {
  const id = around.mandate?.id ?? place.mandateId;
  return id ? { number: around.mandate?.number ?? null, href: carrying(mandateFilePath(id), back) } : null;
}

function personOf(
  { keys }: Pick<AppContext, 'keys'>,
  { id, place, identity, waiting }: ReadEntry,
): EntryProps['person'] {
  if (!place.usagerId) return null;
  const label = maskedPerson(keys, place.usagerId);
  if (waiting) return { label, href: unmaskingPath(waiting), action: 'Votre demande attend une réponse' };
  return identity
    ? { label, href: identityPath(identity), action: 'Voir son identité' }
    : { label, href: askPath({ entryId: id }), action: 'Demander à voir son identité' };
}

const NOTES = {
  masked: 'Masqué\u00a0: peut nommer une personne.',
  altered: 'Changé depuis\u00a0: n’est pas montré',
} as const;

function openingInWords(kind: string): (opening: Opening) => EntryProps['openings'][number] {
  return (opening) => ({
    term: committedInWords(kind, opening.name),
    value: opening.state === 'opened' ? opening.value : null,
    note: noteOf(opening),
  });
}

function noteOf(opening: Opening): string | null {
  if (opening.state === 'opened') return null;
  return opening.state === 'absent' ? absenceInWords(opening.absence) : NOTES[opening.state];
}

function witnessesOf(checks: readonly Check[]): number {
  return checks.filter(({ name, verdict }) => name.startsWith('witness:') && verdict === 'pass').length;
}

function textsOf(evidence: EntryEvidence, node: string): EvidenceTexts {
  const { id, origin, leaf, leafHash, nodeKey, nodeSignature, proof, policy } = evidence;
  return {
    ...{ id, origin, policy, node },
    leaf: hexadecimal(leaf),
    leafHash: leafHash ? hexadecimal(leafHash) : null,
    readable: readable(leaf),
    nodeKey: nodeKey ? hexadecimal(nodeKey) : null,
    nodeSignature: hexadecimal(nodeSignature ?? new Uint8Array()),
    proof: proof ?? null,
  };
}

/** In lines of 32 bytes. */
function hexadecimal(bytes: Uint8Array): string {
  return (
    Buffer.from(bytes)
      .toString('hex')
      .match(/.{1,64}/g) ?? []
  ).join('\n');
}

function readable(leaf: Uint8Array): string {
  const text = Buffer.from(leaf).toString();
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
