import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeWorkerUtils } from 'graphile-worker';
import pg from 'pg';
import { projectRoot } from '../root.ts';
import { openPool } from './pool.ts';
import { withSearchPath } from './search-path.ts';

const MIGRATION_LOCK = 0x6d6967; // « mig »

/**
 * Brings a database to the newest schema: the plain SQL of migrations/ in order of number, as entremise_owner, then the
 * queue's own tables, as entremise_worker. Forward only; several programs may call it at once. Returns the names it ran.
 */
export async function migrate({ ownerUrl, workerUrl }: { ownerUrl: string; workerUrl: string }): Promise<string[]> {
  const client = new pg.Client({ connectionString: withSearchPath(ownerUrl) });
  client.on('error', () => undefined); // a lost connection is told by the query under way, not by ending the program
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await client.query(
      `create table if not exists schema_migration (name text primary key, ran_at timestamptz(3) not null default now())`,
    );
    const ran = await runMissing(client);
    await installQueue(client, workerUrl);
    return ran;
  } finally {
    await client.end();
  }
}

/** The queue's tables, made and brought up to date by the worker's own role, which may make a schema only meanwhile. */
async function installQueue(owner: pg.Client, workerUrl: string): Promise<void> {
  const { rows } = await owner.query<{ name: string }>('select current_database() as name');
  const database = owner.escapeIdentifier(rows[0]?.name ?? '');
  await owner.query(`grant create on database ${database} to entremise_worker`);
  const pgPool = openPool(workerUrl, () => undefined);
  try {
    const utils = await makeWorkerUtils({ pgPool });
    await utils.release();
  } finally {
    await pgPool.end();
    await owner.query(`revoke create on database ${database} from entremise_worker`);
  }
}

async function runMissing(client: pg.Client): Promise<string[]> {
  const folder = join(projectRoot(), 'migrations');
  const names = (await readdir(folder)).filter((name) => /^\d{4}_[a-z_]+\.sql$/.test(name)).sort();
  const done = new Set(
    (await client.query<{ name: string }>('select name from schema_migration')).rows.map((row) => row.name),
  );
  const missing = names.filter((name) => !done.has(name));
  for (const name of missing) {
    await client.query('begin');
    await client.query(await readFile(join(folder, name), 'utf8'));
    await client.query('insert into schema_migration (name) values ($1)', [name]);
    await client.query('commit');
  }
  return missing;
}
