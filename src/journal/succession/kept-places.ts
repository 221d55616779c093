import { sql } from 'kysely';
import { sha256 } from '#platform/crypto/hashes.ts';
import type { Trx } from '#platform/db/database.ts';
import type { LogName } from '../event.ts';
import { GrowingRoot } from '../growing-root.ts';
import { LOG_IDS } from '../record.ts';
import { checkNote, checkpointOf, sameBytes } from '../verify/index.ts';
import { nodeCrypto } from '../witness/signing-key.ts';
import type { Closing } from './closing-checkpoint.ts';

/** How many leaves are read at a time. */
const PAGE = 4_096;

/**
 * How many places, from the first, the tables still prove. When their leaves make up the root that the witnesses cosigned last,
 * all that a head then says of them, since nothing else can have been shown of it; else as far as an earlier checkpoint that
 * the policy believes. 0 when nothing is left.
 */
export async function keptPlaces(trx: Trx, log: LogName, closing: Closing): Promise<bigint> {
  const growing = new GrowingRoot(sha256);
  const earlier: { size: bigint; note: string }[] = [];
  let whole = closing.size === 0n ? 0n : undefined;
  for await (const { first, hashes } of leafPages(trx, log)) {
    const { heads, notes } = await statedRoots(trx, log, first, hashes.length);
    for (const [at, hash] of hashes.entries()) {
      growing.add(hash);
      const size = first + BigInt(at) + 1n;
      const [head, note] = [heads.get(size), notes.get(size)];
      if (size < closing.size) {
        if (note !== undefined && says(note, size, growing)) earlier.push({ size, note });
      } else if (size === closing.size) {
        if (sameBytes(growing.root(), closing.root)) whole = size;
      } else if (whole !== undefined && head && sameBytes(growing.root(), head)) whole = size;
    }
  }
  return whole ?? earlier.findLast(({ note }) => checkNote(nodeCrypto, closing.policy, note).ok)?.size ?? 0n;
}

/** The hashes of the leaves of a log in their order, page by page, up to the first place that is empty. */
export async function* leafPages(
  trx: Trx,
  log: LogName,
  end?: bigint,
): AsyncGenerator<{ first: bigint; hashes: Buffer[] }> {
  for (let first = 0n; end === undefined || first < end; ) {
    const past = end !== undefined && first + BigInt(PAGE) > end ? end : first + BigInt(PAGE);
    const { rows } = await sql<{ idx: string; leafHash: Buffer }>`
      select l.idx::text, l.leaf_hash from journal.leaf l
      where l.log_id = ${LOG_IDS[log]} and l.idx >= ${String(first)}::bigint and l.idx < ${String(past)}::bigint
      order by l.idx`.execute(trx);
    const hashes = rows.filter(({ idx }, at) => BigInt(idx) === first + BigInt(at)).map(({ leafHash }) => leafHash);
    if (hashes.length > 0) yield { first, hashes };
    if (hashes.length < Number(past - first)) return;
    first = past;
  }
}

type Stated = { heads: Map<bigint, Buffer>; notes: Map<bigint, string> };

/** The roots of heads, and the checkpoints that were published, of the sizes after `first`. */
async function statedRoots(trx: Trx, log: LogName, first: bigint, count: number): Promise<Stated> {
  const range = sql`log_id = ${LOG_IDS[log]} and size > ${String(first)}::bigint and size <= ${String(first)}::bigint + ${count}`;
  const heads = await sql<{ at: string; root: Buffer }>`
    select size::text as at, root from journal.tree_head where ${range}`.execute(trx);
  const notes = await sql<{ at: string; note: string }>`
    select size::text as at, note from journal.publication where ${range}`.execute(trx);
  return {
    heads: new Map(heads.rows.map(({ at, root }) => [BigInt(at), root])),
    notes: new Map(notes.rows.map(({ at, note }) => [BigInt(at), note])),
  };
}

function says(note: string, size: bigint, made: GrowingRoot): boolean {
  const checkpoint = checkpointOf(note);
  return checkpoint?.size === size && sameBytes(checkpoint.root, made.root());
}
