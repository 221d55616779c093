import { themeOf } from '#organisation';
import { inGroups } from '#platform/ids/ids.ts';
import { inDigits, inWords } from '#platform/time/paris.ts';
import type { CardTheme, MandateCard } from '#views/mandate/follow/mandate-card.tsx';
import { documentPath, paperPath } from '../document/document.paths.ts';
import { paperInWords } from '../document/paper.rules.ts';
import { DURATION_WORDS, type Duration, stateOf } from '../mandate.rules.ts';
import { howItEnded } from './end-words.ts';
import { endPath, receiptPath } from './follow.paths.ts';
import { endsSoon } from './list.rules.ts';
import { inCatalogueOrder } from './theme-titles.ts';
import type { AuthorisationOfMandate, MandateOfPerson } from './usager-page.queries.ts';

/** A mandate, as the page of a person shows it. */
export function mandateCard(mandate: MandateOfPerson, now: Date): MandateCard {
  const state = stateOf(mandate, now);
  const open = state === 'in-force' || state === 'suspended';
  const revoked = state === 'ended' && mandate.endCause !== 'replaced';
  return {
    id: mandate.id,
    state,
    number: mandate.number,
    startedOn: inWords(mandate.startsAt),
    duration: DURATION_WORDS[mandate.duration as Duration],
    acceptedBy: mandate.acceptedBy,
    end: inWords(mandate.endedAt ?? mandate.endsAt),
    soon: endsSoon(mandate, now),
    whyEnded: state === 'ended' ? howItEnded(mandate) : null,
    knownAt: state === 'ended' ? knownApart(mandate) : null,
    themes: inCatalogueOrder(mandate.authorisations).map((one) => cardTheme(mandate, one, open)),
    paper: paperInWords(mandate),
    documentHref: documentPath(mandate.id),
    endHref: open ? endPath(mandate.id) : null,
    paperHref: mandate.paper === 'missing' ? paperPath(mandate.id) : null,
    receiptHref: revoked ? receiptPath(mandate.id) : null,
    name: inGroups(mandate.number),
  };
}

/** When the structure knew, if it was before the end was written. */
function knownApart({ endedAt, endKnownAt }: MandateOfPerson): string | null {
  return endedAt && endKnownAt && endKnownAt < endedAt ? inWords(endKnownAt) : null;
}

/** A theme that ended by itself, before its mandate, says so. */
function cardTheme(mandate: MandateOfPerson, authorisation: AuthorisationOfMandate, open: boolean): CardTheme {
  const { theme, endedAt, endCause } = authorisation;
  const title = themeOf(theme)?.title ?? theme;
  const alone = endedAt !== null && endedAt.getTime() !== mandate.endedAt?.getTime();
  return {
    key: theme,
    title,
    ended: alone ? { at: inDigits(endedAt), why: howItEnded(authorisation) } : null,
    endHref: open && !endedAt ? endPath(mandate.id, theme) : null,
    receiptHref: alone && endCause !== 'replaced' ? receiptPath(mandate.id, theme) : null,
  };
}
