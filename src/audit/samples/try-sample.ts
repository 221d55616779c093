import { findPopulation, treeStatus } from '#journal';
import type { AppContext } from '#platform/context.ts';
import { parisDay } from '#platform/time/paris.ts';
import type { Who } from '../scope.ts';
import { drawnPositions, drawPositions, POPULATION_KIND, type Population, seedOf } from './draw.rules.ts';
import { cosignedWith, isOutOfScope } from './draw-sample.ts';
import { drawableMonths, periodBounds } from './period.rules.ts';
import { firstWritten, type SampleRow, structuresOf } from './sample.queries.ts';
import type { Place } from './sample.rules.ts';

/** What draws a sample, or a try. */
export type Drawn = Pick<
  SampleRow,
  | ('period' | 'scope' | 'population' | 'checkpointSize' | 'root' | 'cosignatures' | 'structures')
  | ('populationSize' | 'positions' | 'entryIds')
> & { isTrial?: boolean };

export type Tried =
  | { ok: true; trial: Drawn }
  /** `drawable`: a month is over, nobody needs to try; `nobody`: nothing published has such an entry. */
  | { ok: false; reason: 'not-found' | 'drawable' | 'nobody' };

/**
 * Shows what a draw is while no month is over yet: on what was written since the beginning of this one, from the newest
 * published checkpoint. Nothing is kept, and the text that is hashed is another than that of a sample: whoever tries, however
 * often, learns nothing of what will be drawn and chooses none of it.
 */
export async function trySample(
  ctx: AppContext,
  who: Who,
  { scope, population, place }: { scope: string; population: Population; place: Place },
): Promise<Tried> {
  const now = ctx.clock.now();
  if (drawableMonths(await firstWritten(ctx.db), now).length > 0) return { ok: false, reason: 'drawable' };
  const structures = (await structuresOf(ctx.db, who, place)).map(({ id }) => id);
  if (structures.length === 0 || isOutOfScope(who, place)) return { ok: false, reason: 'not-found' };
  const { published } = await treeStatus(ctx, 'actes');
  const checkpoint = published && (await cosignedWith(ctx, published.size - 1n));
  if (!checkpoint) return { ok: false, reason: 'nobody' };
  const period = parisDay(now).slice(0, 7);
  const { size, root, cosignatures } = checkpoint;
  const members = await findPopulation(ctx, {
    ...{ log: 'actes', kind: POPULATION_KIND[population], organisationIds: structures, size },
    interval: periodBounds(period),
  });
  if (members.length === 0) return { ok: false, reason: 'nobody' };
  const inputs = { root: Buffer.from(root), cosignatures, period, scope, population, isTrial: true };
  const positions = drawnPositions(drawPositions(seedOf(inputs), members.length));
  const entryIds = positions.map((position) => members[position]?.id ?? '');
  const counted = { checkpointSize: Number(size), populationSize: members.length };
  return { ok: true, trial: { ...inputs, ...counted, structures, positions, entryIds } };
}
