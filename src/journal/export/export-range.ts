import { bundlesOf, leafPath, MOST_ENTRIES, tilesOfRange, wholeBundles, writeBundle } from '../verify/index.ts';
import { ExportRefused } from './export.errors.ts';
import { type ExportRow, rowsBetween } from './export.queries.ts';
import { concludeGathering, type Gathering, take } from './gather.ts';
import { type ExportContext, type ExportRequest, type JournalExport, makeExport, placeTiles } from './make-export.ts';

export type RangeRequest = ExportRequest & { from: bigint; to?: bigint };

/** Entries read at once: 16 bundles. */
const STEP = 4096n;

/**
 * Exports the entries from one place to another, not included (the last published size by default): complete by
 * construction. Whole bundles are given. Throws an ExportRefused; otherwise the export is told in `acces` before it is
 * returned.
 */
export async function makeRangeExport(ctx: ExportContext, request: RangeRequest): Promise<JournalExport> {
  return makeExport(ctx, request, async (gathering) => {
    const { from, to = gathering.size } = request;
    const { size } = gathering;
    if (from < 0n || from >= to || to > size) {
      throw new ExportRefused(
        'outside',
        `Les places vont de 0 à ${size} (publiées)\u00a0: la plage ${from} à ${to} n’en est pas une.`,
      );
    }
    const whole = wholeBundles(from, to, size);
    if (whole.to - whole.from > MOST_ENTRIES) {
      throw new ExportRefused(
        'too-many',
        `Un export a ${MOST_ENTRIES} entrées au plus\u00a0: faites-en plusieurs, qui se suivent.`,
      );
    }
    await placeBundles(gathering, whole);
    const beside = await concludeGathering(gathering, whole);
    return { kind: 'range', ...whole, asked: { from, to }, beside, leftOut: 0, mandates: [], evidence: [], gone: [] };
  });
}

async function placeBundles(gathering: Gathering, { from, to }: { from: bigint; to: bigint }): Promise<void> {
  const { db, log, size, archive } = gathering;
  for (let start = from; start < to; start += STEP) {
    const end = start + STEP < to ? start + STEP : to;
    const rows = await rowsBetween(db, log, start, end);
    const kept = rows.filter((row): row is ExportRow => row.leaf !== null);
    await take(gathering, kept);
    for (const { first, width, path } of bundlesOf(start, end, size)) {
      const offset = Number(first - start);
      const bundle = rows.slice(offset, offset + width);
      if (bundle.length !== width) throw new Error(`the tree of ${log} has no leaf for each place from ${first}`);
      const leaves = bundle.flatMap(({ leaf }) => leaf ?? []);
      if (leaves.length === width) archive.add(path, writeBundle(leaves));
      // what erasure left of a bundle stands alone: its tile proves it
      else for (const { index, leaf } of bundle) if (leaf) archive.add(leafPath(index), leaf);
    }
  }
  await placeTiles(gathering, tilesOfRange(from, to, size));
}
