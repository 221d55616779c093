import { sql } from 'kysely';
import { type AppContext, inTransaction } from '#platform/context.ts';
import type { Db } from '#platform/db/database.ts';
import type { LogName } from '../event.ts';
import { policyText } from '../publish/log-policy.ts';
import { readTiles } from '../read/read-tiles.ts';
import { record } from '../record.ts';
import {
  bundlesOf,
  FILES,
  formatManifest,
  leafPath,
  type Manifest,
  MOST_ENTRIES,
  noticeOf,
  parseCheckpoint,
  parseNote,
  tilePath,
  tilesOfRange,
  tilesSince,
  wholeBundles,
  writeBundle,
} from '../verify/index.ts';
import { newArchive } from './archive.ts';
import { type ExportedEvidence, placeEvidence } from './evidence.ts';
import { ExportRefused } from './export.errors.ts';
import { journalExported } from './export.events.ts';
import {
  type ExportRow,
  lastPublication,
  type Publication,
  rowsBetween,
  rowsOf,
  unknownIds,
} from './export.queries.ts';
import { beginGathering, concludeGathering, type Gathering, type Opening, placeApart, take } from './gather.ts';
import { readmeText, TIMESTAMPS_TEXT } from './readme.ts';

/** What every export is asked with. */
export type ExportRequest = {
  log: LogName;
  /** Who is handed it: told in the journal. The operator by default. */
  by?: { auditorId: string } | 'operator';
  /** What is opened of personal data; nothing by default. */
  open?: Opening;
  /** A checkpoint that the auditor kept: the export then shows that the log still begins with that tree. */
  previous?: string;
};

export type RangeRequest = ExportRequest & { from: bigint; to?: bigint };
export type SelectionRequest = ExportRequest & {
  ids: readonly string[];
  /** Mandates of which all entries were chosen: their numbers are then checked from 1 to the last. */
  mandates?: readonly { number: string; alias: string }[];
  evidence?: readonly ExportedEvidence[];
};

/** An archive, in pieces to be written one after the other. */
export type JournalExport = { pieces: readonly Buffer[]; manifest: Manifest; h1: string };

type Ctx = Pick<AppContext, 'readerDb' | 'db' | 'keys' | 'config'>;

/** How many entries a selection has at most: each has two files of its own. */
const MOST_CHOSEN = 10_000;
/** Entries read at once: 16 bundles. */
const STEP = 4096n;

/**
 * Exports the entries from one place to another, not included (the last published size by default): complete by
 * construction. Whole bundles are given. Throws an ExportRefused; otherwise the export is told in `acces` before it is
 * returned.
 */
export async function makeRangeExport(ctx: Ctx, request: RangeRequest): Promise<JournalExport> {
  return inSnapshot(ctx, request, async (gathering) => {
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
    return { kind: 'range', ...whole, asked: { from, to }, beside, leftOut: 0, mandates: [], evidence: [] };
  });
}

/**
 * Exports chosen entries, each with its proof: authentic, not complete. Those that are not published yet, or whose bytes
 * were erased, are left out and counted. Throws an ExportRefused for ids of no entry of this log.
 */
export async function makeSelectionExport(ctx: Ctx, request: SelectionRequest): Promise<JournalExport> {
  return inSnapshot(ctx, request, async (gathering) => {
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
    for (const one of evidence) placeEvidence(archive, one, indexOf);
    const beside = await concludeGathering(gathering, { from: 0n, to: 0n });
    return {
      ...{
        kind: 'selection',
        from: 0n,
        to: 0n,
        asked: { from: 0n, to: 0n },
        beside,
        leftOut: ids.length - rows.length,
      },
      mandates: mandates.map(({ number, alias }) => ({ number, alias })),
      evidence: evidence.map(({ number }) => number),
    };
  });
}

type Said = Pick<Manifest, 'kind' | 'from' | 'to' | 'asked' | 'beside' | 'leftOut' | 'mandates' | 'evidence'>;

