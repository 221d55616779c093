import type { AidantAtWork } from '#identity';
import { html } from '#platform/http/reply.ts';
import type { Page } from '#platform/http/route.ts';
import { inDigits } from '#platform/time/paris.ts';
import { MandatesPage, type PersonRow } from '#views/mandate/follow/mandates.tsx';
import { NEW_MANDATE } from '../conclude/conclude.paths.ts';
import { findOpenDrafts } from '../conclude/draft.queries.ts';
import { countMissingPapers } from '../document/paper.queries.ts';
import { draftRow } from './draft-row.ts';
import { MANDATES, MISSING_PAPERS, usagerPath } from './follow.paths.ts';
import { findListedPersons, type ListedMandate, type ListedPerson } from './list.queries.ts';
import { endsSoon, LIST_STATES, type ListState, listStateOf, stateInLists } from './list.rules.ts';
import { LONGEST_SEARCH, searchPersons } from './search-persons.ts';
import { personInWords } from './snapshot-name.ts';
import { shortTitles } from './theme-titles.ts';

/** « Mes mandats »: one of three lists, with the search, the drafts to resume and the papers that are missing. */
export const listPage: Page<AidantAtWork> = async ({ ctx, who, frame, query, now }) => {
  const organisationId = who.organisation.id;
  const state = listStateOf(query.etat);
  const search = typedSearch(query.recherche);
  const asked = { organisationId, state, search, afterId: query.apres, beforeId: query.avant, now };
  const page = await searchPersons(ctx, who.aidantId, asked);
  const persons = await findListedPersons(ctx.db, { organisationId, ids: page.ids, now });
  const drafts = await findOpenDrafts(ctx.db, { aidantId: who.aidantId, organisationId, now });
  const missingPapers = await countMissingPapers(ctx.db, organisationId);
  const [first, last] = [page.ids[0], page.ids.at(-1)];
  return html(
    <MandatesPage
      frame={frame}
      structure={who.organisation.name}
      state={state}
      search={search}
      lists={LIST_STATES.map((one) => ({
        state: one,
        count: page.counts[one],
        href: listHref({ state: one, search }),
      }))}
      persons={persons.map((person) => rowOf(person, state, now))}
      previousHref={page.hasPrevious && first ? listHref({ state, search, avant: first }) : null}
      nextHref={page.hasNext && last ? listHref({ state, search, apres: last }) : null}
      drafts={drafts.map((draft) => draftRow(draft, now))}
      missingPapers={{ count: missingPapers, href: MISSING_PAPERS }}
      newMandateHref={who.mayConclude ? NEW_MANDATE : null}
    />,
  );
};

/** What was typed, cut to what a name can be. */
function typedSearch(text = ''): string {
  return text.normalize('NFC').toWellFormed().replace(/\s+/g, ' ').trim().slice(0, LONGEST_SEARCH).toWellFormed();
}

function listHref({ state, search, ...edge }: { state: ListState; search: string; apres?: string; avant?: string }) {
  const query = new URLSearchParams({
    ...(state !== 'en-vigueur' && { etat: state }),
    ...(search && { recherche: search }),
    ...edge,
  });
  return query.size > 0 ? `${MANDATES}?${query}` : MANDATES;
}

function rowOf(person: ListedPerson, state: ListState, now: Date): PersonRow {
  const mandates = person.mandates.filter((mandate) => stateInLists(mandate, now) === state);
  return {
    id: person.id,
    href: usagerPath(person.id),
    ...personInWords(person.who),
    themes: shortTitles(mandates.flatMap((mandate) => themesShown(mandate, state))),
    when: whenOf(mandates, state),
    soon: mandates.some((mandate) => endsSoon(mandate, now)),
    suspended: state === 'en-vigueur' && mandates.every(({ suspendedAt }) => suspendedAt !== null),
  };
}

function themesShown({ openThemes, themes }: ListedMandate, state: ListState): string[] {
  return state === 'en-vigueur' ? openThemes : themes;
}

function whenOf(mandates: readonly ListedMandate[], state: ListState): PersonRow['when'] {
  const dates = mandates.map(({ endsAt, endedAt }) => endedAt ?? endsAt).toSorted((one, other) => +one - +other);
  const [first] = dates;
  const date = state === 'en-vigueur' ? first : dates.at(-1);
  if (!date) throw new Error('a person is listed without a mandate');
  return { count: mandates.length, iso: date.toISOString(), text: inDigits(date) };
}
