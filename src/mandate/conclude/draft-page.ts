import type { AidantAtWork } from '#identity';
import { notFound } from '#platform/http/errors.ts';
import type { PageRequest } from '#platform/http/route.ts';
import { inWords } from '#platform/time/paris.ts';
import type { DraftHeader } from '#views/mandate/conclude/draft-header.tsx';
import { draftPath } from './conclude.paths.ts';
import { type Draft, findDraft } from './draft.queries.ts';
import type { BrowserAtWork } from './franceconnect-session.queries.ts';

export type DraftRequest = PageRequest<AidantAtWork>;

/** The draft that a page is about; the one answer « introuvable » for who did not begin it. */
export async function draftOf({ ctx, who, params }: DraftRequest): Promise<Draft> {
  const draft = await findDraft(ctx.db, { aidantId: who.aidantId, draftId: params.id ?? '' });
  if (!draft) throw notFound();
  return draft;
}

/** The browser that a page is asked from, with who is logged in there. */
export function browserOf({ who, browser }: Pick<DraftRequest, 'who' | 'browser'>): BrowserAtWork {
  const { aidantId, sessionIdHash } = who;
  return { aidantId, sessionIdHash, browserHash: browser.lastingHash };
}

/** What every page of a draft shows. */
export function headerOf(draft: Draft, who: Pick<AidantAtWork, 'organisation'>): DraftHeader {
  const path = (page: Parameters<typeof draftPath>[1]) => draftPath(draft.id, page);
  return {
    id: draft.id,
    structure: draft.organisation.name,
    elsewhere: draft.organisationId !== who.organisation.id,
    expires: inWords(draft.expiresAt),
    paths: {
      themes: path('themes'),
      agreement: path('agreement'),
      withoutFranceconnect: path('withoutFranceconnect'),
      session: path('session'),
      closeSession: path('closeSession'),
      verification: path('verification'),
      abandon: path('abandon'),
    },
  };
}
