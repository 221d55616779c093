import type { AppContext } from '#platform/context.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import { MINUTE, SECOND } from '#platform/time/clock.ts';
import type { EventKind, LogName } from '../event.ts';
import type { LeafMembers } from '../leaf.ts';
import { checkEntries } from '../seal/check-entries.ts';
import { leafHash, readLeaf, sameBytes } from '../verify/index.ts';
import { checkOpenings } from './check-openings.ts';
import { checkWhose, type Whose } from './check-whose.ts';
import { type EntryRow, entriesOf, type IndexRow, indexRowsOf, nodeKeysOf } from './entry.queries.ts';
import type { Findings } from './problems.ts';
import { projectionFaults } from './projection.rules.ts';
import { erasedRanges, type LeafRow } from './tree.queries.ts';

/** What the check is told of the domains: kinds of entry by `kind@version`, and whose they are. */
export type Told = { kinds: ReadonlyMap<string, EventKind>; whose: Whose | undefined };

export type EntryChecker = (leaves: readonly LeafRow[]) => Promise<void>;

type Placed = { idx: bigint; entry: EntryRow; members: LeafMembers | undefined };

/** An entry is stored after it is dated: later by as long as the act took, earlier by nothing but clocks that disagree. */
const EARLIER_AT_MOST = 2 * SECOND;
const LATER_AT_MOST = MINUTE;

/** Checks the entries of a page of leaves: bytes, signature, clocks, index, openings, whose they are. */
export async function entryChecker(
  ctx: Pick<AppContext, 'db' | 'keys'>,
  { log, kinds, whose }: Told & { log: LogName },
  found: Findings,
): Promise<EntryChecker> {
  const erased = await erasedRanges(ctx.db, log);
  const isErased = (idx: bigint) => erased.some(({ begin, end }) => idx >= begin && idx < end);
  const nodes = await nodeKeysOf(ctx.db);
  return async (leaves) => {
    const ids = leaves.map(({ entryId }) => entryId);
    const entries = await entriesOf(ctx.db, log, ids);
    const placed = leaves.flatMap((leaf) => {
      const entry = matching(entries.get(leaf.entryId) ?? [], leaf);
      if (!entry) {
        if (!isErased(leaf.idx)) found.at('entry-missing', leaf.idx);
        return [];
      }
      if (isErased(leaf.idx)) found.at('entry-is-back', leaf.idx);
      if (!hashes(entry, leaf)) found.at('leaf-differs', leaf.idx);
      const read = readLeaf(entry.leaf);
      return [{ idx: leaf.idx, entry, members: read.ok ? (read.leaf as unknown as LeafMembers) : undefined }];
    });
    await checkSignatures(log, placed, nodes, found);
    checkClocks(placed, found);
    const index = await indexRowsOf(ctx.db, ids);
    for (const one of placed) checkProjection(one, index.get(one.entry.id), found);
    const openings = await checkOpenings(ctx, { placed, kinds }, found);
    await checkWhose(ctx.db, { placed, index, openings, whose }, found);
  };
}

const hashes = (entry: EntryRow, leaf: LeafRow) => sameBytes(leafHash(sha256, entry.leaf), leaf.leafHash);

/** A stranger may have written a row under the id of another: the sealed one is the one that gives the hash. */
function matching(rows: readonly EntryRow[], leaf: LeafRow): EntryRow | undefined {
  return rows.find((row) => hashes(row, leaf)) ?? rows[0];
}

async function checkSignatures(
  log: LogName,
  placed: readonly Placed[],
  nodes: Awaited<ReturnType<typeof nodeKeysOf>>,
  found: Findings,
): Promise<void> {
  const reasons = await checkEntries(
    log,
    placed.map(({ entry }) => ofNode(entry, nodes)),
  );
  for (const [at, { idx }] of placed.entries()) if (reasons[at]) found.at('rogue-entry', idx, reasons[at]);
}

/** Why this entry is not one that a registered node signed while it might; undefined when it is. */
export async function nodeFault(
  log: LogName,
  entry: EntryRow,
  nodes: Awaited<ReturnType<typeof nodeKeysOf>>,
): Promise<string | undefined> {
  const [fault] = await checkEntries(log, [ofNode(entry, nodes)]);
  return fault;
}

/** The entry, and what is known of its node: its key, and whether that was revoked before the entry was recorded. */
export function ofNode(
  entry: EntryRow,
  nodes: Awaited<ReturnType<typeof nodeKeysOf>>,
): EntryRow & { nodeKey: Buffer | null; isRevoked: boolean } {
  const { publicKey, revokedAt } = nodes.get(entry.node) ?? { publicKey: null, revokedAt: null };
  return { ...entry, nodeKey: publicKey, isRevoked: revokedAt !== null && revokedAt <= entry.recordedAt };
}

function checkClocks(placed: readonly Placed[], found: Findings): void {
  for (const { idx, entry, members } of placed) {
    const later = entry.recordedAt.getTime() - Date.parse(members?.t ?? '');
    if (!(later >= -EARLIER_AT_MOST && later <= LATER_AT_MOST)) found.at('clock', idx);
  }
}

/** What the index says, column by column, beside what the leaf says. */
function checkProjection({ idx, entry, members }: Placed, row: IndexRow | undefined, found: Findings): void {
  if (!row) {
    found.at('projection-missing', idx);
    return;
  }
  if (!members) return;
  const wrong = projectionFaults(row, members);
  if (Math.abs(row.recordedAt.getTime() - entry.recordedAt.getTime()) > LATER_AT_MOST) wrong.push('recorded');
  if (wrong.length > 0) found.at('projection-differs', idx, wrong.join(', '));
}
