import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { projectRoot } from '#platform/root.ts';

/** A file of ours, by its path from the root. */
export type Source = { path: string; text: string };
export type Import = { from: string; to: string; typeOnly: boolean; line: number };
export type PackageImport = { name: string; typeOnly: boolean; line: number };

const root = projectRoot();
const imports: Record<string, string> = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).imports;

/** The source files under a top-level folder, as paths from the root. */
export function filesUnder(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

export function textOf(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

export function sourcesUnder(folder: string): Source[] {
  return filesUnder(folder).map((path) => ({ path, text: textOf(path) }));
}

/** What a file of ours imports among our own files, aliases of package.json resolved. */
export function importsIn({ path, text }: Source): Import[] {
  return specifiersIn(text).flatMap(({ specifier, ...found }) => {
    const to = resolve(path, specifier);
    return to ? [{ from: path, to, ...found }] : [];
  });
}

/** The packages and parts of Node that a file imports. */
export function packagesIn({ text }: Source): PackageImport[] {
  return specifiersIn(text)
    .filter(({ specifier }) => !/^[.#]/.test(specifier))
    .map(({ specifier, ...found }) => ({ name: packageOf(specifier), ...found }));
}

function specifiersIn(text: string): { specifier: string; typeOnly: boolean; line: number }[] {
  const pattern =
    /^(?:import|export)\s+(type\s)?[^'"`;=(]*?from\s+['"]([^'"]+)['"]|^import\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;
  return [...text.matchAll(pattern)].map((match) => ({
    specifier: match[2] ?? match[3] ?? match[4] ?? '',
    typeOnly: Boolean(match[1]),
    line: text.slice(0, match.index).split('\n').length,
  }));
}

function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function resolve(file: string, specifier: string): string | null {
  if (specifier.startsWith('.')) return relative(root, join(root, dirname(file), specifier));
  if (!specifier.startsWith('#')) return null;
  for (const [alias, target] of Object.entries(imports)) {
    if (alias === specifier) return target.slice(2);
    const prefix = alias.replace('*', '');
    if (alias.endsWith('*') && specifier.startsWith(prefix))
      return target.slice(2).replace('*', specifier.slice(prefix.length));
  }
  throw new Error(`${file} imports ${specifier}, which package.json does not name`);
}
