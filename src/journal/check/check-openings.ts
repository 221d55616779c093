import type { AppContext } from '#platform/context.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import { missingValues } from '../erase/gone-values.ts';
import type { EventKind } from '../event.ts';
import type { LeafMembers } from '../leaf.ts';
import { openSealed } from '../subject-keys.ts';
import { checkDisclosure } from '../verify/index.ts';
import { erasedKeys, type OpeningRow, openingsOf } from './entry.queries.ts';
import type { Findings } from './problems.ts';
import { goneOrPutBack } from './waiting-entries.ts';

type Placed = { idx: bigint; entry: { id: string }; members: LeafMembers | undefined };

/**
 * Opens what these entries commit to: each value is the one the leaf has a digest of, no key is gone without a word, and what
 * entries of a kind always have is there, unless an erasure says why. Returns the openings, by entry.
 */
export async function checkOpenings(
  ctx: Pick<AppContext, 'db' | 'keys'>,
  { placed, kinds }: { placed: readonly Placed[]; kinds: ReadonlyMap<string, EventKind> },
  found: Findings,
): Promise<ReadonlyMap<string, readonly OpeningRow[]>> {
  const byId = new Map(placed.map((one) => [one.entry.id, one]));
  const openings = await openingsOf(ctx.db, [...byId.keys()]);
  const missing = openings.flatMap(({ wrapped, subjectKeyId }) => (wrapped ? [] : [subjectKeyId]));
  const erased = await erasedKeys(ctx.db, [...new Set(missing)]);
  for (const opening of openings) {
    const { idx, members } = byId.get(opening.entryId) as Placed;
    const fault = faultOf(ctx, opening, members?.sd ?? []);
    if (fault === 'key-missing' && erased.has(opening.subjectKeyId)) continue;
    if (fault) found.at(fault, idx, opening.name);
  }
  const kept = Map.groupBy(openings, ({ entryId }) => entryId);
  await checkMissing(ctx.db, { placed, kinds, kept }, found);
  return kept;
}

type Kept = ReadonlyMap<string, readonly OpeningRow[]>;

async function checkMissing(
  db: AppContext['db'],
  { placed, kinds, kept }: { placed: readonly Placed[]; kinds: ReadonlyMap<string, EventKind>; kept: Kept },
  found: Findings,
): Promise<void> {
  const missing = placed.flatMap(({ entry: { id }, members }) => {
    const names = new Set(kept.get(id)?.map(({ name }) => name));
    return missingValues(members && kinds.get(`${members.type}@${members.v}`), id, names) ?? [];
  });
  const gone = await goneOrPutBack(db, missing);
  for (const { idx, entry } of placed) {
    const untold = [...(gone.get(entry.id) ?? [])].filter(([, { why }]) => why === 'untold').map(([name]) => name);
    if (untold.length > 0) found.at('opening-missing', idx, untold.join(', '));
  }
}

function faultOf(
  { keys }: Pick<AppContext, 'keys'>,
  { wrapped, ...opening }: OpeningRow,
  digests: readonly string[],
): 'key-missing' | 'opening-closed' | 'opening-differs' | undefined {
  if (!wrapped) return 'key-missing';
  try {
    const checked = checkDisclosure(sha256, digests, openSealed({ keys }, { ...opening, wrapped }));
    return checked.ok && checked.name === opening.name ? undefined : 'opening-differs';
  } catch {
    return 'opening-closed';
  }
}
