import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { projectRoot } from '#platform/root.ts';

export type Import = { from: string; to: string; typeOnly: boolean; line: number };

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

/** What a file of ours imports among our own files, aliases of package.json resolved; npm and node: are left out. */
export function importsOf(file: string): Import[] {
  const pattern = /^(?:import|export)\s+(type\s)?[^'"]*?from\s+['"]([^'"]+)['"]|import\(['"]([^'"]+)['"]\)/gm;
  const text = textOf(file);
  return [...text.matchAll(pattern)].flatMap((match) => {
    const to = resolve(file, match[2] ?? match[3] ?? '');
    const line = text.slice(0, match.index).split('\n').length;
    return to ? [{ from: file, to, typeOnly: Boolean(match[1]), line }] : [];
  });
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
