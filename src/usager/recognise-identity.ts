import type { AppContext } from '#platform/context.ts';
import type { Db, Trx } from '#platform/db/database.ts';
import { type Change, changesOf } from './changes.rules.ts';
import { samePerson, toldBy, whoItIs } from './same-person.ts';
import type { FranceconnectIdentity, Usager } from './usager.ts';

/** A person known already, as kept until now, and what saving this identity would change (a new `sub` apart: nobody sees it). */
export type Recognised = { usager: Usager; changes: readonly Change[] };

/** Whom `saveIdentity` would find, without a lock and without writing anything; undefined when nobody. */
export async function recogniseIdentity(
  ctx: Pick<AppContext, 'keys'>,
  db: Db | Trx,
  identity: FranceconnectIdentity,
): Promise<Recognised | undefined> {
  const told = toldBy(ctx, identity);
  const known = whoItIs(await samePerson(db, told).execute(), told);
  if (!known) return undefined;
  const { subKeyId: _subKeyId, subHash: _subHash, ...usager } = known;
  return { usager, changes: changesOf(usager, identity) };
}
