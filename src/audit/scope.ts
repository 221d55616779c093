import { type Expression, type SqlBool, sql } from 'kysely';
import type { AuditorAtWork } from '#identity';

/** What a right to read is asked about. */
export type Scoped = Pick<AuditorAtWork, 'departements'>;
/** Who reads: told in the journal. */
export type Who = Pick<AuditorAtWork, 'auditorId' | 'departements'>;
/** Who acts: the page that follows tells them so, in their session. */
export type WhoActs = Pick<AuditorAtWork, 'auditorId' | 'departements' | 'sessionIdHash'>;

/** Whether an auditor may see what belongs to this département. Asked again for every object, at every request. */
export function mayRead({ departements }: Scoped, departement: string): boolean {
  return departements === null || departements.includes(departement);
}

/**
 * The same for a query: `.where(inScope(who))`. `column` is that of the département in the tables joined, as SQL writes it;
 * an outer join that found nothing is out of the scope of whoever is limited.
 */
export function inScope({ departements }: Scoped, column = 'organisation.departement'): Expression<SqlBool> {
  if (departements === null) return sql<SqlBool>`true`;
  return sql<SqlBool>`${sql.ref(column)} = any(${[...departements]}::text[])`;
}
