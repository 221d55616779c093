import type { TestProject } from 'vitest/node';
import { startTestCluster, type TestCluster } from './test-cluster.ts';

// vitest runs this file once per project, each time as a module of its own: the projects of a run meet on globalThis.
type Shared = { projects: number; started: Promise<[TestCluster, () => Promise<void>]> };
const key = Symbol.for('entremise.test-cluster');
const shared = globalThis as { [key]?: Shared };

/** Starts the cluster of this run for the first project, gives it to every project. */
export async function setup(project: TestProject): Promise<void> {
  const current = shared[key] ?? { projects: 0, started: startTestCluster() };
  shared[key] = current;
  current.projects += 1;
  const [cluster] = await current.started;
  project.provide('testCluster', cluster);
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
}
