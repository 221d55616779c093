import type { Db, Trx } from '#platform/db/database.ts';
import { isUuid } from '#platform/ids/ids.ts';
import type { Usager } from './usager.ts';

export const USAGER_COLUMNS = [
  'id',
  'givenName',
  'familyName',
  'preferredUsername',
  'gender',
  'birthdate',
  'idpBirthdate',
  'birthplace',
  'birthcountry',
  'email',
  'searchName',
  'createdAt',
  'updatedAt',
] as const satisfies readonly (keyof Usager)[];

/** The person, or undefined; an id that is not a UUID is nobody's. Says nothing of who may see them. */
export async function findUsager(db: Db | Trx, id: string): Promise<Usager | undefined> {
  if (!isUuid(id)) return undefined;
  return db
    .selectFrom('usager')
    .select(USAGER_COLUMNS)
    .where('id', '=', id)
    .$narrowType<{ gender: Usager['gender'] }>()
    .executeTakeFirst();
}
