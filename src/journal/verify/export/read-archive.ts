import { sameBytes, utf8Text } from '../bytes.ts';
import { longestFile } from './layout.ts';
import type { Files } from './sums.ts';
import {
  type Archived,
  CENTRAL_HEADER,
  centralHeader,
  crc32,
  END_RECORD,
  END_SIGNATURE,
  endRecord,
  isExportPath,
  LARGEST_ARCHIVE,
  LOCAL_HEADER,
  LOCAL_SIGNATURE,
  localHeader,
  MOST_FILES,
} from './zip-format.ts';

/** Inflates raw deflate data (RFC 1951) to at most `longest` bytes; throws, or answers undefined, when it is more or is damaged. */
export type Inflate = (data: Uint8Array, longest: number) => Uint8Array | undefined;

/** Where an archive is not as the service writes them; or a folder, as one that an export was unpacked in. */
export type ArchiveFault = { what: FaultOfArchive; path?: string };
export type FaultOfArchive =
  | 'truncated'
  | 'another-zip'
  | 'another-header'
  | 'too-many-files'
  | 'bad-name'
  | 'duplicate-name'
  | 'too-large'
  | 'damaged'
  | 'not-plain';

/** How much an export may hold unpacked, in bytes: a million entries and what goes with them. */
export const LARGEST_EXPORT = 2_000_000_000;

/**
 * Unpacks an export. Without a fault it is an archive as `formatArchive` makes them: sizes are checked before anything is
 * inflated, each file against what one at its path may have; every byte is accounted for, but for the ways in which deflate
 * can say the same. With faults, `files` has what could be read all the same, by the directory or, where that is not sound,
 * by the headers that follow each other from the first byte: a damaged file as it unpacks, or not at all. Undefined when it is no
 * ZIP: it begins and ends as none.
 */
export function readArchive(
  zip: Uint8Array,
  inflate: Inflate,
): { files: Files; faults: readonly ArchiveFault[] } | undefined {
  if (zip.length > LARGEST_ARCHIVE || !(startsAsZip(zip) || endsAsZip(zip))) return undefined;
  const directory = readDirectory(zip);
  const faults: ArchiveFault[] = directory.ok ? [] : [directory.fault];
  const files = new Map<string, Uint8Array>();
  for (const file of directory.ok ? directory.listed : readLocalHeaders(zip)) {
    const { path, offset, size, compressed, crc } = file;
    const header = localHeader(file);
    const start = offset + header.length;
    if (!sameBytes(header, zip.subarray(offset, start))) faults.push({ what: 'another-header', path });
    const bytes = inflated(inflate, zip.subarray(start, start + compressed), size);
    if (bytes?.length !== size || crc32(bytes) !== crc) faults.push({ what: 'damaged', path });
    if (bytes) files.set(path, bytes);
  }
  return { files, faults };
}

const startsAsZip = (zip: Uint8Array) => zip.length >= 4 && view(zip).getUint32(0, true) === LOCAL_SIGNATURE;
const endsAsZip = (zip: Uint8Array) =>
  zip.length >= END_RECORD && view(zip.subarray(zip.length - END_RECORD)).getUint32(0, true) === END_SIGNATURE;

type Directory = { ok: true; listed: readonly Archived[] } | { ok: false; fault: ArchiveFault };
const unsound = (what: FaultOfArchive, path?: string): Directory & { ok: false } => ({
  ok: false,
  fault: { what, ...(path === undefined ? {} : { path }) },
});

function readDirectory(zip: Uint8Array): Directory {
  if (!endsAsZip(zip)) return unsound('truncated');
  const end = view(zip.subarray(zip.length - END_RECORD));
  const [count, size, offset] = [end.getUint16(8, true), end.getUint32(12, true), end.getUint32(16, true)];
  if (count > MOST_FILES) return unsound('too-many-files');
  if (offset + size !== zip.length - END_RECORD) return unsound('another-zip');
  if (!sameBytes(endRecord(count, { offset, size }), zip.subarray(zip.length - END_RECORD)))
    return unsound('another-zip');
  const read = readHeaders(zip.subarray(offset, offset + size), count);
  if (!read.ok) return read;
  return read.listed.reduce((at, file) => (file.offset === at ? at + spanOf(file) : -1), 0) === offset
    ? read
    : unsound('another-zip');
}

/** How many bytes a file takes in the archive. */
const spanOf = ({ path, compressed }: Archived) => LOCAL_HEADER + path.length + compressed;

function readHeaders(directory: Uint8Array, count: number): Directory {
  const listed: Archived[] = [];
  let [at, total] = [0, 0];
  for (let read = 0; read < count; read += 1) {
    if (at + CENTRAL_HEADER > directory.length) return unsound('truncated');
    const header = view(directory.subarray(at));
    const file = headerAt(header, 16, nameAt(directory, at + CENTRAL_HEADER, header.getUint16(28, true)));
    file.offset = header.getUint32(42, true);
    const written = centralHeader(file);
    if (isExportPath(file.path) && !sameBytes(written, directory.subarray(at, at + written.length)))
      return unsound('another-zip', file.path);
    const refused = refusalOf(file, listed.at(-1), total);
    if (refused) return unsound(refused, file.path);
    total += file.size;
    listed.push(file);
    at += written.length;
  }
  return at === directory.length ? { ok: true, listed } : unsound('another-zip');
}

/** Files by the headers that stand before them, as far as these are as the service writes them; those that no export has are passed over. */
function readLocalHeaders(zip: Uint8Array): Archived[] {
  const listed: Archived[] = [];
  let [at, total] = [0, 0];
  for (let read = 0; read < MOST_FILES && at + LOCAL_HEADER <= zip.length; read += 1) {
    const header = view(zip.subarray(at));
    const file = headerAt(header, 14, nameAt(zip, at + LOCAL_HEADER, header.getUint16(26, true)));
    file.offset = at;
    const written = localHeader(file);
    if (!sameBytes(written, zip.subarray(at, at + written.length))) break;
    if (!refusalOf(file, listed.at(-1), total)) {
      total += file.size;
      listed.push(file);
    }
    at += spanOf(file);
  }
  return listed;
}

const nameAt = (bytes: Uint8Array, at: number, length: number) => utf8Text(bytes.subarray(at, at + length)) ?? '';

/** What both headers say of a file: its sum and sizes stand together, from `at` on. */
const headerAt = (header: DataView, at: number, path: string): Archived => ({
  path,
  crc: header.getUint32(at, true),
  compressed: header.getUint32(at + 4, true),
  size: header.getUint32(at + 8, true),
  offset: 0,
});

/** Why a file cannot follow those before it, of `total` bytes; undefined when it can. */
function refusalOf({ path, size }: Archived, last: Archived | undefined, total: number): FaultOfArchive | undefined {
  if (!isExportPath(path)) return 'bad-name';
  if (last?.path === path) return 'duplicate-name';
  if (last && last.path > path) return 'another-zip';
  return size > longestFile(path) || total + size > LARGEST_EXPORT ? 'too-large' : undefined;
}

function inflated(inflate: Inflate, data: Uint8Array, size: number): Uint8Array | undefined {
  try {
    return inflate(data, size);
  } catch {
    return undefined;
  }
}

const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
