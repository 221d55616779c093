import { inDigits } from '#platform/time/paris.ts';
import type { DraftRow } from '#views/mandate/follow/open-drafts.tsx';
import { pathOfStep } from '../conclude/conclude.paths.ts';
import type { OpenDraft } from '../conclude/draft.queries.ts';
import { stepOf } from '../conclude/draft.rules.ts';
import { shortTitles } from './theme-titles.ts';

/** A draft to resume, as the list shows it: it names nobody. */
export function draftRow(draft: OpenDraft, now: Date): DraftRow {
  return {
    id: draft.id,
    href: pathOfStep(draft.id, stepOf({ ...draft, closedAt: null, closedCause: null, wipedAt: null }, now)),
    startedAt: inDigits(draft.createdAt),
    endsAt: inDigits(draft.expiresAt),
    themes: shortTitles(draft.themes),
    identified: draft.identifiedAt !== null,
  };
}
