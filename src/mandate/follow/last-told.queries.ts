import { type RawBuilder, sql } from 'kysely';

/**
 * For each row of `usager` in a query, the last mandate of the person with this structure, as it was written, once nothing is
 * open between them; null while something is (suspended counts: the structure still answers for it). A structure sees the
 * record of a person as long as it holds a mandate; afterwards it keeps what it was told and learns nothing more
 * (docs/decisions/0009). An expression inside the query: no statement more, whatever the number of rows.
 */
export function lastToldUnlessOpen({
  organisationId,
  now,
}: {
  organisationId: string;
  now: Date;
}): RawBuilder<string | null> {
  const theirs = sql`from mandate m where m.usager_id = usager.id and m.organisation_id = ${organisationId}`;
  return sql<string | null>`case when exists (select ${theirs} and m.ended_at is null and m.ends_at > ${now}) then null
    else (select m.snapshot ${theirs} order by m.starts_at desc, m.id desc limit 1) end`;
}
