import { sql } from 'kysely';
import type { AppContext } from '#platform/context.ts';
import type { Db } from '#platform/db/database.ts';
import { after, DAY } from '#platform/time/clock.ts';
import type { JournalLeaf } from '../leaf.ts';
import { firstActs, type NamedMandate } from './first-acts.ts';
import type { Findings } from './problems.ts';

/** A mandate as the tables have it, which whoever has a password may have written. */
export type MandateInTables = NamedMandate & {
  startsAt: Date;
  endsAt: Date;
  /** What the tables say otherwise than the act that begins it, in French; undefined when this act is no conclusion of a mandate. */
  differences(first: JournalLeaf): readonly string[] | undefined;
};

/** The mandates of the tables in order of id, after this one: a page, empty at the end. */
export type MandatesInTables = (db: Db, after: string, most: number) => Promise<readonly MandateInTables[]>;

const PAGE = 2_000;
const FIRST = '00000000-0000-0000-0000-000000000000';
/** No mandate is longer than a year. */
const LONGEST = 366 * DAY;

/**
 * Each mandate of the tables begins with an entry of the journal that concludes it, and says what this entry says. Of those that began
 * in a month whose entries were erased, nothing tells it any more.
 */
export async function checkConclusions(
  { db }: Pick<AppContext, 'db'>,
  mandatesInTables: MandatesInTables,
  found: Findings,
): Promise<void> {
  const erased = await erasedMonths(db);
  for (let last = FIRST; ; ) {
    const mandates = await mandatesInTables(db, last, PAGE);
    const acts = await firstActs(db, mandates);
    for (const mandate of mandates) {
      const first = acts.get(mandate.mandateId);
      const differences = first && mandate.differences(first);
      if (differences && differences.length > 0) {
        found.aside('conclusion-differs', `mandat ${mandate.alias}\u00a0: ${differences.join(', ')}`);
      }
      if (!differences && (first || !mayBeErased(mandate, erased)))
        found.aside('conclusion-missing', `mandat ${mandate.alias}`);
    }
    const next = mandates.at(-1);
    if (!next) return;
    last = next.mandateId;
  }
}

/** Months of `actes`, as 2026-11, in UTC. */
async function erasedMonths(db: Db): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ month: string }>`
    select distinct to_char(month, 'YYYY-MM') as month from journal.erasure where log_id = 1 and month is not null`.execute(
    db,
  );
  return new Set(rows.map(({ month }) => month));
}

/** When it began is what the tables say: whoever writes it long ago cannot have it end today. */
function mayBeErased({ startsAt, endsAt }: MandateInTables, erased: ReadonlySet<string>): boolean {
  const monthOf = (at: Date) => at.toISOString().slice(0, 7);
  const written = [startsAt, after(startsAt, DAY)]; // an entry is written a moment after the hour that it tells
  return endsAt <= after(startsAt, LONGEST) && written.some((at) => erased.has(monthOf(at)));
}
