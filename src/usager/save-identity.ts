import { record } from '#journal';
import type { AppContext } from '#platform/context.ts';
import type { Trx } from '#platform/db/database.ts';
import { uuidv7 } from '#platform/ids/ids.ts';
import { type Change, changesOf } from './changes.rules.ts';
import { searchNameOfPerson } from './names.rules.ts';
import { type SubHash, sameSub, subHashes, subInWords } from './sub.rules.ts';
import { type Actor, changeEvent, usagerAdded } from './usager.events.ts';
import { USAGER_COLUMNS } from './usager.queries.ts';
import { type ChangeableField, type FranceconnectIdentity, PIVOT_FIELDS, type Usager } from './usager.ts';

export type SavedIdentity = {
  usager: Usager;
  outcome: 'added' | 'known' | 'changed';
  /** What changed; empty unless the outcome is `changed`. A civil status changed when one of `PIVOT_FIELDS` is here. */
  changed: ChangeableField[];
};

type KnownPerson = Usager & SubHash;
type Told = { identity: FranceconnectIdentity; subs: [SubHash, ...SubHash[]]; actor: Actor };

/**
 * Keeps who FranceConnect said this person is, and writes it in the journal (`usager.added`, `usager.changed`; nothing when
 * all was known). The same person is who has the same `sub`, under whichever key of the pseudonym ring it was hashed, or
 * exactly the same pivot identity (federation.md §1.3: `sub` is computed from the civil status, and either may change alone).
 * Never matched by name, usage name or e-mail.
 *
 * Lock order: the rows of the person, by id, then nothing else; call it before, or in the same transaction as, any lock on
 * the person's mandates. Two first identifications at the same time make one row: the constraints on sub and pivot decide,
 * and who came second reads what the first one wrote. Throws only when the database does.
 */
export async function saveIdentity(
  ctx: AppContext,
  trx: Trx,
  identity: FranceconnectIdentity,
  actor: Actor,
): Promise<SavedIdentity> {
  const told = { identity, actor, subs: subHashes(ctx.keys.pseudonym, identity.sub) };
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const known = await lockSamePerson(trx, told);
    if (known.length > 0) return update(ctx, trx, known, told);
    const added = await insert(ctx, trx, told);
    if (added) return added;
  }
  throw new Error('an identity was neither found nor added: its row comes and goes');
}

async function lockSamePerson(trx: Trx, { identity, subs }: Told): Promise<KnownPerson[]> {
  const rows = await trx
    .selectFrom('usager')
    .select([...USAGER_COLUMNS, 'subKeyId', 'subHash'])
    .where((eb) =>
      eb.or([
        ...subs.map((sub) => eb.and(sub)),
        eb.and(Object.fromEntries(PIVOT_FIELDS.map((field) => [field, identity[field]]))),
      ]),
    )
    .orderBy('id')
    .forUpdate()
    .execute();
  return rows as KnownPerson[];
}

async function insert(ctx: AppContext, trx: Trx, { identity, subs, actor }: Told): Promise<SavedIdentity | undefined> {
  const now = ctx.clock.now();
  const { sub: _sub, ...told } = identity;
  const usager = (await trx
    .insertInto('usager')
    .values({
      ...told,
      ...subs[0],
      id: uuidv7(now),
      searchName: searchNameOfPerson(identity),
      createdAt: now,
      updatedAt: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning(USAGER_COLUMNS)
    .executeTakeFirst()) as Usager | undefined;
  if (!usager) return undefined;
  const { idpBirthdate: _idpBirthdate, preferredUsername, email, ...always } = told;
  await record(
    ctx,
    trx,
    usagerAdded.event({
      actor,
      about: { usagerId: usager.id },
      subject: { kind: 'usager', id: usager.id },
      result: 'ok',
      clear: {},
      committed: { ...always, preferredUsername: preferredUsername ?? undefined, email: email ?? undefined },
    }),
  );
  return { usager, outcome: 'added', changed: [] };
}

async function update(ctx: AppContext, trx: Trx, rows: KnownPerson[], told: Told): Promise<SavedIdentity> {
  const { identity, subs, actor } = told;
  const known = whoItIs(ctx, rows, told);
  const { subKeyId, subHash, ...usager } = known;
  const changes = changesOf(known, identity);
  if (!rows.some((row) => holds(row, subs))) {
    changes.push({ field: 'sub', before: subInWords(known), after: subInWords(subs[0]) });
  }
  const takesSub = changes.some(({ field }) => field === 'sub') || (holds(known, subs) && !sameSub(known, subs[0]));
  if (changes.length === 0 && !takesSub) return { usager, outcome: 'known', changed: [] };
  const saved = await write(trx, usager, { changes, sub: takesSub ? subs[0] : { subKeyId, subHash } }, ctx.clock.now());
  if (changes.length === 0) return { usager: saved, outcome: 'known', changed: [] };
  await record(ctx, trx, changeEvent(usager.id, { actor, changes, source: 'franceconnect' }));
  return { usager: saved, outcome: 'changed', changed: changes.map(({ field }) => field) };
}

/**
 * One row as a rule. Two when FranceConnect gives the `sub` of one record with the civil status of another: nothing is
 * merged, the record with this very civil status is taken, and `sub` stays where it is. Support is told by the log.
 */
function whoItIs(ctx: AppContext, rows: KnownPerson[], { identity }: Told): KnownPerson {
  if (rows.length > 1) ctx.logger.warn({ usagers: rows.map(({ id }) => id) }, 'one person has several records');
  const samePivot = rows.find((row) => PIVOT_FIELDS.every((field) => row[field] === identity[field]));
  return samePivot ?? (rows[0] as KnownPerson);
}

function holds(row: SubHash, subs: readonly SubHash[]): boolean {
  return subs.some((sub) => sameSub(row, sub));
}

async function write(
  trx: Trx,
  usager: Usager,
  { changes, sub }: { changes: readonly Change[]; sub: SubHash },
  now: Date,
): Promise<Usager> {
  const columns = changes.filter(({ field }) => field !== 'sub').map(({ field, after }) => [field, after]);
  const values = Object.fromEntries(columns) as Partial<Usager>;
  const searchName = searchNameOfPerson({ ...usager, ...values });
  const row = await trx
    .updateTable('usager')
    .set({ ...values, ...sub, searchName, updatedAt: now })
    .where('id', '=', usager.id)
    .returning(USAGER_COLUMNS)
    .executeTakeFirstOrThrow();
  return row as Usager;
}