/** Everything is read as the database stood at one moment: what is sealed or erased meanwhile does not mix in. */
async function inSnapshot(
  ctx: Ctx,
  request: ExportRequest,
  gather: (gathering: Gathering) => Promise<Said>,
): Promise<JournalExport> {
  const { log, open = 'nothing' } = request;
  const archive = newArchive();
  const manifest = await ctx.readerDb
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (db) => {
      // before the first reading: dropping a month is seen by older snapshots too, so it has to wait for us
      await sql`lock table journal.entry in access share mode`.execute(db);
      const publication = await lastPublication(db, log);
      if (!publication)
        throw new ExportRefused('nothing-published', `Le journal «\u00a0${log}\u00a0» n’a encore rien publié.`);
      const gathering = beginGathering({ ctx, db, log, open, archive, ...publication });
      const said = await gather(gathering);
      const previous = await placePrevious(gathering, said, request.previous);
      return placeRest({ ...ctx, db }, gathering, publication, { ...said, ...previous });
    });
  const { pieces, h1 } = archive.finish();
  await tell(ctx, request, manifest, h1);
  return { pieces, manifest, h1 };
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
  const tiles = tilesOfRange(from, to, size);
  const tileAt = await readTiles(db, log, tiles);
  for (const tile of tiles) archive.add(tilePath(tile), tileAt(tile.level, tile.n));
}

/** `checkpoint.old`, and the tiles that tie the two trees together. */
async function placePrevious(
  { db, log, size, archive }: Gathering,
  { kind, from, to }: Said,
  note: string | undefined,
): Promise<{ previous?: bigint }> {
  if (note === undefined) return {};
  const parsed = parseNote(note);
  const read = parsed.ok ? parseCheckpoint(parsed.note.text) : undefined;
  if (!read?.ok || read.checkpoint.size > size) {
    throw new ExportRefused(
      'bad-previous',
      'Le point de contrôle antérieur ne se lit pas, ou il est plus récent que le dernier publié.',
    );
  }
  archive.add(FILES.previous, note);
  const there = new Set(kind === 'range' ? tilesOfRange(from, to, size).map(tilePath) : []);
  const tiles = tilesSince(read.checkpoint.size, size).filter((tile) => !there.has(tilePath(tile)));
  const tileAt = await readTiles(db, log, tiles);
  for (const tile of tiles) archive.add(tilePath(tile), tileAt(tile.level, tile.n));
  return { previous: read.checkpoint.size };
}

async function placeRest(
  ctx: Pick<AppContext, 'db' | 'config'>,
  { log, archive, counts }: Gathering,
  { size, note }: Publication,
  said: Said & { previous?: bigint },
): Promise<Manifest> {
  const parsed = parseNote(note);
  const read = parsed.ok ? parseCheckpoint(parsed.note.text) : undefined;
  if (!read?.ok) throw new Error(`the published checkpoint of ${log}, size ${size}, cannot be read`);
  const { origin, root } = read.checkpoint;
  const unsaid = { ...said, ...counts, log, origin, size, root };
  const manifest: Manifest = { ...unsaid, notice: noticeOf(unsaid) };
  archive.add(FILES.checkpoint, note);
  archive.add(FILES.policy, await policyText(ctx));
  archive.add(FILES.manifest, formatManifest(manifest));
  archive.add(FILES.readme, readmeText(manifest, ctx.config.publicUrl));
  archive.add(FILES.timestamps, TIMESTAMPS_TEXT);
  return manifest;
}

async function tell(ctx: Ctx, { by = 'operator' }: ExportRequest, manifest: Manifest, h1: string): Promise<void> {
  const { kind, log, size, from, to, entries, disclosures, evidence } = manifest;
  const clear = {
    ...(by === 'operator' ? { by } : { by: 'auditor' as const, auditor: by.auditorId }),
    ...{ log, what: kind, size: Number(size), from: Number(from), to: Number(to), entries, disclosures },
    evidence: evidence.length,
    h1,
  };
  await inTransaction({ db: ctx.db as Db }, (trx) =>
    record(ctx, trx, journalExported.event({ actor: {}, result: 'ok', clear })),
  );
}

/** The archive as one buffer, for an answer over HTTP. */
export async function exportSelection(ctx: Ctx, request: SelectionRequest): Promise<Buffer> {
  return Buffer.concat((await makeSelectionExport(ctx, request)).pieces);
}
