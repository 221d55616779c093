import { actsPutBack, type Entry, type EventKind, journalRegistry, parseEntry } from '#journal';
import type { Trx } from '#platform/db/database.ts';
import { consentDeclined, consentRefused, mandateConcluded } from '../conclude/conclude.events.ts';
import { NO_IDENTIFICATION, updateDraft } from '../conclude/draft.queries.ts';
import { lockOpenDrafts } from './restore.queries.ts';

const KINDS: readonly EventKind[] = [consentDeclined, consentRefused, mandateConcluded];
const registry = journalRegistry(KINDS);

/**
 * Drafts that a backup of less than two hours ago has open, and that acts put back say are over: the person said no, is
 * a minor, or the draft led to a mandate that is lost. Whatever they know of the person goes, as it had gone. Says how
 * many.
 */
export async function closeDraftsAgain(trx: Trx): Promise<number> {
  const drafts = new Map((await lockOpenDrafts(trx)).map(({ id, journalAlias }) => [journalAlias, id]));
  if (drafts.size === 0) return 0;
  const acts = await actsPutBack(trx, { kinds: KINDS.map(({ kind }) => kind), aliases: [...drafts.keys()] });
  const closed = new Set<string>();
  for (const { leaf } of acts) {
    const act = parseEntry(leaf, registry);
    const closedCause = causeOf(act);
    const draftId = drafts.get(act.mandate?.alias ?? '');
    if (!draftId || !closedCause || closed.has(draftId)) continue;
    await updateDraft(trx, draftId, {
      ...NO_IDENTIFICATION,
      ...(closedCause === 'minor' && { failure: 'minor' }),
      attemptSealed: null,
      closedAt: act.writtenAt,
      closedCause,
      updatedAt: act.writtenAt,
    });
    closed.add(draftId);
  }
  return closed.size;
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
