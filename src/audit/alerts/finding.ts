import type { RawBuilder } from 'kysely';
import type { Finding, RuleContext } from './rule.ts';

type Told = Pick<Finding, 'key' | 'explanation'>;

/** One finding for each row of a statement that has gathered what it rests on already. */
export async function oneForEachRow<Row extends { organisationId: string | null; ids: string[] }>(
  { db }: RuleContext,
  reading: RawBuilder<Row>,
  tell: (row: Row) => Told,
): Promise<Finding[]> {
  const { rows } = await reading.execute(db);
  return rows.map((row) => ({
    ...tell(row),
    organisationId: row.organisationId,
    urgent: false,
    entryIds: row.ids,
  }));
}

/** The finding that rows of one fact make together, at the structure of the first. There is at least one row. */
export function oneForAll<Row extends { id: string; organisationId: string | null }>(
  rows: readonly Row[],
  tell: (first: Row, last: Row) => Told & { urgent?: boolean },
): Finding {
  const [first, last] = [rows[0], rows.at(-1)];
  if (!first || !last) throw new Error('a finding without an entry');
  return {
    urgent: false,
    organisationId: first.organisationId,
    entryIds: rows.map(({ id }) => id).sort(),
    ...tell(first, last),
  };
}
