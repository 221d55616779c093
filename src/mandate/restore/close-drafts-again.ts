import {
  actsPutBack,
  applyAlone,
  type Entry,
  type EventKind,
  type FailedAct,
  failedAct,
  journalRegistry,
  parseEntry,
} from '#journal';
import type { Trx } from '#platform/db/database.ts';
import { consentDeclined, consentRefused, mandateConcluded } from '../conclude/conclude.events.ts';
import { NO_IDENTIFICATION, updateDraft } from '../conclude/draft.queries.ts';
import { lockOpenDrafts } from './restore.queries.ts';

const KINDS: readonly EventKind[] = [consentDeclined, consentRefused, mandateConcluded];
const registry = journalRegistry(KINDS);

/**
 * Drafts that a backup of less than two hours ago has open, and that acts put back say are over: the person said no, is
 * a minor, or the draft led to a mandate that is lost. Whatever they know of the person goes, as it had gone. Says how
 * many, and which acts could not be followed.
 */
export async function closeDraftsAgain(trx: Trx): Promise<{ closed: number; failed: FailedAct[] }> {
  const drafts = new Map((await lockOpenDrafts(trx)).map(({ id, journalAlias }) => [journalAlias, id]));
  if (drafts.size === 0) return { closed: 0, failed: [] };
  const acts = await actsPutBack(trx, { kinds: KINDS.map(({ kind }) => kind), aliases: [...drafts.keys()] });
  const closed = new Set<string>();
  const failed = acts.flatMap(failedAct);
  for (const { id, leaf } of acts.filter(({ rogue }) => !rogue)) {
    const alone = await applyAlone(trx, id, async () => {
      const act = parseEntry(leaf, registry);
      const draftId = drafts.get(act.mandate?.alias ?? '');
      if (draftId && !closed.has(draftId) && (await closeAs(trx, draftId, act))) closed.add(draftId);
    });
    failed.push(...alone);
  }
  return { closed: closed.size, failed };
}

/** Says whether the act is one that closes a draft. */
async function closeAs(trx: Trx, draftId: string, act: Entry): Promise<boolean> {
  const closedCause = causeOf(act);
  if (!closedCause) return false;
  await updateDraft(trx, draftId, {
    ...NO_IDENTIFICATION,
    ...(closedCause === 'minor' && { failure: 'minor' }),
    attemptSealed: null,
    closedAt: act.writtenAt,
    closedCause,
    updatedAt: act.writtenAt,
  });
  return true;
}

/**
 * A draft whose mandate is lost cannot say that it was concluded: there is nothing to name. It may not be concluded
 * twice.
 */
function causeOf({ kind, clear }: Entry): 'declined' | 'minor' | 'abandoned' | undefined {
  if (kind === consentDeclined.kind) return 'declined';
  if (kind === mandateConcluded.kind) return 'abandoned';
  return consentRefused.clear.parse(clear).reason === 'minor' ? 'minor' : undefined;
}
