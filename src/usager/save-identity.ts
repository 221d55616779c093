import { record } from '#journal';
import type { AppContext } from '#platform/context.ts';
import type { Trx } from '#platform/db/database.ts';
import { uuidv7 } from '#platform/ids/ids.ts';
import { type Change, changesOf } from './changes.rules.ts';
import { searchNameOfPerson } from './names.rules.ts';
import { holds, type KnownPerson, samePerson, type Told, toldBy, whoItIs } from './same-person.ts';
import { type SubHash, sameSub, subInWords } from './sub.rules.ts';
import { type Actor, changeEvent, usagerAdded } from './usager.events.ts';
import { USAGER_COLUMNS } from './usager.queries.ts';
import type { ChangeableField, FranceconnectIdentity, Usager } from './usager.ts';

export type SavedIdentity = {
  usager: Usager;
  outcome: 'added' | 'known' | 'changed';
  /** What changed; empty unless the outcome is `changed`. A civil status changed when one of `PIVOT_FIELDS` is here. */
  changed: ChangeableField[];
};

/**
 * Keeps who FranceConnect said this person is, and writes it in the journal (`usager.added`, `usager.changed`; nothing when
 * all was known). Who is the same person is said in same-person.ts. What FranceConnect may leave out (usage name, e-mail,
 * original date of birth) is kept when it does.
 *
 * Lock order: the rows of the person, by id, then nothing else; call it before, or in the same transaction as, any lock on
 * the person's mandates. Two first identifications at the same time make one row: the constraints on sub and pivot decide,
 * and who came second reads what the first one wrote. Throws when the database does, or when a row that stands in the way
 * three times running is never found.
 */
export async function saveIdentity(
  ctx: AppContext,
  trx: Trx,
  identity: FranceconnectIdentity,
  actor: Actor,
): Promise<SavedIdentity> {
  const told = toldBy(ctx, identity);
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const rows = await samePerson(trx, told).forNoKeyUpdate().execute();
    const known = whoItIs(rows, told);
    if (known) return update(ctx, trx, { known, rows, told, actor });
    const added = await insert(ctx, trx, told, actor);
    if (added) return added;
  }
  throw new Error('an identity was neither found nor added: its row comes and goes');
}

async function insert(
  ctx: AppContext,
  trx: Trx,
  { identity, subs }: Told,
  actor: Actor,
): Promise<SavedIdentity | undefined> {
  const now = ctx.clock.now();
  const { sub: _sub, ...told } = identity;
  const added = { ...told, ...subs[0], searchName: searchNameOfPerson(identity), createdAt: now, updatedAt: now };
  const usager = (await trx
    .insertInto('usager')
    .values({ ...added, id: uuidv7(now) })
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

async function update(
  ctx: AppContext,
  trx: Trx,
  { known, rows, told, actor }: { known: KnownPerson; rows: readonly KnownPerson[]; told: Told; actor: Actor },
): Promise<SavedIdentity> {
  if (rows.length > 1) ctx.logger.warn({ usagers: rows.map(({ id }) => id) }, 'one person has several records');
  const { subKeyId, subHash, ...usager } = known;
  const [currentSub] = told.subs;
  const changes = changesOf(usager, told.identity);
  const isNewSub = !rows.some((row) => holds(row, told));
  if (isNewSub) changes.push({ field: 'sub', before: subInWords(known), after: subInWords(currentSub) });
  const isOldKey = holds(known, told) && !sameSub(known, currentSub);
  if (changes.length === 0 && !isOldKey) return { usager, outcome: 'known', changed: [] };
  const sub = isNewSub || isOldKey ? currentSub : { subKeyId, subHash };
  const saved = await write(trx, usager, { changes, sub }, ctx.clock.now());
  if (changes.length === 0) return { usager: saved, outcome: 'known', changed: [] };
  await record(ctx, trx, changeEvent(usager.id, { actor, changes, source: 'franceconnect' }));
  return { usager: saved, outcome: 'changed', changed: changes.map(({ field }) => field) };
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
