import { record } from '#journal';
import {
  type ExportReport,
  type Files,
  formatManifest,
  formatSums,
  type Manifest,
  noticeOf,
  parseManifest,
  readArchive,
  type Tools,
  verifyExport,
} from '#journal/verify';
import { inTransaction } from '#platform/context.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import type { World } from '#support/world.ts';
import { inflateRaw, nodeTools } from '../../../src/app/journal-verify/node-tools.ts';
import { newId, openedBy } from './fixture.ts';

/** Files that can be changed. */
export type Unpacked = Map<string, Buffer>;

/** Unpacks an honest archive. */
export function unpacked(zip: Uint8Array | readonly Uint8Array[]): Unpacked {
  const read = readArchive(zip instanceof Uint8Array ? zip : Buffer.concat(zip), inflateRaw);
  if (!read.ok) throw new Error(`the archive is ${read.fault} ${read.path ?? ''}`);
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
    (bytes) => bytes.toString().replace(old.notice, manifest.notice),
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
