import { sql } from 'kysely';
import { type NumbersPutBack, numbersPutBack } from '#journal';
import type { AppContext } from '#platform/context.ts';
import type { Db } from '#platform/db/database.ts';
import { closingKinds } from './mandate.gathered.ts';

/**
 * After `journal reconcile`: mandates that the backup had with fewer acts go on counting after those that were put back, so that no
 * number is given twice. Needs the owner's rights; done again, it changes nothing. Gives the numbers of the mandates that the
 * journal says are over and the database has open: what ended them was lost with the backup, and a person must end them again.
 */
export async function goOnCounting({ db }: Pick<AppContext, 'db'>): Promise<{ mandates: number; openAgain: string[] }> {
  const told = await numbersPutBack(db);
  const { numAffectedRows = 0n } = await sql`
    update mandate m set entry_count = told.mn
    from unnest(${told.map(({ alias }) => alias)}::text[], ${told.map(({ mn }) => mn)}::int[]) as told (alias, mn)
    where m.journal_alias::text = told.alias and m.entry_count < told.mn`.execute(db);
  return { mandates: Number(numAffectedRows), openAgain: await openAmong(db, told.filter(isOver)) };
}

const isOver = ({ kinds }: NumbersPutBack) => closingKinds.some((kind) => kinds.includes(kind));

async function openAmong(db: Db, told: readonly NumbersPutBack[]): Promise<string[]> {
  if (told.length === 0) return [];
  const aliases = told.map(({ alias }) => alias);
  const rows = await db
    .selectFrom('mandate')
    .select('number')
    .where('endedAt', 'is', null)
    .where(sql<boolean>`journal_alias::text = any(${aliases}::text[])`)
    .orderBy('number')
    .execute();
  return rows.map(({ number }) => number);
}
