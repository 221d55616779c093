import type { Trx } from '#platform/db/database.ts';
import { isUuid } from '#platform/ids/ids.ts';

export type LockedMandate = { id: string; number: string; journalAlias: string };

/** The mandates that have these aliases in the journal, locked in order of id as everywhere else; by alias. */
export async function lockMandatesOfAliases(
  trx: Trx,
  aliases: readonly string[],
): Promise<ReadonlyMap<string, LockedMandate>> {
  const wanted = [...new Set(aliases)].filter(isUuid);
  const rows = await trx
    .selectFrom('mandate')
    .select(['id', 'number', 'journalAlias'])
    .where((eb) => eb('journalAlias', '=', eb.fn.any(eb.val(wanted))))
    .orderBy('id')
    .forUpdate()
    .execute();
  return new Map(rows.map((row) => [row.journalAlias, row]));
}

/** The snapshots of these mandates, by id. */
export async function snapshotsOf(trx: Trx, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await trx
    .selectFrom('mandate')
    .select(['id', 'snapshot'])
    .where((eb) => eb('id', '=', eb.fn.any(eb.val([...new Set(ids)]))))
    .execute();
  return new Map(rows.map(({ id, snapshot }) => [id, snapshot]));
}

/** Those of these aidants who have an account here. */
export async function aidantsAmong(trx: Trx, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await trx
    .selectFrom('aidant')
    .select('id')
    .where((eb) => eb('id', '=', eb.fn.any(eb.val([...new Set(ids)]))))
    .execute();
  return new Set(rows.map(({ id }) => id));
}

/** The names of those of these structures that are here, by id: one may be younger than the backup. */
export async function organisationNames(trx: Trx, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await trx
    .selectFrom('organisation')
    .select(['id', 'name'])
    .where((eb) => eb('id', '=', eb.fn.any(eb.val([...new Set(ids)]))))
    .execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Drafts that nobody has closed or wiped, locked in order of id. */
export async function lockOpenDrafts(trx: Trx): Promise<{ id: string; journalAlias: string }[]> {
  return trx
    .selectFrom('mandateDraft')
    .select(['id', 'journalAlias'])
    .where('closedAt', 'is', null)
    .where('wipedAt', 'is', null)
    .orderBy('id')
    .forUpdate()
    .execute();
}
