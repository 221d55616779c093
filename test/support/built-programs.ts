import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { inject } from 'vitest';
import { buildPrograms } from '#app/build/programs.ts';
import { projectRoot } from '#platform/root.ts';

let built: Promise<string> | undefined;

/**
 * The folder of our programs, built from the sources of now, once for all the files of a run: nothing may be written into
 * it. It is inside node_modules, from where bundled programs find their packages, open to whoever reaches the checkout.
 */
export function builtPrograms(): Promise<string> {
  built ??= build(inject('programsFolder'));
  return built;
}

/** Each worker builds under a name of its own, and the first to finish gives the result to all. */
async function build(folder: string): Promise<string> {
  await mkdir(dirname(folder), { recursive: true });
  const draft = await mkdtemp(`${folder}-`);
  await chmod(draft, 0o755);
  await buildPrograms(projectRoot(), draft, {});
  await rename(draft, folder).catch(() => rm(draft, { recursive: true, force: true }));
  return folder;
}
