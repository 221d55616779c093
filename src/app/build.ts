import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '#platform/root.ts';
import { buildPrograms } from './build/programs.ts';
import { buildPublicAssets } from './build/public-assets.ts';

/**
 * Builds dist/: what the browser loads, precompressed, then the programs, which know the hashed names of the former.
 * With --clean, an empty dist/ first: a program of an earlier build that runs would miss its files.
 */
export async function build(root = projectRoot()): Promise<void> {
  const { manifest, compressed } = await buildPublicAssets(root, join(root, 'dist', 'public'));
  const [programs] = await Promise.all([buildPrograms(root, join(root, 'dist'), manifest), compressed]);
  console.log(`dist/: ${programs.join(', ') || 'no program'}, ${Object.keys(manifest).length} public assets`);
}

if (import.meta.main) {
  if (process.argv.includes('--clean')) await rm(join(projectRoot(), 'dist'), { recursive: true, force: true });
  await build();
}
