import type { Db, Trx } from '#platform/db/database.ts';

export type AidantRow = {
  id: string;
  email: string;
  firstName: string;
  lastName: string;
  active: boolean;
  mayConclude: boolean;
};

const columns = ['id', 'email', 'firstName', 'lastName', 'active', 'mayConclude'] as const;

/** The aidant of an e-mail address, as it is kept: in lower case, without spaces around. */
export async function findAidantByEmail(db: Db | Trx, email: string): Promise<AidantRow | undefined> {
  return db.selectFrom('aidant').select(columns).where('email', '=', email.trim().toLowerCase()).executeTakeFirst();
}

/** The aidant's row, locked: logins, deactivation and changes of structure of one aidant queue up here. */
export async function lockAidant(trx: Trx, id: string): Promise<AidantRow | undefined> {
  return trx.selectFrom('aidant').select(columns).where('id', '=', id).forNoKeyUpdate().executeTakeFirst();
}

/** What a login needs of the aidant who may be behind an e-mail address: the secret, and whether they may come in. */
export async function findCandidate(db: Db | Trx, email: string) {
  return db
    .selectFrom('aidant')
    .select(['id', 'totpSecret', 'lastTotpStep'])
    .select(({ exists, selectFrom, and, eb }) =>
      and([
        eb('aidant.active', '=', true),
        exists(
          selectFrom('membership')
            .innerJoin('organisation', 'organisation.id', 'membership.organisationId')
            .whereRef('membership.aidantId', '=', 'aidant.id')
            .where('organisation.active', '=', true)
            .select('organisation.id'),
        ),
      ])
        .$castTo<boolean>()
        .as('eligible'),
    )
    .where('email', '=', email)
    .executeTakeFirst();
}

/** The open structures of an aidant, by name. */
export async function listStructuresOf(
  db: Db | Trx,
  aidantId: string,
): Promise<{ id: string; name: string; city: string; departement: string }[]> {
  return db
    .selectFrom('membership')
    .innerJoin('organisation', 'organisation.id', 'membership.organisationId')
    .select(['organisation.id', 'organisation.name', 'organisation.city', 'organisation.departement'])
    .where('membership.aidantId', '=', aidantId)
    .where('organisation.active', '=', true)
    .orderBy('organisation.name')
    .orderBy('organisation.id')
    .execute();
}

/** The structure a new session starts in: the one chosen last, or the first by name. */
export async function findFirstStructure(trx: Trx, aidantId: string): Promise<string | undefined> {
  const row = await trx
    .selectFrom('membership')
    .innerJoin('organisation', 'organisation.id', 'membership.organisationId')
    .innerJoin('aidant', 'aidant.id', 'membership.aidantId')
    .select('organisation.id')
    .where('membership.aidantId', '=', aidantId)
    .where('organisation.active', '=', true)
    .orderBy(
      ({ eb, ref }) => eb('aidant.currentOrganisationId', 'is not distinct from', ref('organisation.id')),
      'desc',
    )
    .orderBy('organisation.name')
    .orderBy('organisation.id')
    .limit(1)
    .executeTakeFirst();
  return row?.id;
}

/** Whether the aidant belongs to this structure, and it is open; held until the end of the transaction. */
export async function holdMembership(trx: Trx, aidantId: string, organisationId: string): Promise<boolean> {
  const row = await trx
    .selectFrom('membership')
    .innerJoin('organisation', 'organisation.id', 'membership.organisationId')
    .select('organisation.id')
    .where('membership.aidantId', '=', aidantId)
    .where('membership.organisationId', '=', organisationId)
    .where('organisation.active', '=', true)
    .forKeyShare()
    .executeTakeFirst();
  return row !== undefined;
}

export type ListedAidant = AidantRow & { organisations: string[]; termsVersion: string | null };

/** Every aidant, by e-mail address, with the names of their structures. For the operator's commands. */
export async function listAidants(db: Db): Promise<ListedAidant[]> {
  const rows = await db
    .selectFrom('aidant')
    .leftJoin('membership', 'membership.aidantId', 'aidant.id')
    .leftJoin('organisation', 'organisation.id', 'membership.organisationId')
    .select([
      'aidant.id',
      'aidant.email',
      'aidant.firstName',
      'aidant.lastName',
      'aidant.active',
      'aidant.mayConclude',
      'aidant.termsVersion',
    ])
    .select(({ fn }) => fn.agg<(string | null)[]>('array_agg', ['organisation.name']).as('organisations'))
    .groupBy('aidant.id')
    .orderBy('aidant.email')
    .execute();
  return rows.map((row) => ({
    ...row,
    organisations: row.organisations.filter((name) => name !== null).toSorted((a, b) => a.localeCompare(b, 'fr')),
  }));
}
