import { selectMandates } from '#consent';
import { makeRangeExport, makeSelectionExport, record } from '#journal';
import {
  type ExportReport,
  type Files,
  formatManifest,
  formatSums,
  type Manifest,
  noticeOf,
  parseManifest,
  readArchive,
  readmeText,
  type Tools,
  verifyExport,
} from '#journal/verify';
import { inTransaction } from '#platform/context.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import { type Sealed, sealWorld } from '#support/seal.ts';
import type { World } from '#support/world.ts';
import { inflateRaw, nodeTools } from '../../../src/app/journal-verify/node-tools.ts';
import { type ConcludeWorld, concludeWorld, mandateOf } from '../mandate/conclude-support.ts';
import { newId, openedBy } from './fixture.ts';

/** Files that can be changed. */
export type Unpacked = Map<string, Buffer>;

/** Unpacks an honest archive. */
export function unpacked(zip: Uint8Array | readonly Uint8Array[]): Unpacked {
  const read = readArchive(zip instanceof Uint8Array ? zip : Buffer.concat(zip), inflateRaw);
  if (!read || read.faults.length > 0) throw new Error(`the archive has ${JSON.stringify(read?.faults)}`);
  return new Map([...read.files].map(([path, bytes]) => [path, Buffer.from(bytes)]));
}

/** The same files with sums that fit them: what a careful forger would hand out. */
export function resummed(files: Files): Unpacked {
  const whole = new Map([...files].map(([path, bytes]) => [path, Buffer.from(bytes)]));
  const digests = new Map([...whole].map(([path, bytes]) => [path, sha256(bytes)]));
  return whole.set('SHA256SUMS', Buffer.from(formatSums(sha256, digests)));
}

/** A copy in which one file was changed. */
export function changed(files: Files, path: string, change: (bytes: Buffer) => Uint8Array | string): Unpacked {
  const old = files.get(path);
  if (!old) throw new Error(`no ${path} among ${[...files.keys()].join(', ')}`);
  const copy = new Map([...files].map(([name, bytes]) => [name, Buffer.from(bytes)]));
  return copy.set(path, Buffer.from(change(Buffer.from(old))));
}

/** A copy without one file. */
export function without(files: Files, path: string): Unpacked {
  const copy = new Map([...files].map(([name, bytes]) => [name, Buffer.from(bytes)]));
  copy.delete(path);
  return copy;
}

/** A copy whose manifest says something else, everywhere where it is said. */
export function remanifested(files: Files, change: (manifest: Manifest) => Partial<Manifest>): Unpacked {
  const old = parseManifest(files.get('manifest.json') ?? Buffer.alloc(0));
  if (!old) throw new Error('the manifest cannot be read');
  const said = { ...old, ...change(old) };
  const manifest = { ...said, notice: noticeOf(said) };
  return changed(
    changed(files, 'manifest.json', () => formatManifest(manifest)),
    'README.txt',
    () => readmeText(manifest),
  );
}

/** A copy of a file of lines that keeps some of them. */
export const keeping = (kept: (line: string) => boolean) => (bytes: Buffer) =>
  bytes
    .toString()
    .split('\n')
    .filter((line) => line === '' || kept(line))
    .join('\n');

export const flipped = (bytes: Buffer, at: number): Buffer => {
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes;
};

/** Signatures that were looked at already are not looked at again: hundreds of variants of one export are verified. */
function rememberingTools(): Tools {
  const tools = nodeTools();
  const known = new Map<string, boolean>();
  return {
    ...tools,
    ed25519Verify(publicKey, message, signature) {
      const name = sha256(Buffer.concat([publicKey, signature, message])).toString('base64');
      const answer = known.get(name) ?? tools.ed25519Verify(publicKey, message, signature);
      known.set(name, answer);
      return answer;
    },
  };
}
const tools = rememberingTools();

export function verified(files: Files, policy: string, previous?: string): ExportReport {
  const report = verifyExport(tools, { files, policy, ...(previous === undefined ? {} : { previous }) });
  if ('fault' in report) throw new Error(report.fault);
  return report;
}

/** The checks that failed, by name. */
export const failing = (report: ExportReport) =>
  report.checks.flatMap(({ name, status }) => (status === 'fail' ? [name] : []));
export const unchecked = (report: ExportReport) =>
  report.checks.flatMap(({ name, status }) => (status === 'not-checked' ? [name] : []));
export const check = (report: ExportReport, name: string) => report.checks.find((one) => one.name === name);

/** Writes entries that commit to a name, each about a person of its own. */
export async function writeEntries(world: Pick<World, 'ctx'>, count: number): Promise<string[]> {
  return inTransaction(world.ctx, (trx) =>
    record(world.ctx, trx, ...Array.from({ length: count }, (_, at) => openedBy(`Zoé ${at}`, newId(), at))),
  );
}

/** A world with one mandate that was concluded, and two exports of it that are sound before anything is touched. */
export type ExportedWorld = {
  world: ConcludeWorld;
  sealed: Sealed;
  /** Of the mandate. */
  number: string;
  /** All of `actes`, opened; and all of the mandate, with its evidence. */
  range: Unpacked;
  mandate: Unpacked;
  /** The archives that these came in. */
  zips: { range: Buffer; mandate: Buffer };
  /** The checkpoint that was published before the last entries. */
  kept: string;
};

/** `batches`: how many entries are written, then sealed; both exports go back to the checkpoint before the last batch. */
export async function exportedWorld(batches: readonly number[]): Promise<ExportedWorld> {
  const world = await concludeWorld();
  const desk = await world.at();
  const { id, page } = await desk.prepare('josette', { themes: ['famille', 'argent'] });
  await desk.accept(id, page, world.newCode());
  const number = (await mandateOf(world, id))?.number ?? '';
  let kept = '';
  for (const count of batches) {
    kept = await publishedIn(world);
    await writeEntries(world, count);
    await sealWorld(world);
  }
  const common = { log: 'actes', open: 'everything', ...(kept && { previous: kept }) } as const;
  const range = Buffer.concat((await makeRangeExport(world.ctx, { ...common, from: 0n })).pieces);
  const selected = await selectMandates(world.ctx, [number]);
  const mandate = Buffer.concat((await makeSelectionExport(world.ctx, { ...common, ...selected })).pieces);
  const files = { range: unpacked(range), mandate: unpacked(mandate) };
  return { world, sealed: await sealWorld(world), number, ...files, zips: { range, mandate }, kept };
}

/** The newest published checkpoint of `actes`; none before the first sealing. */
async function publishedIn({ ctx }: Pick<World, 'ctx'>): Promise<string> {
  const rows = await ctx.readerDb
    .selectFrom('journal.publication')
    .select('note')
    .where('logId', '=', 1)
    .orderBy('size', 'desc')
    .limit(1)
    .execute();
  return rows[0]?.note ?? '';
}
