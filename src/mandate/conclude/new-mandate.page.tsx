import type { AidantAtWork } from '#identity';
import { themeOf } from '#organisation';
import { html, redirect } from '#platform/http/reply.ts';
import type { Page } from '#platform/http/route.ts';
import { momentOf } from '#platform/time/paris.ts';
import { type DraftToResume, NewMandate } from '#views/mandate/conclude/new-mandate.tsx';
import { draftPath, pathOfStep } from './conclude.paths.ts';
import { findOpenDrafts, type OpenDraft } from './draft.queries.ts';
import { type DraftStep, stepOf } from './draft.rules.ts';
import { openDraft } from './open-draft.ts';

/** What is needed before a mandate, and those that are being prepared. Opens nothing by itself: a link may be followed twice. */
export const newMandatePage: Page<AidantAtWork> = async ({ ctx, who, frame, now }) => {
  const { aidantId, organisation } = who;
  const drafts = await findOpenDrafts(ctx.db, { aidantId, organisationId: organisation.id, now });
  return html(
    <NewMandate
      frame={frame}
      structure={organisation.name}
      canSwitch={frame.person?.canSwitch ?? false}
      drafts={drafts.map((draft) => draftToResume(draft, now))}
    />,
  );
};

export const openDraftPage: Page<AidantAtWork> = async ({ ctx, who }) => {
  const id = await openDraft(ctx, { aidantId: who.aidantId, organisationId: who.organisation.id });
  return redirect(draftPath(id));
};

const STATES: Partial<Record<DraftStep, string>> = {
  choose: 'Thèmes et durée à choisir',
  agree: 'La personne n’a pas encore répondu',
  'close-session': 'Session FranceConnect à fermer',
  verify: 'La personne a dit oui\u00a0: à vérifier et à accepter',
};

/** A draft as a line of a list. */
export function draftToResume(draft: OpenDraft, now: Date): DraftToResume {
  const step = stepOf(draft, now);
  const themes = draft.themes.map((key) => themeOf(key)?.shortTitle ?? key).join(', ');
  return {
    id: draft.id,
    href: pathOfStep(draft.id, step),
    themes: themes || 'Aucun thème choisi',
    state: STATES[step] ?? '',
    started: momentOf(draft.createdAt),
    expires: momentOf(draft.expiresAt),
  };
}
