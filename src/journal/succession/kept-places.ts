import { sql } from 'kysely';
import { sha256 } from '#platform/crypto/hashes.ts';
import type { Trx } from '#platform/db/database.ts';
import { GrowingRoot } from '../check/growing-root.ts';
import type { LogName } from '../event.ts';
import { LOG_IDS } from '../record.ts';
import { checkNote, parseCheckpoint, parseNote, sameBytes } from '../verify/index.ts';
import { nodeCrypto } from '../witness/signing-key.ts';
import type { Closing } from './closing-checkpoint.ts';

/** How many leaves are read at a time. */
export const PAGE = 4_096;

type Stated = { size: bigint; root: Buffer | null; note: string | null };

/**
 * How many places, from the first, the tables still prove. When their leaves make up the root that the witnesses cosigned last,
 * all that a head then says of them, since nothing else can have been shown of it; else as far as an earlier checkpoint that
 * the policy believes. 0 when nothing is left.
 */
export async function keptPlaces(trx: Trx, log: LogName, closing: Closing): Promise<bigint> {
  const growing = new GrowingRoot(sha256);
  const made: { size: bigint; note: string | null }[] = [];
  let isWhole = closing.size === 0n;
  for await (const { first, hashes } of leafPages(trx, log)) {
    const stated = await statedRoots(trx, log, first, hashes.length);
    for (const [at, hash] of hashes.entries()) {
      growing.add(hash);
      const size = first + BigInt(at) + 1n;
      const claims = stated.get(size) ?? [];
      if (claims.length === 0 && size !== closing.size) continue;
      const root = growing.root();
      if (size === closing.size) isWhole = sameBytes(root, closing.root);
      const useful = claims.filter(({ note }) => (note === null ? size >= closing.size : size < closing.size));
      for (const claim of useful) if (says(claim, root)) made.push({ size, note: claim.note });
    }
  }
  const largest = made.findLast(({ size, note }) =>
    isWhole ? note === null : note !== null && size < closing.size && isBelieved(closing, note),
  );
  return largest?.size ?? (isWhole ? closing.size : 0n);
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

/** What heads and published checkpoints say of the sizes after `first`. */
async function statedRoots(trx: Trx, log: LogName, first: bigint, count: number): Promise<Map<bigint, Stated[]>> {
  const { rows } = await sql<{ at: string; root: Buffer | null; note: string | null }>`
    select stated.size::text as at, stated.root, stated.note from (
      select size, root, null as note from journal.tree_head where log_id = ${LOG_IDS[log]}
      union all select size, null, note from journal.publication where log_id = ${LOG_IDS[log]}
    ) as stated where stated.size > ${String(first)}::bigint and stated.size <= ${String(first)}::bigint + ${count}`.execute(
    trx,
  );
  return Map.groupBy(
    rows.map(({ at, ...row }) => ({ ...row, size: BigInt(at) })),
    ({ size }) => size,
  );
}

function says({ size, root, note }: Stated, made: Uint8Array): boolean {
  if (note === null) return root !== null && sameBytes(root, made);
  const parsed = parseNote(note);
  const read = parsed.ok ? parseCheckpoint(parsed.note.text) : undefined;
  return read?.ok === true && read.checkpoint.size === size && sameBytes(read.checkpoint.root, made);
}

function isBelieved({ policy }: Closing, note: string): boolean {
  return checkNote(nodeCrypto, policy, note).ok;
}
