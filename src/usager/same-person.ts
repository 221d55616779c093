import type { AppContext } from '#platform/context.ts';
import type { Db, Trx } from '#platform/db/database.ts';
import { type SubHash, sameSub, subHashes } from './sub.rules.ts';
import { USAGER_COLUMNS } from './usager.queries.ts';
import { type FranceconnectIdentity, PIVOT_FIELDS, type Usager } from './usager.ts';

export type KnownPerson = Usager & SubHash;

/** What FranceConnect told, with every form in which its `sub` may have been kept, the current one first. */
export type Told = { identity: FranceconnectIdentity; subs: [SubHash, ...SubHash[]] };

export function toldBy(ctx: Pick<AppContext, 'keys'>, identity: FranceconnectIdentity): Told {
  return { identity, subs: subHashes(ctx.keys.pseudonym, identity.sub) };
}

/**
 * The rows that may be this person's, in order of id: same `sub`, under whichever key of the pseudonym ring it was hashed, or
 * exactly the same pivot identity (federation.md §1.3: `sub` is computed from the civil status, and either may change alone).
 * Never the same name, usage name or e-mail only.
 */
export function samePerson(db: Db | Trx, { identity, subs }: Told) {
  return db
    .selectFrom('usager')
    .select([...USAGER_COLUMNS, 'subKeyId', 'subHash'])
    .where((eb) =>
      eb.or([
        ...subs.map((sub) => eb.and(sub)),
        eb.and(Object.fromEntries(PIVOT_FIELDS.map((field) => [field, identity[field]]))),
      ]),
    )
    .orderBy('id')
    .$narrowType<{ gender: Usager['gender'] }>();
}

/**
 * Which of these rows the person is. One as a rule; two when FranceConnect gives the `sub` of one record with the civil
 * status of another: nothing is merged, the record with this very civil status is taken, and `sub` stays where it is.
 */
export function whoItIs(rows: readonly KnownPerson[], { identity }: Told): KnownPerson | undefined {
  return rows.find((row) => PIVOT_FIELDS.every((field) => row[field] === identity[field])) ?? rows[0];
}

export function holds(row: SubHash, { subs }: Told): boolean {
  return subs.some((sub) => sameSub(row, sub));
}
