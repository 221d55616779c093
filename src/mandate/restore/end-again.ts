import { actsPutBack, type Entry, type EventKind, journalRegistry, parseEntry } from '#journal';
import type { Trx } from '#platform/db/database.ts';
import { authorisationReplaced, mandateConcluded } from '../conclude/conclude.events.ts';
import { type EndFacts, endAuthorisations, endWhenNothingIsOpen } from '../follow/end.queries.ts';
import { authorisationEnded, mandateEnded } from '../mandate.events.ts';
import type { EndCause } from '../mandate.rules.ts';
import { applyAlone, type FailedAct, failedAct, tryToRead } from './apply-alone.ts';
import { aidantsAmong, lockMandatesOfAliases, organisationNames } from './restore.queries.ts';

/** A mandate, or one theme of a mandate that goes on, that was ended as the journal says. */
export type EndedAgain = { number: string; theme: string | undefined; cause: EndCause; at: Date };

/** A mandate of which the journal has acts and the database nothing: it was concluded after the backup. */
export type LostMandate = {
  entryId: string;
  concludedAt: Date;
  organisationId: string | undefined;
  /** None when the structure itself is younger than the backup. */
  organisationName: string | undefined;
};

const KINDS: readonly EventKind[] = [mandateEnded, authorisationEnded, authorisationReplaced, mandateConcluded];
const registry = journalRegistry(KINDS);

/**
 * Mandates and themes that ended in acts that were put back, and that the backup has open, are ended as their leaves
 * say: the same cause, hour, channel and aidant. Nothing is written in the journal, which has these ends, and no mail
 * leaves. Locks the mandates by id. Done again, it changes nothing. Needs the owner's rights.
 */
export async function endAgain(trx: Trx): Promise<{ ended: EndedAgain[]; lost: LostMandate[]; failed: FailedAct[] }> {
  const { acts, failed } = await readActs(trx);
  const mandates = await lockMandatesOfAliases(trx, acts.map(aliasOf));
  const starts = new Map(acts.filter(isConclusion).map((act) => [aliasOf(act), startOf(act)]));
  const known = await aidantsAmong(
    trx,
    acts.flatMap(({ aidantId }) => aidantId ?? []),
  );
  const ended: EndedAgain[] = [];
  for (const act of acts.filter((one) => !isConclusion(one))) {
    const mandate = mandates.get(aliasOf(act));
    if (!mandate) continue;
    const alone = await applyAlone(trx, act.id, async () => {
      const end = endOf(act, { starts, known });
      if (!(await endAs(trx, mandate.id, end, act))) return;
      ended.push({ number: mandate.number, theme: act.theme, cause: end.cause, at: end.at });
    });
    failed.push(...alone);
  }
  const lost = await lostOf(
    trx,
    acts.filter((act) => isConclusion(act) && !mandates.has(aliasOf(act))),
  );
  const over = new Set(ended.filter(({ theme }) => theme === undefined).map(({ number }) => number));
  const told = ended.filter(({ number, theme }) => theme === undefined || !over.has(number));
  return { ended: told, lost, failed };
}

/** Those that a node of ours signed and that read. */
async function readActs(trx: Trx): Promise<{ acts: Entry[]; failed: FailedAct[] }> {
  const found = await actsPutBack(trx, { kinds: KINDS.map(({ kind }) => kind) });
  const failed = found.flatMap(failedAct);
  const acts: Entry[] = [];
  for (const { id, leaf } of found.filter(({ rogue }) => !rogue)) {
    const tried = tryToRead(id, () => parseEntry(leaf, registry));
    if ('read' in tried) acts.push(tried.read);
    else failed.push(tried);
  }
  return { acts, failed };
}

async function lostOf(trx: Trx, conclusions: readonly Entry[]): Promise<LostMandate[]> {
  const names = await organisationNames(
    trx,
    conclusions.flatMap(({ organisationId }) => organisationId ?? []),
  );
  return conclusions.map((act) => ({
    entryId: act.id,
    concludedAt: startOf(act),
    organisationId: act.organisationId,
    organisationName: names.get(act.organisationId ?? ''),
  }));
}

const isConclusion = ({ kind }: Entry) => kind === mandateConcluded.kind;
const startOf = ({ clear }: Entry) => new Date(mandateConcluded.clear.parse(clear).startsAt);
const aliasOf = ({ mandate }: Entry) => mandate?.alias ?? '';

type Known = {
  /** When each mandate began that was concluded in these acts, by alias. */
  starts: ReadonlyMap<string, Date>;
  /** The aidants whom the database has: an account may be younger than the backup. */
  known: ReadonlySet<string>;
};

function endOf({ kind, clear, aidantId, writtenAt }: Entry, { starts, known }: Known): EndFacts {
  if (kind === authorisationReplaced.kind) {
    // taken over at the instant the other mandate began, and nobody is named for it on a theme
    const at = starts.get(authorisationReplaced.clear.parse(clear).by) ?? writtenAt;
    return { cause: 'replaced', at, knownAt: at, channel: 'replacement', aidantId: null };
  }
  const { cause, channel, endedAt, knownAt } = mandateEnded.clear.parse(clear);
  const by = aidantId !== undefined && known.has(aidantId) ? aidantId : null;
  return { cause, channel, at: new Date(endedAt), knownAt: new Date(knownAt), aidantId: by };
}

/** Says whether something was open. The end of a mandate closes whatever is left of it. */
async function endAs(trx: Trx, mandateId: string, end: EndFacts, { kind, theme }: Entry): Promise<boolean> {
  const isWhole = kind === mandateEnded.kind;
  if (!isWhole && theme === undefined) return false;
  const byTheme = { ...end, aidantId: end.cause === 'replaced' ? null : end.aidantId };
  const themes = await endAuthorisations(trx, mandateId, byTheme, isWhole ? undefined : theme);
  if (!isWhole) return themes.length > 0;
  return endWhenNothingIsOpen(trx, mandateId, end);
}
