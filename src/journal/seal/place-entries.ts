import { sql } from 'kysely';
import { sha256 } from '#platform/crypto/hashes.ts';
import type { Trx } from '#platform/db/database.ts';
import { type LogName, themesIn } from '../event.ts';
import { type LeafMembers, leafSchema } from '../leaf.ts';
import { LOG_IDS } from '../record.ts';
import type { MirroredLeaf, MirroredPlace } from './read-mirror.ts';

/** An entry under the id that its row gets. */
export type PlacedEntry = Omit<MirroredLeaf, 'members'> & {
  index: bigint;
  id: string;
  node: string;
  /** Undefined when nobody of ours can have written it: its bytes come back, and nothing that they say. */
  members: LeafMembers | undefined;
};

/** What stands at a place: the id of its row, and the entry unless it was erased. */
export type Place = { id: string; hash: Uint8Array; entry: PlacedEntry | undefined };

const MOST_ACTS = 2_147_483_647;

/**
 * Whose row stands at each of these consecutive places. The mirror has leaves and no ids: an entry has the id that its leaf says,
 * unless the tree has another one there, or that id elsewhere, or the leaf is none. `erasedId`: of the hash of an erased entry.
 */
export async function placeEntries(
  trx: Trx,
  log: LogName,
  { first, places, erasedId }: { first: bigint; places: readonly MirroredPlace[]; erasedId(hash: Uint8Array): string },
): Promise<Place[]> {
  const said = places.map(({ entry }) => entry && leafOf(log, entry.members));
  const known = await leavesThere(trx, log, {
    first,
    count: places.length,
    ids: said.flatMap((leaf) => leaf?.id ?? []),
  });
  const taken = new Set(known.elsewhere);
  return places.map(({ hash, entry: mirrored }, offset) => {
    const index = first + BigInt(offset);
    const there = known.here.get(String(index));
    if (!mirrored) return { id: there ?? erasedId(hash), hash, entry: undefined };
    const leaf = said[offset];
    const isOurs = leaf !== undefined && !taken.has(leaf.id) && (there ?? leaf.id) === leaf.id;
    const id = isOurs ? leaf.id : (there ?? uuidOf(sha256(Buffer.from(`${log} ${index} ${toHex(hash)}`))));
    taken.add(id);
    const { leaf: bytes, nodeSig, recordedAt, members } = mirrored;
    const entry = {
      index,
      id,
      leaf: bytes,
      nodeSig,
      recordedAt,
      node: nodeOf(members),
      members: isOurs ? leaf : undefined,
    };
    return { id, hash, entry };
  });
}

/** What the leaf says, if it is one of this log, and its columns can hold it. */
function leafOf(log: LogName, members: MirroredLeaf['members']): LeafMembers | undefined {
  const read = leafSchema.safeParse(members);
  if (!read.success || read.data.log !== log || (read.data.mn ?? 0) > MOST_ACTS) return undefined;
  const texts = [read.data.type, ...(themesIn(read.data.clear) ?? [])];
  return texts.some((text) => text.includes('\0')) ? undefined : read.data;
}

/** As the leaf names it; a row has to name one. */
function nodeOf(members: MirroredLeaf['members']): string {
  const { node } = members ?? {};
  return typeof node === 'string' && /^[\x21-\x7e]{1,64}$/.test(node) ? node : '?';
}

type Asked = { first: bigint; count: number; ids: readonly string[] };

/** The ids at these places, by place, and those of `ids` that stand somewhere else. */
async function leavesThere(trx: Trx, log: LogName, { first, count, ids }: Asked) {
  const [begin, end] = [String(first), String(first + BigInt(count))];
  const { rows } = await sql<{ id: string; idx: string; isHere: boolean }>`
    select entry_id as id, idx::text as idx, true as is_here from journal.leaf
    where log_id = ${LOG_IDS[log]} and idx >= ${begin}::bigint and idx < ${end}::bigint
    union all
    select entry_id, idx::text, false from journal.leaf where entry_id = any(${[...ids]}::uuid[])
      and not (log_id = ${LOG_IDS[log]} and idx >= ${begin}::bigint and idx < ${end}::bigint)`.execute(trx);
  return {
    here: new Map(rows.filter(({ isHere }) => isHere).map(({ idx, id }) => [idx, id])),
    elsewhere: rows.filter(({ isHere }) => !isHere).map(({ id }) => id),
  };
}

/** The UUIDv8 (RFC 9562 §5.8) of a hash: for what has no id that anybody knows, the same each time. */
export function uuidOf(hash: Uint8Array): string {
  const digits = toHex(hash);
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-8${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20, 32)}`;
}

export const toHex = (hash: Uint8Array) => Buffer.from(hash).toString('hex');
