import { mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';
import { type Cluster, removeCluster, startCluster } from '#app/demo/cluster.ts';
import { bootstrap } from '#platform/db/bootstrap.ts';
import { migrate } from '#platform/db/migrate.ts';
import { query } from './query.ts';

/** The database of a cluster of its own. */
export const DATABASE = 'entremise';

let made: Promise<string | undefined> | undefined;

/**
 * The data folder of a halted cluster that `migrateNew` has filled, made once for all the files of a run, to be copied: its
 * passwords are those of the run's cluster. Copies have the same system identifier. Undefined where PostgreSQL cannot have its
 * data in our temporary folder.
 */
export function migratedData(): Promise<string | undefined> {
  made ??= make(join(inject('testCluster').folder, 'migrated'));
  return made;
}

/** Each worker makes it under a name of its own, and the first to finish gives the result to all. */
async function make(folder: string): Promise<string | undefined> {
  const draft = await mkdtemp(`${folder}-`);
  const { superuserPassword } = inject('testCluster');
  const settings = { fsync: false, scram_iterations: 1 };
  const cluster = await startCluster({ dataDir: draft, port: 0, superuserPassword, settings });
  await migrateNew(cluster);
  await cluster.stop();
  if (cluster.data !== join(draft, 'data')) {
    await removeCluster(draft);
    return undefined;
  }
  await rename(draft, folder).catch(() => rm(draft, { recursive: true, force: true }));
  return join(folder, 'data');
}

/** Makes the database and the roles of a new cluster, with the newest schema. */
export async function migrateNew({ superuserUrl, port }: Cluster): Promise<void> {
  const { rolePasswords: passwords } = inject('testCluster');
  const url = (role: 'owner' | 'worker') =>
    `postgres://entremise_${role}:${passwords[role]}@127.0.0.1:${port}/${DATABASE}`;
  await query(superuserUrl(), `create database ${DATABASE}`);
  await bootstrap({ superuserUrl: superuserUrl(DATABASE), passwords });
  await migrate({ ownerUrl: url('owner'), workerUrl: url('worker') });
}
