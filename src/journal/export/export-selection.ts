import { type ExportedEvidence, placeEvidence } from './evidence.ts';
import { ExportRefused } from './export.errors.ts';
import { type ExportRow, rowsOf, tokensErasedBy, unknownIds } from './export.queries.ts';
import { concludeGathering, type Gathering, placeApart, take } from './gather.ts';
import { type ExportContext, type ExportRequest, type JournalExport, makeExport } from './make-export.ts';

export type SelectionRequest = ExportRequest & {
  ids: readonly string[];
  /** Mandates of which all entries were chosen: their numbers are then checked from 1 to the last. */
  mandates?: readonly { number: string; alias: string }[];
  evidence?: readonly ExportedEvidence[];
};

/** How many entries a selection has at most: each has two files of its own. */
const MOST_CHOSEN = 10_000;
const NO_RANGE = { from: 0n, to: 0n };

/**
 * Exports chosen entries, each with its proof: authentic, not complete. Those that are not published yet, or whose bytes
 * were erased, are left out and counted. Throws an ExportRefused for ids of no entry of this log.
 */
export async function makeSelectionExport(ctx: ExportContext, request: SelectionRequest): Promise<JournalExport> {
  return makeExport(ctx, request, async (gathering) => {
    const ids = [...new Set(request.ids)];
    const { evidence = [], mandates = [] } = request;
    const { db, log, size, archive } = gathering;
    if (ids.length === 0) throw new ExportRefused('nothing-chosen', 'Aucune entrée n’est choisie.');
    if (ids.length > MOST_CHOSEN)
      throw new ExportRefused('too-many', `Une sélection a ${MOST_CHOSEN} entrées au plus.`);
    const [unknown] = await unknownIds(db, log, ids);
    if (unknown)
      throw new ExportRefused('unknown-entry', `Le journal «\u00a0${log}\u00a0» n’a pas d’entrée ${unknown}.`);
    const rows = (await rowsOf(db, log, ids)).filter((row): row is ExportRow => row.leaf !== null && row.index < size);
    if (rows.length === 0) throw new ExportRefused('not-published', 'Aucune de ces entrées n’est encore publiée.');
    await take(gathering, rows);
    await placeApart(gathering, rows);
    const indexOf = new Map(rows.map(({ id, index }) => [id, index]));
    const gone = evidence.filter((one) => placeEvidence(archive, one, indexOf));
    const beside = await concludeGathering(gathering, NO_RANGE, await whyGone(gathering, gone, rows));
    return {
      ...{ kind: 'selection', ...NO_RANGE, asked: NO_RANGE, beside, leftOut: ids.length - rows.length },
      mandates: mandates.map(({ number, alias }) => ({ number, alias })),
      evidence: evidence.map(({ number }) => number),
      gone: gone.map(({ number }) => number),
    };
  });
}

/** The entries that say that the tokens of this evidence had reached their term: without them its absence would be a fault. */
async function whyGone(
  { db, size }: Gathering,
  gone: readonly ExportedEvidence[],
  rows: readonly ExportRow[],
): Promise<string[]> {
  const tellers: string[] = [];
  for (const { number, conclusion } of gone) {
    const leaf = rows.find(({ id }) => id === conclusion)?.leaf.toString() ?? '{}';
    const { startsAt } = (JSON.parse(leaf) as { clear?: { startsAt?: string } }).clear ?? {};
    const teller = startsAt && (await tokensErasedBy(db, startsAt));
    const published = teller && (await rowsOf(db, 'actes', [teller])).some(({ index }) => index < size);
    if (teller && !published) {
      throw new ExportRefused(
        'not-published',
        `L’effacement des jetons du mandat ${number} n’est pas encore publié\u00a0: réessayez dans une minute.`,
      );
    }
    if (teller) tellers.push(teller);
  }
  return tellers;
}

/** The archive as one buffer, for an answer over HTTP. */
export async function exportSelection(ctx: ExportContext, request: SelectionRequest): Promise<Buffer> {
  return Buffer.concat((await makeSelectionExport(ctx, request)).pieces);
}
