import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inject } from 'vitest';
import { type Cluster, removeCluster, startCluster } from '#app/demo/cluster.ts';
import type { Settings } from '#app/demo/cluster-server.ts';
import { DATABASE, migratedData, migrateNew } from './migrated-data.ts';
import { testPort } from './ports.ts';
import { query } from './query.ts';

/**
 * A PostgreSQL of one test file: it can be stopped in every way, copied and taken back, and no other test's writer holds
 * back its transactions. The database has the newest schema. Addresses stay the same over restarts.
 */
export type OwnCluster = {
  readonly dataDir: string;
  readonly superuserUrl: string;
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly workerUrl: string;
  readonly readerUrl: string;
  /** As superuser in another database of this cluster, made if needed. */
  otherDatabase(name: string): Promise<string>;
  /** `fast` closes sessions; `immediate` drops everything, as a power cut would; `kill` is SIGKILL of the first process. */
  halt(how: 'fast' | 'immediate' | 'kill'): Promise<void>;
  /** Starts again on the same port, with recovery if needed. */
  resume(): Promise<void>;
  /** A copy of the files of the server, which must be halted: a physical backup. */
  backUp(): Promise<string>;
  /** Takes the files of the server, which must be halted, back to a backup. */
  takeBack(backup: string): Promise<void>;
  /** Stops it and removes its files and backups. */
  remove(): Promise<void>;
};

const secret = () => randomBytes(12).toString('hex');

/** What a power cut needs is not tested here: the machine stays up, and its cache with it. Commits are waited for. */
const SETTINGS: Settings = { fsync: false, autovacuum: false, jit: false, scram_iterations: 1, max_connections: 100 };

/**
 * A cluster with its roles and its database, copied from one that was made before. `isAnother`: made from nothing (two
 * seconds), so that it is not the same cluster as any other (`system_identifier`).
 */
export async function startOwnCluster({ isAnother = false } = {}): Promise<OwnCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'entremise-own-'));
  await chmod(folder, 0o755);
  const dataDir = join(folder, 'cluster');
  const { superuserPassword, rolePasswords: passwords } = inject('testCluster');
  const migrated = isAnother ? undefined : await migratedData();
  if (migrated) await copyOf(migrated, join(await makeFolder(dataDir), 'data'));
  const options = { dataDir, superuserPassword, settings: SETTINGS };
  const port = await testPort(); // its own, also while it is halted
  let cluster = await startCluster({ ...options, port });
  if (!migrated) await migrateNew(cluster);
  const { data } = cluster;
  const url = (role: keyof typeof passwords) =>
    `postgres://entremise_${role}:${passwords[role]}@127.0.0.1:${port}/${DATABASE}`;
  const urls = {
    superuserUrl: cluster.superuserUrl(DATABASE),
    ownerUrl: url('owner'),
    appUrl: url('app'),
    workerUrl: url('worker'),
    readerUrl: url('reader'),
  };
  return {
    ...urls,
    dataDir,
    async otherDatabase(name) {
      await query(cluster.superuserUrl(), `create database ${name}`);
      return cluster.superuserUrl(name);
    },
    halt: (how) => halt(cluster, how),
    async resume() {
      cluster = await startCluster({ ...options, port });
    },
    backUp: () => copyOf(data, join(folder, `backup-${secret()}`)),
    async takeBack(backup) {
      await rename(data, `${data}-lost-${secret()}`);
      await copyOf(backup, data);
    },
    async remove() {
      await cluster.stop();
      await removeCluster(dataDir);
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function makeFolder(path: string): Promise<string> {
  await mkdir(path);
  return path;
}

const SIGNALS = { immediate: 'SIGQUIT', kill: 'SIGKILL' } as const;

async function halt(cluster: Cluster, how: 'fast' | 'immediate' | 'kill'): Promise<void> {
  if (how !== 'fast') {
    process.kill(cluster.pid, SIGNALS[how]);
    await cluster.exited;
  }
  await cluster.stop();
}

/** With owners and rights: PostgreSQL refuses data that others may read. */
async function copyOf(from: string, to: string): Promise<string> {
  await promisify(execFile)('cp', ['-a', from, to]);
  return to;
}

/** In the order of their references. */
const JOURNAL_TABLES = [
  ...['node_key', 'log', 'log_key', 'subject_key', 'entry', 'opening', 'entry_index', 'leaf', 'tile', 'tree_head'],
  ...['checkpoint', 'cosignature', 'publication', 'quarantine', 'full_check', 'sealing_state'],
];

/** What pg_dump and its restoration do to the journal: every row, as it is, in another cluster. */
export async function copyJournal(from: OwnCluster, to: OwnCluster): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'entremise-dump-'));
  await chmod(folder, 0o777);
  const file = (table: string) => `'${join(folder, table)}'`;
  const columns = await query<{ name: string; list: string }>(
    from.superuserUrl,
    `select c.relname as name, string_agg(quote_ident(a.attname), ', ' order by a.attnum) as list
     from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'journal' and a.attnum > 0 and not a.attisdropped group by c.relname`,
  );
  const listed = (table: string) => columns.find(({ name }) => name === table)?.list;
  const out = JOURNAL_TABLES.map((table) => `copy (select ${listed(table)} from journal.${table}) to ${file(table)}`);
  const back = JOURNAL_TABLES.map((table) => `copy journal.${table} (${listed(table)}) from ${file(table)}`);
  await query(from.superuserUrl, ...out);
  await query(to.superuserUrl, ...back);
  await rm(folder, { recursive: true, force: true });
}

/** Lets a cluster count some thousand transactions more. */
export async function burnTransactions(url: string, count: number): Promise<void> {
  await query(url, `do $$ begin for i in 1..${count} loop perform pg_current_xact_id(); commit; end loop; end $$`);
}
