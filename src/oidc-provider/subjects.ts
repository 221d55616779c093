import { randomBytes } from 'node:crypto';
import type { QueryCreator } from 'kysely';
import type { DB, Db } from '#platform/db/database.ts';

type Persons = { sector: string; usagerId: string; aidantId: string; now: Date };

/** 128 random bits, in letters, digits, - and _. */
const newSubject = () => randomBytes(16).toString('base64url');

/**
 * Gives the person and the aidant their names for a sector of partners, unless they have them: for ever, and derived from
 * nothing. Adds a statement to one that is being built.
 */
export function withSubjects(creator: QueryCreator<DB>, { sector, usagerId, aidantId, now }: Persons) {
  return creator.with('named', (db) =>
    db
      .insertInto('clientSubject')
      .values([
        { sector, kind: 'aidant', personId: aidantId, subject: newSubject(), createdAt: now },
        { sector, kind: 'usager', personId: usagerId, subject: newSubject(), createdAt: now },
      ])
      .onConflict((conflict) => conflict.columns(['sector', 'kind', 'personId']).doNothing())
      .returning('subject'),
  );
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
