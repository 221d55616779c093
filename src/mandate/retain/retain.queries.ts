import { sql } from 'kysely';
import { heldIds } from '#journal';
import type { Db, Trx } from '#platform/db/database.ts';

/** A mandate that has reached a term. */
export type DueMandate = { id: string; usagerId: string };

type Asked = { before: Date; limit: number; mandateId?: string | undefined };

/** Locks mandates that ended before an instant and are still in everyday pages; never one under a legal hold. */
export async function lockToArchive(trx: Trx, { before, limit }: Asked): Promise<DueMandate[]> {
  const { usagers, mandates } = await heldIds(trx);
  const { rows } = await sql<DueMandate>`
    select id, usager_id from mandate
    where ended_at < ${before} and archived_at is null
      and id <> all(${mandates}::uuid[]) and usager_id <> all(${usagers}::uuid[])
    order by ended_at, id limit ${limit} for update skip locked`.execute(trx);
  return rows;
}

/**
 * `mandate_ended_before` (0019) counts from the end that the journal proves: the column alone, which the site writes,
 * brings no erasure nearer.
 */
const isAtItsTerm = (before: Date) =>
  sql`ended_at < ${before} and archived_at is not null and public.mandate_ended_before(id, ${before})`;

/** Locks archived mandates whose archive is over; never one under a legal hold. */
export async function lockToErase(trx: Trx, { before, limit, mandateId }: Asked): Promise<DueMandate[]> {
  const { usagers, mandates } = await heldIds(trx);
  const { rows } = await sql<DueMandate>`
    select id, usager_id from mandate
    where ${isAtItsTerm(before)} ${mandateId ? sql`and id = ${mandateId}` : sql``}
      and id <> all(${mandates}::uuid[]) and usager_id <> all(${usagers}::uuid[])
    order by ended_at, id limit ${limit} for update skip locked`.execute(trx);
  return rows;
}

/** The ids of archived mandates whose archive is over, the oldest end first, at most a thousand. */
export async function findToErase(db: Db, before: Date): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from mandate where ${isAtItsTerm(before)} order by ended_at, id limit 1000`.execute(db);
  return rows.map(({ id }) => id);
}

/** Those of these persons who have no mandate but these. */
export async function personsOfOnly(trx: Trx, due: readonly DueMandate[]): Promise<string[]> {
  const { rows } = await sql<{ usagerId: string }>`
    select distinct asked.usager_id from unnest(${due.map(({ usagerId }) => usagerId)}::uuid[]) as asked (usager_id)
    where not exists (select from mandate m where m.usager_id = asked.usager_id
      and m.id <> all(${due.map(({ id }) => id)}::uuid[])) order by 1`.execute(trx);
  return rows.map(({ usagerId }) => usagerId);
}

/** Removes the files of the mandates listed under an erasure, and these persons. */
export async function deleteFiles(trx: Trx, erasureId: string, persons: readonly string[]): Promise<void> {
  await sql`select public.erase_mandate_files(${erasureId}::uuid, ${persons}::uuid[])`.execute(trx);
}

/** The same, when a list of erasures is applied again: under the owner's rights. */
export async function deleteFilesAgain(
  trx: Trx,
  { replayId, erasureId }: { replayId: string; erasureId: string },
  persons: readonly string[],
): Promise<void> {
  await sql`
    select public.erase_mandate_files_again(${replayId}::uuid, ${erasureId}::uuid, ${persons}::uuid[])`.execute(trx);
}

export type DueUse = { id: string; mandateId: string };

/** Uses chosen before an instant, the oldest first; never of a mandate or a person under a legal hold. */
export async function findDueUses(trx: Trx, { before, limit }: Asked): Promise<DueUse[]> {
  const { usagers, mandates } = await heldIds(trx);
  const { rows } = await sql<DueUse>`
    select id, mandate_id from use where chosen_at < ${before}
      and mandate_id <> all(${mandates}::uuid[]) and usager_id <> all(${usagers}::uuid[])
    order by chosen_at, id limit ${limit}`.execute(trx);
  return rows;
}

export async function deleteUses(trx: Trx, erasureId: string, uses: readonly string[]): Promise<void> {
  await sql`select public.erase_uses(${erasureId}::uuid, ${uses}::uuid[])`.execute(trx);
}

/** Every mandate of a person, locked. */
export async function lockMandatesOf(trx: Trx, usagerId: string): Promise<{ id: string; endedAt: Date | null }[]> {
  const { rows } = await sql<{ id: string; endedAt: Date | null }>`
    select id, ended_at from mandate where usager_id = ${usagerId} order by id for update`.execute(trx);
  return rows;
}

/** A mandate and its person, by the number of the mandate, archived or not. */
export async function findMandateOfNumber(
  db: Db,
  number: string,
): Promise<{ mandateId: string; usagerId: string } | undefined> {
  return db
    .selectFrom('mandate')
    .select(['id as mandateId', 'usagerId'])
    .where('number', '=', number)
    .executeTakeFirst();
}
