import { closeSync, fstatSync, lstatSync, openSync, readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ArchiveFault,
  type Files,
  isExportPath,
  LARGEST_ARCHIVE,
  LARGEST_EXPORT,
  longestRead,
  MOST_FILES,
  type Received,
  readArchive,
  type Unread,
} from '#journal/verify';
import { inflateRaw } from './node-tools.ts';

/** Why something given on the command line cannot be read. `message` is in French. */
export class Unreadable extends Error {
  readonly what: Unread['unread'];
  constructor(message: string, what: Unread['unread'] = 'export') {
    super(message);
    this.what = what;
  }
}

/** What was given as an export: its files, and how they came. */
export type GivenExport = { files: Files; received: Received };

/** The files of an export: a ZIP as the service writes them, or the folder where one was unpacked. Throws an Unreadable. */
export function readExport(path: string): GivenExport {
  return reading(path, () => {
    if (statSync(path).isDirectory()) return readFolder(path);
    const read = readArchive(readWhole(path, LARGEST_ARCHIVE), inflateRaw);
    if (read) return { files: read.files, received: { as: 'zip', faults: read.faults } };
    throw new Unreadable(
      `${path}\u00a0: ce n’est pas une archive ZIP. Donnez celle de l’export, ou le dossier où elle est déballée.`,
    );
  });
}

const LONGEST_TEXT = 1_048_576;

/** A policy or a checkpoint. Throws an Unreadable. */
export function readText(path: string): Uint8Array {
  return reading(path, () => readWhole(path, LONGEST_TEXT));
}

function readWhole(path: string, longest: number): Uint8Array {
  const file = openSync(path, 'r');
  try {
    const { size } = plain(fstatSync(file), path);
    if (size > longest) throw new Unreadable(`${path}\u00a0: trop long (${size} octets).`);
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

/** A device or a pipe may never end. */
function plain(stats: Stats, path: string): Stats {
  if (!stats.isFile()) throw new Unreadable(`${path}\u00a0: n’est pas un fichier ordinaire.`);
  return stats;
}

/** Only plain files are read, under names that an export has: a link could lead out of the folder. */
function readFolder(root: string): GivenExport {
  const files = new Map<string, Uint8Array>();
  const faults: ArchiveFault[] = [];
  const folders = [''];
  let total = 0;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      const size = entry.isFile() ? lstatSync(join(root, path)).size : 0;
      if (!isExportPath(path)) faults.push({ what: 'bad-name', path });
      else if (entry.isDirectory()) folders.push(path);
      else if (!entry.isFile()) faults.push({ what: 'not-plain', path });
      else if (files.size === MOST_FILES) return { files, received: { as: 'folder', faults: [TOO_MANY, ...faults] } };
      else if (size > longestRead(path) || total + size > LARGEST_EXPORT) faults.push({ what: 'too-large', path });
      else {
        files.set(path, readWhole(join(root, path), size));
        total += size;
      }
    }
  }
  return { files, received: { as: 'folder', faults } };
}

const TOO_MANY: ArchiveFault = { what: 'too-many-files' };

function reading<Result>(path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof Unreadable) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const why = code === 'ENOENT' ? 'ne se lit pas, il n’existe pas (ENOENT)' : `ne se lit pas (${code})`;
    throw new Unreadable(`${path}\u00a0: ${why}.`);
  }
}
