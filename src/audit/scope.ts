import { type Expression, type SqlBool, sql } from 'kysely';
import type { AuditorAtWork } from '#identity';

type Who = Pick<AuditorAtWork, 'departements'>;

/** Whether an auditor may see what belongs to this département. Asked again for every object, at every request. */
export function mayRead({ departements }: Who, departement: string): boolean {
  return departements === null || departements.includes(departement);
}

/**
 * The same for a query: `.where(inScope(who))`. `column` is that of the département in the tables joined, as SQL writes it;
 * an outer join that found nothing is out of the scope of whoever is limited.
 */
export function inScope({ departements }: Who, column = 'organisation.departement'): Expression<SqlBool> {
  if (departements === null) return sql<SqlBool>`true`;
  return sql<SqlBool>`${sql.ref(column)} = any(${[...departements]}::text[])`;
}
