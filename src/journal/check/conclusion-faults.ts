import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';
import { after, DAY } from '#platform/time/clock.ts';
import type { JournalLeaf } from '../leaf.ts';
import { firstActs, type NamedMandate } from './first-acts.ts';

/** A mandate as the tables have it, which whoever has a password may have written. */
export type MandateInTables = NamedMandate & {
  startsAt: Date;
  endsAt: Date;
  /** How many acts its row counts. */
  entryCount: number;
  /** What the tables say otherwise than the act that begins it, in French; undefined when this act is no conclusion of a mandate. */
  differences(first: JournalLeaf): readonly string[] | undefined;
};

/** `differences`: what the tables say otherwise than the entry of the conclusion, in French; undefined when there is no such entry. */
export type ConclusionFault<Of> = { mandate: Of; differences: readonly string[] | undefined };

/** No mandate is longer than a year. */
const LONGEST = 366 * DAY;

/**
 * Those of these mandates that begin with no entry of the journal that concludes them, or of which the tables say something else than
 * this entry. Of those that began in a month whose entries were erased, nothing tells it any more. For a few thousand mandates.
 */
export async function conclusionFaults<Of extends MandateInTables>(
  db: Db,
  mandates: readonly Of[],
): Promise<ConclusionFault<Of>[]> {
  const acts = await firstActs(db, mandates);
  const erased = await erasedMonths(db); // after the acts: a month may go meanwhile
  return mandates.flatMap((mandate) => {
    const first = acts.get(mandate.mandateId);
    if (!first && mayBeErased(mandate, erased)) return [];
    const differences = first && mandate.differences(first);
    return differences?.length === 0 ? [] : [{ mandate, differences }];
  });
}

/** Months of `actes`, as 2026-11, in UTC. */
export async function erasedMonths(db: Db): Promise<ReadonlySet<string>> {
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
