import { sameBytes, utf8Text } from '../bytes.ts';
import { longestFile } from './layout.ts';
import type { Files } from './sums.ts';
import {
  type Archived,
  CENTRAL_HEADER,
  centralHeader,
  crc32,
  END_RECORD,
  endRecord,
  isExportPath,
  LARGEST_ARCHIVE,
  LOCAL_HEADER,
  localHeader,
  MOST_FILES,
} from './zip-format.ts';

/** Inflates raw deflate data (RFC 1951) to at most `longest` bytes; throws, or answers undefined, when it is more or is damaged. */
export type Inflate = (data: Uint8Array, longest: number) => Uint8Array | undefined;

export type ArchiveFault =
  | 'not-a-zip'
  | 'truncated'
  | 'another-zip'
  | 'too-many-files'
  | 'bad-name'
  | 'duplicate-name'
  | 'too-large'
  | 'damaged';

/** How much an export may hold unpacked, in bytes: a million entries and what goes with them. */
export const LARGEST_EXPORT = 2_000_000_000;

type Answer<Value> = { ok: true; value: Value } | { ok: false; fault: ArchiveFault; path?: string };

/**
 * Unpacks an export. Accepts the archives that `formatArchive` makes and no others: sizes are checked before anything is
 * inflated, each file against what one at its path may have; every byte of the archive is accounted for.
 */
export function readArchive(
  zip: Uint8Array,
  inflate: Inflate,
): { ok: true; files: Files } | { ok: false; fault: ArchiveFault; path?: string } {
  const listed = readDirectory(zip);
  if (!listed.ok) return listed;
  const files = new Map<string, Uint8Array>();
  for (const file of listed.value) {
    const read = readFile(zip, file, inflate);
    if (!read.ok) return read;
    files.set(file.path, read.value);
  }
  return { ok: true, files };
}

function readDirectory(zip: Uint8Array): Answer<Archived[]> {
  if (zip.length < END_RECORD || zip.length > LARGEST_ARCHIVE) return { ok: false, fault: 'not-a-zip' };
  if (view(zip).getUint32(0, true) !== 0x04_03_4b_50) return { ok: false, fault: 'not-a-zip' };
  const end = view(zip.subarray(zip.length - END_RECORD));
  if (end.getUint32(0, true) !== 0x06_05_4b_50) return { ok: false, fault: 'truncated' };
  const [count, size, offset] = [end.getUint16(8, true), end.getUint32(12, true), end.getUint32(16, true)];
  if (count > MOST_FILES) return { ok: false, fault: 'too-many-files' };
  if (offset + size !== zip.length - END_RECORD) return { ok: false, fault: 'another-zip' };
  if (!sameBytes(endRecord(count, { offset, size }), zip.subarray(zip.length - END_RECORD))) {
    return { ok: false, fault: 'another-zip' };
  }
  const files = readHeaders(zip.subarray(offset, offset + size), count);
  if (!files.ok) return files;
  return files.value.reduce((at, file) => (file.offset === at ? at + spanOf(file) : -1), 0) === offset
    ? files
    : { ok: false, fault: 'another-zip' };
}

/** How many bytes a file takes in the archive. */
const spanOf = ({ path, compressed }: Archived) => LOCAL_HEADER + path.length + compressed;

function readHeaders(directory: Uint8Array, count: number): Answer<Archived[]> {
  const files: Archived[] = [];
  let [at, total] = [0, 0];
  for (let read = 0; read < count; read += 1) {
    if (at + CENTRAL_HEADER > directory.length) return { ok: false, fault: 'truncated' };
    const header = view(directory.subarray(at));
    const length = header.getUint16(28, true);
    const path = utf8Text(directory.subarray(at + CENTRAL_HEADER, at + CENTRAL_HEADER + length)) ?? '';
    if (!isExportPath(path)) return { ok: false, fault: 'bad-name' };
    const [crc, compressed, size, offset] = [16, 20, 24, 42].map((place) => header.getUint32(place, true));
    const file = { path, crc, compressed, size, offset } as Archived;
    const written = centralHeader(file);
    if (!sameBytes(written, directory.subarray(at, at + written.length)))
      return { ok: false, fault: 'another-zip', path };
    const last = files.at(-1);
    if (last?.path === path) return { ok: false, fault: 'duplicate-name', path };
    if (last && last.path > path) return { ok: false, fault: 'another-zip', path };
    total += file.size;
    if (file.size > longestFile(path) || total > LARGEST_EXPORT) return { ok: false, fault: 'too-large', path };
    files.push(file);
    at += written.length;
  }
  return at === directory.length ? { ok: true, value: files } : { ok: false, fault: 'another-zip' };
}

function readFile(zip: Uint8Array, file: Archived, inflate: Inflate): Answer<Uint8Array> {
  const { path, offset, size, compressed, crc } = file;
  const header = localHeader(file);
  const start = offset + header.length;
  if (!sameBytes(header, zip.subarray(offset, start))) return { ok: false, fault: 'another-zip', path };
  const bytes = inflated(inflate, zip.subarray(start, start + compressed), size);
  return bytes?.length === size && crc32(bytes) === crc
    ? { ok: true, value: bytes }
    : { ok: false, fault: 'damaged', path };
}

function inflated(inflate: Inflate, data: Uint8Array, size: number): Uint8Array | undefined {
  try {
    return inflate(data, size);
  } catch {
    return undefined;
  }
}

const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
