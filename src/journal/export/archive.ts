import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Deflate, deflateSync } from 'fflate';
import { sha256 } from '#platform/crypto/hashes.ts';
import {
  type Archived,
  byName,
  centralHeader,
  endRecord,
  FILES,
  formatSums,
  h1Of,
  isExportPath,
  LARGEST_ARCHIVE,
  localHeader,
  longestFile,
  MOST_FILES,
} from '../verify/index.ts';
import { ExportRefused } from './export.errors.ts';

/** A file of the archive that is written piece by piece. */
export type ArchiveFile = { write(piece: Uint8Array | string): void; end(): void };

/** An archive in the making: what is kept in memory is what is compressed already. */
export type Archive = {
  /** Adds a whole file. */
  add(path: string, content: Uint8Array | string): void;
  /** Adds a file whose pieces come one after the other; files can be open together. */
  open(path: string): ArchiveFile;
  /** The bytes of the archive, SHA256SUMS added, in pieces; and its summary `h1:…`. */
  finish(): { pieces: Buffer[]; h1: string };
};

type Packed = { path: string; crc: number; size: number; digest: Buffer; pieces: Buffer[] };

/**
 * Makes the archive of an export: always the same bytes for the same files. Names in order, one date, and a deflate written
 * in JavaScript, so that the machine does not show. Throws when a path is doubled or is none.
 */
export function newArchive(): Archive {
  const files = new Map<string, Packed>();
  const reserved = new Set<string>();
  const open = (path: string): ArchiveFile => {
    if (!isExportPath(path) || reserved.has(path)) throw new Error(`« ${path} » cannot be in an export`);
    reserved.add(path);
    return packing(path, (packed) => files.set(path, packed));
  };
  const add = (path: string, content: Uint8Array | string) => {
    const file = open(path);
    file.write(content);
    file.end();
  };
  return {
    add,
    open,
    finish() {
      const digests = new Map([...files.values()].map(({ path, digest }) => [path, digest]));
      const sums = formatSums(sha256, digests);
      add(FILES.sums, sums);
      return {
        pieces: written([...files.values()].sort((one, other) => byName(one.path, other.path))),
        h1: h1Of(sums) ?? '',
      };
    },
  };
}

/** One size of piece, whatever the size of what is written: the same bytes give the same archive. */
const PIECE = 65_536;

function packing(path: string, done: (packed: Packed) => void): ArchiveFile {
  const hash = createHash('sha256');
  const pieces: Buffer[] = [];
  let deflate: Deflate | undefined;
  const stream = () => (deflate ??= new Deflate({ level: 6 }, (piece) => pieces.push(Buffer.from(piece))));
  let [crc, size] = [0, 0];
  let waiting = Buffer.alloc(0);
  return {
    write(content) {
      const bytes = Buffer.from(content);
      hash.update(bytes);
      crc = crc32(bytes, crc);
      size += bytes.length;
      waiting = Buffer.concat([waiting, bytes]);
      let at = 0;
      for (; waiting.length - at > PIECE; at += PIECE) stream().push(waiting.subarray(at, at + PIECE));
      waiting = waiting.subarray(at);
    },
    end() {
      // a short file costs little this way: its size is known
      if (size <= PIECE) pieces.push(Buffer.from(deflateSync(waiting, { level: 6 })));
      else stream().push(waiting, true);
      if (size > longestFile(path))
        throw new ExportRefused('too-many', 'Cet export est trop grand\u00a0: faites-en plusieurs.');
      done({ path, crc, size, digest: hash.digest(), pieces });
    },
  };
}

function written(files: readonly Packed[]): Buffer[] {
  const body: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { path, crc, size, pieces } of files) {
    const compressed = lengthOf(pieces);
    const file: Archived = { path, crc, compressed, size, offset };
    const header = Buffer.from(localHeader(file));
    body.push(header, ...pieces);
    directory.push(Buffer.from(centralHeader(file)));
    offset += header.length + compressed;
  }
  const end = Buffer.from(endRecord(files.length, { offset, size: lengthOf(directory) }));
  if (files.length > MOST_FILES || offset > LARGEST_ARCHIVE) throw new Error('this export does not fit in one archive');
  return [...body, ...directory, end];
}

const lengthOf = (pieces: readonly Buffer[]) => pieces.reduce((total, { length }) => total + length, 0);
