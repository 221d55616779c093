import { type AuditorAtWork, scopeInWords } from '#identity';
import type { JournalRegistry } from '#journal';
import { notFound } from '#platform/http/errors.ts';
import { html, refusedForm } from '#platform/http/reply.ts';
import type { Page, PageRequest } from '#platform/http/route.ts';
import { inDigits } from '#platform/time/paris.ts';
import type { EntryRow } from '#views/audit/search/entry-list.tsx';
import { type Results, SearchPage } from '#views/audit/search/search.tsx';
import { gatherPath } from '../cases/case.paths.ts';
import { entryRow } from './entry-row.ts';
import { carrying, type Edge, type Filters, readAddress, searchHref } from './filters.rules.ts';
import { instantOf } from './period.rules.ts';
import { type Resolved, resolveFilters } from './resolve-filters.ts';
import { type FoundEntries, searchEntries } from './search-entries.ts';
import { askedInWords, filledForm, formProps, personsInWords, valuesOf } from './search-view.ts';

/** The search and what it found. Everything that is asked stands in the address, which names nobody. */
export function searchPage({ registry }: { registry: JournalRegistry }): Page<AuditorAtWork> {
  return async (request) => {
    const { ctx, who, frame, query, filled } = request;
    if (filled) {
      const form = formProps({ frame, values: valuesOf(filled), errors: {} });
      return html(
        <SearchPage frame={frame} form={form} asked={[]} results={null} scope={scopeInWords(who.departements)} />,
      );
    }
    const { filters, edge, errors, forged } = readAddress(query);
    const found = forged ? undefined : await resolveFilters(ctx.db, who, filters);
    if (!found) throw notFound();
    const { resolved } = found;
    const wrong = { ...found.errors, ...errors };
    const form = formProps({
      ...{ frame, errors: wrong, ...filledForm(query, resolved) },
      person:
        resolved.usagerIds && filters.kept
          ? { kept: filters.kept, label: personsInWords(ctx, resolved.usagerIds) }
          : null,
    });
    const common = { frame, form, scope: scopeInWords(who.departements) };
    if (Object.keys(wrong).length > 0) return refusedForm(<SearchPage {...common} asked={[]} results={null} />);
    const results = await resultsOf(request, registry, { filters, edge, resolved });
    return html(<SearchPage {...common} asked={askedInWords(ctx, filters, resolved)} results={results} />);
  };
}

type Search = { filters: Filters; edge: Edge; resolved: Resolved };

async function resultsOf(
  { ctx, who }: PageRequest<AuditorAtWork>,
  registry: JournalRegistry,
  search: Search,
): Promise<Results> {
  const found = await searchEntries(ctx, registry, who, search);
  return {
    entries: found.entries.map((entry) => withWayBack(entryRow(ctx, entry, found.labels), search)),
    ...edgesOf(search, found),
    caseHref: found.entries.length > 0 ? gatherPath({ entries: found.entries.map(({ row }) => row.id) }) : null,
    stopped: found.stoppedAt === null ? null : stoppedAt(search, found.stoppedAt),
  };
}

function withWayBack(row: EntryRow, { filters, edge }: Search): EntryRow {
  const back = searchHref(filters, edge);
  const { mandate } = row;
  const known = mandate?.href ? { ...mandate, href: carrying(mandate.href, back) } : mandate;
  return { ...row, href: carrying(row.href, back), mandate: known };
}

function edgesOf({ filters, edge }: Search, { entries, more }: FoundEntries): Pick<Results, 'newerHref' | 'olderHref'> {
  const [first, last] = [entries[0]?.row.id, entries.at(-1)?.row.id];
  const back = edge.before !== undefined;
  const hasNewer = back ? more : edge.after !== undefined;
  const hasOlder = back || more;
  return {
    newerHref: hasNewer && first ? searchHref(filters, { before: first }) : null,
    olderHref: hasOlder && last ? searchHref(filters, { after: last }) : null,
  };
}

function stoppedAt({ filters, edge }: Search, id: string): NonNullable<Results['stopped']> {
  const when = inDigits(instantOf(id));
  return edge.before === undefined
    ? { text: `La recherche est allée jusqu’au ${when}.`, href: searchHref(filters, { after: id }) }
    : { text: `La recherche est remontée jusqu’au ${when}.`, href: searchHref(filters, { before: id }) };
}
