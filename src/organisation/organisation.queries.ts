import type { Db, Trx } from '#platform/db/database.ts';
import type { Organisation, OrganisationFacts } from './organisation.rules.ts';

const columns = [
  'id',
  'name',
  'type',
  'siret',
  'address',
  'zipCode',
  'city',
  'departement',
  'phone',
  'email',
  'allowedThemes',
  'longestDuration',
  'active',
  'createdAt',
] as const;

type Row = Omit<Organisation, 'longestDuration'> & { longestDuration: string | null };

// The database holds the closed list of durations by a check.
const asOrganisation = (row: Row) => row as Organisation;

/** The structure of this id, or undefined. */
export async function findOrganisation(db: Db | Trx, id: string): Promise<Organisation | undefined> {
  const row = await db.selectFrom('organisation').select(columns).where('id', '=', id).executeTakeFirst();
  return row && asOrganisation(row);
}

/** The same, locked until the end of the transaction. */
export async function lockOrganisation(trx: Trx, id: string): Promise<Organisation | undefined> {
  const row = await trx.selectFrom('organisation').select(columns).where('id', '=', id).forUpdate().executeTakeFirst();
  return row && asOrganisation(row);
}

/** Every structure, by name. For the operator's commands. */
export async function listOrganisations(db: Db): Promise<Organisation[]> {
  const rows = await db.selectFrom('organisation').select(columns).orderBy('name').orderBy('id').execute();
  return rows.map(asOrganisation);
}

/** Structures of this SIRET: one legal person may have several, told apart by name. */
export async function findOrganisationsBySiret(db: Db | Trx, siret: string): Promise<Organisation[]> {
  const rows = await db.selectFrom('organisation').select(columns).where('siret', '=', siret).orderBy('name').execute();
  return rows.map(asOrganisation);
}

export async function insertOrganisation(trx: Trx, organisation: Organisation): Promise<void> {
  await trx.insertInto('organisation').values(organisation).execute();
}

export async function updateOrganisation(
  trx: Trx,
  id: string,
  changes: Partial<OrganisationFacts & { active: boolean }>,
): Promise<void> {
  await trx.updateTable('organisation').set(changes).where('id', '=', id).execute();
}
