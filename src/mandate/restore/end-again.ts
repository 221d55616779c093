import {
  actsPutBack,
  applyAlone,
  type Entry,
  type EventKind,
  type FailedAct,
  failedAct,
  journalRegistry,
  parseEntry,
  tryToRead,
} from '#journal';
import type { AppContext } from '#platform/context.ts';
import type { Trx } from '#platform/db/database.ts';
import { authorisationReplaced, mandateConcluded } from '../conclude/conclude.events.ts';
import { type EndFacts, endAuthorisations, endWhenNothingIsOpen } from '../follow/end.queries.ts';
import { authorisationEnded, mandateEnded } from '../mandate.events.ts';
import type { EndCause } from '../mandate.rules.ts';
import { provenConclusions } from './proven-conclusions.ts';
import { aidantsAmong, type LockedMandate, lockMandatesOfAliases, organisationNames } from './restore.queries.ts';

/** A mandate, or one theme of a mandate that goes on, that was ended as the journal says. */
export type EndedAgain = { number: string; theme: string | undefined; cause: EndCause; at: Date };

/** A mandate that was concluded in acts that were put back: after the backup, which has nothing of it. */
export type LostMandate = {
  entryId: string;
  /** The mandate that is in the database all the same, under its alias: nothing proves that it is the one that was concluded. */
  inItsPlace: string | undefined;
  concludedAt: Date;
  organisationId: string | undefined;
  /** None when the structure itself is younger than the backup. */
  organisationName: string | undefined;
};

type EndedAndLost = { ended: EndedAgain[]; lost: LostMandate[]; failed: FailedAct[] };

const KINDS: readonly EventKind[] = [mandateEnded, authorisationEnded, authorisationReplaced, mandateConcluded];
const registry = journalRegistry(KINDS);

/**
 * Mandates and themes that ended in acts that were put back, and that the backup has open, are ended as their leaves
 * say: the same cause, hour, channel and aidant. Nothing is written in the journal, which has these ends, and no mail
 * leaves. Locks the mandates by id. Done again, it changes nothing. Needs the owner's rights.
 */
export async function endAgain(ctx: Pick<AppContext, 'keys'>, trx: Trx): Promise<EndedAndLost> {
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
  const lost = await lostOf(ctx, trx, acts.filter(isConclusion), mandates);
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

/**
 * Whoever may write a mandate may write one under the alias of a mandate that is lost. When the journal's rows alone were lost, what
 * the conclusion commits to can still be opened, and says which mandate it is.
 */
async function lostOf(
  ctx: Pick<AppContext, 'keys'>,
  trx: Trx,
  conclusions: readonly Entry[],
  mandates: ReadonlyMap<string, LockedMandate>,
): Promise<LostMandate[]> {
  const proven = await provenConclusions(ctx, trx, conclusions, mandates);
  const lost = conclusions.filter(({ id }) => !proven.has(id));
  const names = await organisationNames(
    trx,
    lost.flatMap(({ organisationId }) => organisationId ?? []),
  );
  return lost.map((act) => ({
    entryId: act.id,
    inItsPlace: mandates.get(aliasOf(act))?.number,
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
