import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { projectRoot } from '#platform/root.ts';
import { startTestCluster, type TestCluster } from './test-cluster.ts';

// vitest runs this file once per project, each time as a module of its own: the projects of a run meet on globalThis.
type Shared = { projects: number; programs: string; started: Promise<[TestCluster, () => Promise<void>]> };
const key = Symbol.for('entremise.test-cluster');
const shared = globalThis as { [key]?: Shared };

/** Where this run builds the programs, if a test asks for them (`builtPrograms`). */
const folderOfPrograms = () =>
  join(projectRoot(), 'node_modules', '.cache', `entremise-programs-${randomBytes(6).toString('hex')}`);

/** Starts the cluster of this run for the first project, gives it to every project. */
export async function setup(project: TestProject): Promise<void> {
  const current = shared[key] ?? { projects: 0, programs: folderOfPrograms(), started: startTestCluster() };
  shared[key] = current;
  current.projects += 1;
  const [cluster] = await current.started;
  project.provide('testCluster', cluster);
  project.provide('programsFolder', current.programs);
}

/** Removes the cluster after the last project. */
export async function teardown(): Promise<void> {
  const current = shared[key];
  if (!current) return;
  current.projects -= 1;
  if (current.projects > 0) return;
  delete shared[key];
  const [, remove] = await current.started;
  await remove();
  await rm(current.programs, { recursive: true, force: true });
}
