import type { AppContext } from '#platform/context.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import type { LeafMembers } from '../leaf.ts';
import { openSealed } from '../subject-keys.ts';
import { checkDisclosure } from '../verify/index.ts';
import { erasedKeys, type OpeningRow, openingsOf } from './entry.queries.ts';
import type { Findings } from './problems.ts';

type Placed = { idx: bigint; entry: { id: string }; members: LeafMembers | undefined };

/** Opens what these entries commit to: each value is the one the leaf has a digest of, and no key is gone without a word. */
export async function checkOpenings(
  ctx: Pick<AppContext, 'db' | 'keys'>,
  placed: readonly Placed[],
  found: Findings,
): Promise<void> {
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
