import type { AppContext } from '#platform/context.ts';
import type { Db } from '#platform/db/database.ts';
import { countFaults } from './check-counts.ts';
import { conclusionFaults, type MandateInTables } from './conclusion-faults.ts';
import type { Findings } from './problems.ts';

/** The mandates of the tables in order of id, after this one: a page, empty at the end. */
export type MandatesInTables = (db: Db, after: string, most: number) => Promise<readonly MandateInTables[]>;

const PAGE = 2_000;
const FIRST = '00000000-0000-0000-0000-000000000000';

/**
 * Each mandate of the tables begins with an entry of the journal that concludes it, says what this entry says, and counts as many
 * acts as the journal has.
 */
export async function checkConclusions(
  { db }: Pick<AppContext, 'db'>,
  mandatesInTables: MandatesInTables,
  found: Findings,
): Promise<void> {
  for (let last = FIRST; ; ) {
    const { mandates, miscounted } = await inSnapshot(db, async (trx) => {
      const page = await mandatesInTables(trx, last, PAGE);
      return { mandates: page, miscounted: await countFaults(trx, page) };
    });
    for (const one of miscounted)
      found.aside(
        'count-differs',
        `mandat ${one.alias}\u00a0: ${one.counted} actes comptés, le dernier a le numéro ${one.last}`,
      );
    for (const { mandate, differences } of await conclusionFaults(db, mandates)) {
      if (differences) found.aside('conclusion-differs', `mandat ${mandate.alias}\u00a0: ${differences.join(', ')}`);
      else found.aside('conclusion-missing', `mandat ${mandate.alias}`);
    }
    const next = mandates.at(-1);
    if (!next) return;
    last = next.mandateId;
  }
}

/** One moment for all that `read` reads. */
function inSnapshot<Result>(db: Db, read: (snapshot: Db) => Promise<Result>): Promise<Result> {
  return db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(read);
}
