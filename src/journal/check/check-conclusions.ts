import type { AppContext } from '#platform/context.ts';
import type { Db } from '#platform/db/database.ts';
import { conclusionFaults, type MandateInTables } from './conclusion-faults.ts';
import type { Findings } from './problems.ts';

/** The mandates of the tables in order of id, after this one: a page, empty at the end. */
export type MandatesInTables = (db: Db, after: string, most: number) => Promise<readonly MandateInTables[]>;

const PAGE = 2_000;
const FIRST = '00000000-0000-0000-0000-000000000000';

/** Each mandate of the tables begins with an entry of the journal that concludes it, and says what this entry says. */
export async function checkConclusions(
  { db }: Pick<AppContext, 'db'>,
  mandatesInTables: MandatesInTables,
  found: Findings,
): Promise<void> {
  for (let last = FIRST; ; ) {
    const mandates = await mandatesInTables(db, last, PAGE);
    for (const { mandate, differences } of await conclusionFaults(db, mandates)) {
      if (differences) found.aside('conclusion-differs', `mandat ${mandate.alias}\u00a0: ${differences.join(', ')}`);
      else found.aside('conclusion-missing', `mandat ${mandate.alias}`);
    }
    const next = mandates.at(-1);
    if (!next) return;
    last = next.mandateId;
  }
}
