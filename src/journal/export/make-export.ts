import { sql } from 'kysely';
import { type AppContext, inTransaction } from '#platform/context.ts';
import type { Db } from '#platform/db/database.ts';
import type { LogName } from '../event.ts';
import { policyText } from '../publish/log-policy.ts';
import { readTiles } from '../read/read-tiles.ts';
import { record } from '../record.ts';
import {
  checkpointOf,
  FILES,
  formatManifest,
  type Manifest,
  noticeOf,
  plainPolicy,
  readmeText,
  TIMESTAMPS_TEXT,
  type TileAddress,
  tilePath,
  tilesOfRange,
  tilesSince,
} from '../verify/index.ts';
import { newArchive } from './archive.ts';
import { ExportRefused } from './export.errors.ts';
import { journalExported } from './export.events.ts';
import { lastPublication } from './export.queries.ts';
import { beginGathering, type Gathering, type Opening } from './gather.ts';

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

/** An archive, in pieces to be written one after the other. */
export type JournalExport = { pieces: readonly Buffer[]; manifest: Manifest; h1: string };

export type ExportContext = Pick<AppContext, 'readerDb' | 'db' | 'keys' | 'config'>;

/** What only the one who gathers the entries knows of them. */
export type Said = Pick<
  Manifest,
  'kind' | 'from' | 'to' | 'asked' | 'beside' | 'leftOut' | 'mandates' | 'evidence' | 'gone'
>;

/**
 * Makes an export of the entries that `gather` places, and tells it in `acces` before it is returned. Everything is read as the
 * database stood at one moment: what is sealed or erased meanwhile does not mix in. Throws an ExportRefused.
 */
export async function makeExport(
  ctx: ExportContext,
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
      return placeRest({ ...ctx, db }, gathering, { ...said, ...previous });
    });
  const { pieces, h1 } = archive.finish();
  await tell(ctx, request, manifest, h1);
  return { pieces, manifest, h1 };
}

/** Adds these tiles of the tree. */
export async function placeTiles({ db, log, archive }: Gathering, tiles: readonly TileAddress[]): Promise<void> {
  const tileAt = await readTiles(db, log, tiles);
  for (const tile of tiles) archive.add(tilePath(tile), tileAt(tile.level, tile.n));
}

/** `checkpoint.old`, and the tiles that tie the two trees together. */
async function placePrevious(
  gathering: Gathering,
  { kind, from, to }: Said,
  note: string | undefined,
): Promise<{ previous?: bigint }> {
  if (note === undefined) return {};
  const { size, archive } = gathering;
  const previous = checkpointOf(note)?.size;
  if (previous === undefined || previous > size) {
    throw new ExportRefused(
      'bad-previous',
      'Le point de contrôle antérieur ne se lit pas, ou il est plus récent que le dernier publié.',
    );
  }
  archive.add(FILES.previous, note);
  const there = new Set(kind === 'range' ? tilesOfRange(from, to, size).map(tilePath) : []);
  await placeTiles(
    gathering,
    tilesSince(previous, size).filter((tile) => !there.has(tilePath(tile))),
  );
  return { previous };
}

async function placeRest(
  ctx: Pick<AppContext, 'db' | 'config'>,
  { log, archive, counts, size, note }: Gathering,
  said: Said & { previous?: bigint },
): Promise<Manifest> {
  const checkpoint = checkpointOf(note);
  if (!checkpoint) throw new Error(`the published checkpoint of ${log}, size ${size}, cannot be read`);
  const unsaid = { ...said, ...counts, log, origin: checkpoint.origin, size, root: checkpoint.root };
  const manifest: Manifest = { ...unsaid, notice: noticeOf(unsaid) };
  archive.add(FILES.checkpoint, note);
  archive.add(FILES.policy, plainPolicy(await policyText(ctx)));
  archive.add(FILES.manifest, formatManifest(manifest));
  archive.add(FILES.readme, readmeText(manifest));
  archive.add(FILES.timestamps, TIMESTAMPS_TEXT);
  return manifest;
}

async function tell(
  ctx: ExportContext,
  { by = 'operator' }: ExportRequest,
  manifest: Manifest,
  h1: string,
): Promise<void> {
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
