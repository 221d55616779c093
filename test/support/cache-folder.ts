import { chmod, mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '#platform/root.ts';

/** A new folder inside node_modules, from where bundled programs find their packages, open to whoever reaches the checkout. */
export async function cacheFolder(prefix: string): Promise<string> {
  const cache = join(projectRoot(), 'node_modules', '.cache');
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, prefix));
  await chmod(folder, 0o755);
  return folder;
}
