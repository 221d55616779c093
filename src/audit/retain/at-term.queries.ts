import { sql } from 'kysely';
import type { Db, Trx } from '#platform/db/database.ts';
import type { AuditRule } from './audit-terms.ts';

export type Due = { rule: AuditRule; before: Date };

/** Those that were closed before an instant, oldest first; never one that a legal hold is on. */
export async function findAtTerm(
  db: Db | Trx,
  { rule, before, limit, id }: Due & { limit: number; id?: string | undefined },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from audit_at_term(${rule}, ${before}) as due (id) where ${id ? sql`id = ${id}` : sql`true`}
    order by id limit ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}

/** How many sealed values of the journal go with these. */
export async function countOpenings(trx: Trx, rule: AuditRule, ids: readonly string[]): Promise<number> {
  const { rows } = await sql<{ openings: number }>`
    select journal.count_openings('{}', '{}', audit_entries(${rule}, ${ids}::uuid[]), null) as openings`.execute(trx);
  return rows[0]?.openings ?? 0;
}

/** Removes these, told by an entry of this transaction. */
export async function eraseAudit(trx: Trx, erasureId: string, ids: readonly string[]): Promise<void> {
  await sql`select public.erase_audit(${erasureId}::uuid, ${ids}::uuid[])`.execute(trx);
}
