import { randomBytes } from 'node:crypto';
import { type RawBuilder, sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';

type Persons = { sector: string; usagerId: string; aidantId: string; now: Date };

/** 128 random bits, in letters, digits, - and _. */
const newSubject = () => randomBytes(16).toString('base64url');

/**
 * Gives the person and the aidant their names for a sector of partners, unless they have them: for ever, and derived from
 * nothing. A statement named `named`, to stand among others.
 */
export function namingSubjects({ sector, usagerId, aidantId, now }: Persons): RawBuilder<unknown> {
  return sql`named as (
    insert into client_subject (sector, kind, person_id, subject, created_at)
    select ${sector}, kind, person_id, subject, ${now}::timestamptz from locked, (values
      ('aidant', ${aidantId}::uuid, ${newSubject()}), ('usager', ${usagerId}::uuid, ${newSubject()})
    ) as persons (kind, person_id, subject)
    on conflict (sector, kind, person_id) do nothing)`;
}

/** Who these names are, for a partner; undefined when either is unknown. */
export async function personsNamed(
  db: Db,
  { clientId, usager, aidant }: { clientId: string; usager: string; aidant: string },
): Promise<{ usagerId: string; aidantId: string } | undefined> {
  return db
    .selectFrom('oidcClient')
    .innerJoin('clientSubject as ofUsager', (join) =>
      join
        .onRef('ofUsager.sector', '=', 'oidcClient.sector')
        .on('ofUsager.kind', '=', 'usager')
        .on('ofUsager.subject', '=', usager),
    )
    .innerJoin('clientSubject as ofAidant', (join) =>
      join
        .onRef('ofAidant.sector', '=', 'oidcClient.sector')
        .on('ofAidant.kind', '=', 'aidant')
        .on('ofAidant.subject', '=', aidant),
    )
    .where('oidcClient.clientId', '=', clientId)
    .select(['ofUsager.personId as usagerId', 'ofAidant.personId as aidantId'])
    .executeTakeFirst();
}
