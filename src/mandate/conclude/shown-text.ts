import { type ConsentText, consentText, type Terms, termsOf } from '#consent';
import { themes } from '#organisation';
import type { AppContext } from '#platform/context.ts';
import { inPlainWords } from '#platform/time/paris.ts';
import { DURATION_WORDS, endOf, isDuration } from '../mandate.rules.ts';
import type { Draft } from './draft.queries.ts';

export type Professional = { firstName: string; lastName: string };

/** How a professional is named to the person: « Claire Martin ». */
export function aidantName({ firstName, lastName }: Professional): string {
  return `${firstName} ${lastName}`;
}

/**
 * What the person reads for this draft, and the terms that hold its hash. Depends on the draft alone, not on the hour: the
 * latest end is that of a mandate accepted in the draft's last second, so that what was read at any moment stays true.
 */
export function textOfDraft(
  ctx: Pick<AppContext, 'config'>,
  draft: Draft,
  aidant: Professional,
): { text: ConsentText; terms: Terms } {
  const { organisation, duration } = draft;
  if (!duration || !isDuration(duration)) throw new Error(`draft ${draft.id} has no duration`);
  const text = consentText({
    structure: organisation,
    aidantName: aidantName(aidant),
    themes: themes.filter(({ key }) => draft.themes.includes(key)),
    durationWords: DURATION_WORDS[duration],
    latestEnd: inPlainWords(endOf(duration, draft.expiresAt)),
    stopAddress: `${new URL(ctx.config.publicUrl).host}/revoquer`,
    operator: ctx.config.operator,
  });
  return { text, terms: termsOf(organisation, { themes: draft.themes, duration }, text) };
}
