import { closeSync, fstatSync, openSync, readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ArchiveFault,
  type Files,
  isExportPath,
  LARGEST_ARCHIVE,
  MOST_FILES,
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

const FAULTS: Readonly<Record<ArchiveFault, string>> = {
  'not-a-zip': 'ce n’est pas une archive ZIP',
  truncated: 'l’archive est coupée',
  'another-zip': 'cette archive n’est pas écrite comme le service les écrit (refaite avec un autre outil, ou changée)',
  'too-many-files': 'l’archive a trop de fichiers',
  'bad-name': 'un fichier a un nom qui n’est pas permis',
  'duplicate-name': 'un nom de fichier est là deux fois',
  'too-large': 'un fichier annonce une taille impossible',
  damaged: 'un fichier de l’archive est abîmé',
};

/** The files of an export: a ZIP as the service writes them, or the folder where one was unpacked. Throws an Unreadable. */
export function readExport(path: string): Files {
  return reading(path, () => {
    if (statSync(path).isDirectory()) return readFolder(path);
    const read = readArchive(readWhole(path, LARGEST_ARCHIVE), inflateRaw);
    if (read.ok) return read.files;
    throw new Unreadable(`${path}\u00a0: ${FAULTS[read.fault]}${read.path ? ` (${read.path})` : ''}.`);
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

/** Only plain files are read: a link could lead out of the folder. */
function readFolder(root: string): Files {
  const files = new Map<string, Uint8Array>();
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (!isExportPath(path) || files.size > MOST_FILES)
        throw new Unreadable(`${root}\u00a0: «\u00a0${path}\u00a0» n’est pas d’un export.`);
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile()) files.set(path, readWhole(join(root, path), LARGEST_ARCHIVE));
      else throw new Unreadable(`${root}\u00a0: «\u00a0${path}\u00a0» n’est pas un fichier ordinaire.`);
    }
  }
  return files;
}

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
