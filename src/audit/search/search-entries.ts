import type { AuditorAtWork } from '#identity';
import { type JournalEvent, type JournalRegistry, record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import type { Who } from '../scope.ts';
import { type Asked, findEntries, type PageOfEntries } from './entries.queries.ts';
import type { Edge, Filters } from './filters.rules.ts';
import { type FoundEntry, foundEntries } from './found-entries.ts';
import { kindsAsked } from './kinds.rules.ts';
import { findLabels, type Labels } from './labels.queries.ts';
import { structuresInScope } from './named.queries.ts';
import { endOfDay, idAt, startOfDay } from './period.rules.ts';
import type { Resolved } from './resolve-filters.ts';
import { auditSearched } from './search.events.ts';

export type FoundEntries = Omit<PageOfEntries, 'rows'> & { entries: FoundEntry[]; labels: Labels };

export type Search = { filters: Filters; edge: Edge; resolved: Resolved };

/**
 * One page of what an auditor asks, newest first, each entry told from its leaf. The search is in the log `acces` before its
 * result is shown. A constant number of queries, whatever is found.
 */
export async function searchEntries(
  ctx: AppContext,
  registry: JournalRegistry,
  who: Who,
  search: Search,
): Promise<FoundEntries> {
  const scope = await structuresInScope(ctx.db, who);
  const { rows, ...page } = await inTransaction(ctx, (trx) => findEntries(trx, askedOf(search, registry, scope)));
  const tell = async () => {
    const entries = await foundEntries(ctx, registry, rows);
    return { entries, labels: await findLabels(ctx.db, entries) };
  };
  const [told] = await Promise.all([
    tell(),
    inTransaction(ctx, (trx) => record(ctx, trx, searchedEvent(who, search, rows.length))),
  ]);
  return { ...page, ...told };
}

const LOWEST = '00000000-0000-0000-0000-000000000000';
const HIGHEST = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

function askedOf({ filters, edge, resolved }: Search, registry: JournalRegistry, scope: string[] | null): Asked {
  const { kinds, log } = kindsAsked(filters.kinds, registry);
  const from = filters.from && startOfDay(filters.from);
  const to = filters.to && endOfDay(filters.to);
  const { structure, aidant, mandate, usagerIds } = resolved;
  return {
    low: [LOWEST, ...(from ? [idAt(from)] : []), ...(edge.before ? [edge.before] : [])].toSorted().at(-1) ?? LOWEST,
    high: [HIGHEST, ...(to ? [idAt(to)] : []), ...(edge.after ? [edge.after] : [])].toSorted()[0] ?? HIGHEST,
    backwards: edge.before !== undefined,
    logId: log && 1,
    kinds,
    theme: filters.theme,
    result: filters.result,
    mandateId: mandate?.id,
    draftAliases: draftsAsked(resolved),
    aidantId: aidant?.id,
    usagerIds,
    organisationIds: structure ? [structure.id] : (scope ?? undefined),
  };
}

/** The drafts whose entries are asked for: those of the mandate, of the persons, or of both at once. */
function draftsAsked({ mandate, usagerIds, aliases = [] }: Resolved): string[] {
  if (!mandate) return aliases;
  return !usagerIds || aliases.includes(mandate.alias) ? [mandate.alias] : [];
}

function searchedEvent(
  { auditorId }: Pick<AuditorAtWork, 'auditorId'>,
  { filters, resolved }: Search,
  shown: number,
): JournalEvent {
  const { structure, aidant, mandate, usagerIds } = resolved;
  const [only, ...others] = usagerIds ?? [];
  const by = [mandate && 'mandate', aidant && 'aidant', usagerIds && 'person'].filter(isNamed);
  return auditSearched.event({
    actor: {},
    about: { mandateId: mandate?.id, organisationId: structure?.id, ...(others.length === 0 && { usagerId: only }) },
    result: 'ok',
    clear: {
      auditor: auditorId,
      ...(filters.from && { from: filters.from }),
      ...(filters.to && { to: filters.to }),
      ...(structure && { organisation: structure.id }),
      ...(filters.kinds && { kinds: filters.kinds }),
      ...(filters.theme && { theme: filters.theme }),
      ...(filters.result && { result: filters.result }),
      ...(by.length > 0 && { by }),
      shown,
    },
    committed: { mandate: mandate?.number, aidant: aidant?.id, person: usagerIds?.join(' ') },
    subject: { kind: 'auditor', id: auditorId },
  });
}

const isNamed = (one: string | undefined): one is 'mandate' | 'aidant' | 'person' => one !== undefined;
