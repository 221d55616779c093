import type { AuditorAtWork } from '#identity';
import type { Db } from '#platform/db/database.ts';
import type { FieldErrors } from '#platform/http/form.ts';
import type { Filters } from './filters.rules.ts';
import { findAidant, findStructure, type Named } from './named.queries.ts';
import { findAliases, findKeptSearch, findMandate } from './persons.queries.ts';

/** Whom and what the ids of an address name, for this auditor at this moment. */
export type Resolved = {
  structure?: Named;
  aidant?: Named;
  mandate?: { id: string; number: string; alias: string };
  /** Nobody, when the person that was typed is not known here; with the aliases of their mandates. */
  usagerIds?: string[];
  aliases?: string[];
};

/** Undefined when an id names nothing that this auditor may see: the page is then not found. A typed number gets a message. */
export async function resolveFilters(
  db: Db,
  who: Pick<AuditorAtWork, 'departements' | 'sessionIdHash'>,
  { organisationId, aidantId, kept, number }: Filters,
): Promise<{ resolved: Resolved; errors: FieldErrors } | undefined> {
  const [structure, aidant, usagerIds, mandate] = await Promise.all([
    organisationId !== undefined ? findStructure(db, who, organisationId) : undefined,
    aidantId !== undefined ? findAidant(db, who, aidantId) : undefined,
    kept !== undefined ? findKeptSearch(db, { id: kept, sessionIdHash: who.sessionIdHash }) : undefined,
    number !== undefined ? findMandate(db, who, number) : undefined,
  ]);
  const missing = [organisationId && !structure, aidantId && !aidant, kept && !usagerIds];
  if (missing.some(Boolean)) return undefined;
  const aliases = usagerIds && usagerIds.length > 0 ? await findAliases(db, who, usagerIds) : [];
  return {
    resolved: {
      ...(structure && { structure }),
      ...(aidant && { aidant }),
      ...(mandate && { mandate }),
      ...(usagerIds && { usagerIds, aliases }),
    },
    errors: number !== undefined && !mandate ? { mandat: UNKNOWN_NUMBER } : {},
  };
}

const UNKNOWN_NUMBER = 'Aucun mandat que vous pouvez consulter ne porte ce numéro.';
