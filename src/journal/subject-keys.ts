import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Keyring, SecretKey } from '#platform/crypto/keys.ts';
import { type Place, seal, unseal } from '#platform/crypto/seal.ts';
import type { Db, Trx } from '#platform/db/database.ts';
import { orderedId } from '#platform/ids/ordered-id.ts';
import { systemClock } from '#platform/time/clock.ts';
import type { Subject } from './event.ts';

export type SubjectKey = { id: string; secret: SecretKey['secret'] };
type Row = { id: string; subjectKind: Subject['kind']; subjectId: string; wrapped: Buffer };

/** Where a wrapped key stands. */
export const wrappedAt = (id: string): Place => ({ table: 'journal.subject_key', column: 'wrapped', row: id });
const openingAt = (entryId: string, name: string): Place => ({
  table: 'journal.opening',
  column: 'sealed',
  row: `${entryId}/${name}`,
});
const asRing = (key: SubjectKey): [SecretKey] => [{ id: 'subject', secret: key.secret }];

/**
 * The keys of these subjects, by `subjectName`; made for those who have none. One round trip when all are known. Keys are
 * never kept between two acts: a key that has been destroyed must not live on in a program's memory.
 */
export async function subjectKeys(
  { keys }: { keys: Keyring },
  db: Db | Trx,
  subjects: readonly Subject[],
): Promise<Map<string, SubjectKey>> {
  if (subjects.length === 0) return new Map();
  let found = await findKeys(db, subjects);
  const missing = subjects.filter((subject) => !found.some((row) => subjectName(keyed(row)) === subjectName(subject)));
  if (missing.length > 0) {
    await insertKeys({ keys }, db, missing);
    found = await findKeys(db, subjects);
  }
  return new Map(found.map((row) => [subjectName(keyed(row)), unwrap({ keys }, row)]));
}

/** One word for a subject, for maps. */
export function subjectName({ kind, id }: Subject): string {
  return `${kind}/${id}`;
}

/** Seals a disclosure for `journal.opening`. Padded to a multiple of 64 bytes: a short value is not told by its length. */
export function sealOpening(key: SubjectKey, entryId: string, name: string, disclosure: string): Buffer {
  return seal(asRing(key), openingAt(entryId, name), disclosure.padEnd(Math.ceil(disclosure.length / 64) * 64));
}

/** Opens what `sealOpening` made, with the wrapped key of its subject. Throws when it has been moved or changed. */
export function openSealed(
  { keys }: { keys: Keyring },
  opening: { entryId: string; name: string; sealed: Buffer; subjectKeyId: string; wrapped: Buffer },
): string {
  const key = unwrap({ keys }, { id: opening.subjectKeyId, wrapped: opening.wrapped });
  return unseal(asRing(key), openingAt(opening.entryId, opening.name), opening.sealed).toString().trimEnd();
}

function unwrap({ keys }: { keys: Keyring }, { id, wrapped }: Pick<Row, 'id' | 'wrapped'>): SubjectKey {
  return { id, secret: Buffer.from(unseal(keys.data, wrappedAt(id), wrapped)) };
}

const keyed = (row: Row): Subject => ({ kind: row.subjectKind, id: row.subjectId });

/** By id alone, which plans faster; a subject of another kind with the same id would be found too, and not asked for. */
async function findKeys(db: Db | Trx, subjects: readonly Subject[]): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select id, subject_kind, subject_id, wrapped from journal.subject_key
    where subject_id = any(${subjects.map(({ id }) => id)}::uuid[])`.execute(db);
  return rows;
}

/** Two first acts about one person at the same time: the second waits, inserts nothing, and reads the key of the first. */
async function insertKeys({ keys }: { keys: Keyring }, db: Db | Trx, subjects: readonly Subject[]): Promise<void> {
  const sorted = subjects.toSorted((one, other) => (subjectName(one) < subjectName(other) ? -1 : 1));
  const ids = sorted.map(() => orderedId(systemClock.now()));
  const wrapped = ids.map((id) => seal(keys.data, wrappedAt(id), randomBytes(32)));
  await sql`
    insert into journal.subject_key (id, subject_kind, subject_id, wrapped)
    select * from unnest(${ids}::uuid[], ${sorted.map(({ kind }) => kind)}::text[], ${sorted.map(({ id }) => id)}::uuid[],
      ${wrapped}::bytea[])
    on conflict on constraint subject_has_one_key do nothing
  `.execute(db);
}
