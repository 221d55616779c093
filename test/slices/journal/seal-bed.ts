import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import pg from 'pg';
import { expect } from 'vitest';
import { type LogName, record, registerNode, sequence } from '#journal';
import { leafHash, rootOf } from '#journal/verify';
import type { Config, Sealing } from '#platform/config/config.ts';
import type { AppContext } from '#platform/context.ts';
import { inTransaction } from '#platform/context.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import { type Keyring, keyringSchema } from '#platform/crypto/keys.ts';
import { makeKeys } from '#platform/crypto/make-keys.ts';
import { type Db, openDatabase, type Trx } from '#platform/db/database.ts';
import { systemClock } from '#platform/time/clock.ts';
import { ignoreClosing, readableLogger, TEST_JOURNAL } from '#support/context-parts.ts';
import type { TestDatabase } from '#support/database.ts';
import { type OwnCluster, startOwnCluster } from '#support/own-cluster.ts';
import { sealWorld } from '#support/seal.ts';
import { LOG_IDS, writeLeaves } from '../../../src/journal/record.ts';
import { readMirrored, type Sequenced } from '../../../src/journal/seal/index.ts';
import { readPlaces } from '../../../src/journal/seal/read-mirror.ts';
import { looked, newId, openedBy } from './fixture.ts';

/** A cluster of its own with a registered node: no other test's writer holds back its transactions. */
export type Bed = {
  cluster: OwnCluster;
  keys: Keyring;
  /** The same, as ENTREMISE_KEYS. */
  keysText: string;
  /** As the worker, who seals. */
  ctx: AppContext;
  app: Db;
  superuser: Db;
  logs: string[];
  /** The context of another program: connections and memory of its own. */
  another(role?: 'worker' | 'owner'): AppContext;
  write(count: number, log?: LogName): Promise<void>;
  close(): Promise<void>;
};

export const eventOf = (log: LogName) => (log === 'actes' ? openedBy('Zoé', newId()) : looked());

/** `like`: another cluster with the keys of that bed, for a database that is copied from it. */
export async function makeBed(like?: Bed): Promise<Bed> {
  const own = await startOwnCluster({ isAnother: like !== undefined });
  const keysText = like?.keysText ?? JSON.stringify(await makeKeys('test'));
  const keys = keyringSchema.parse(JSON.parse(keysText));
  const pools: Db[] = [];
  const open = (url: string, max = 6) => {
    const db = openDatabase(url, { max, onError: ignoreClosing });
    pools.push(db);
    return db;
  };
  const { lines, logger } = readableLogger('info');
  const contextOf = (db: Db): AppContext => ({
    config: { publicUrl: 'http://localhost', journal: { ...TEST_JOURNAL } } as Config,
    keys,
    db,
    readerDb: db,
    clock: systemClock,
    logger,
    mailer: { send: async () => undefined, close: () => undefined },
  });
  if (!like) await registerNode({ keys }, open(own.ownerUrl, 2));
  const app = open(own.appUrl, 12);
  return {
    cluster: own,
    keys,
    keysText,
    ctx: contextOf(open(own.workerUrl)),
    app,
    superuser: open(own.superuserUrl, 4),
    logs: lines,
    another: (role = 'worker') => contextOf(open(role === 'worker' ? own.workerUrl : own.ownerUrl)),
    async write(count, log = 'actes') {
      const events = Array.from({ length: count }, () => eventOf(log));
      await inTransaction({ db: app }, (trx) => record({ keys }, trx, ...events));
    },
    async close() {
      await Promise.all(pools.map((db) => db.destroy()));
      await own.remove();
    },
  };
}

/** Seals until nothing is left that is settled; fails when it is refused. */
export async function sealAll(ctx: AppContext, log: LogName = 'actes'): Promise<Sequenced> {
  for (;;) {
    const answer = await sequence(ctx, log);
    if ('refused' in answer) throw new Error(answer.refused);
    if (answer.added + answer.aside === 0 && !answer.isMore) return answer;
  }
}

/** The cheap half of `expectSound`, between two tests. */
export async function expectGapless(db: Db, log: LogName = 'actes'): Promise<void> {
  const { rows } = await sql<{ leaves: number; next: number; size: number; tiles: number }>`
    select count(*)::int as leaves, coalesce(max(idx) + 1, 0) as next,
      (select coalesce(max(size), 0) from journal.tree_head where log_id = ${LOG_IDS[log]}) as size,
      (select count(*)::int from journal.tile where log_id = ${LOG_IDS[log]} and level = 0) as tiles
    from journal.leaf where log_id = ${LOG_IDS[log]}`.execute(db);
  const leaves = rows[0]?.leaves ?? -1;
  expect(rows[0]).toEqual({ leaves, next: leaves, size: leaves, tiles: Math.floor(leaves / 256) });
  expect(await unsealedOf(db, log)).toBe(0);
}

export type Sealed = { index: bigint; id: string; leaf: Buffer; hash: Buffer };

export async function sealedOf(db: Db, log: LogName): Promise<Sealed[]> {
  const { rows } = await sql<{ idx: string; id: string; leaf: Buffer; leafHash: Buffer }>`
    select l.idx::text, l.entry_id as id, e.leaf, l.leaf_hash
    from journal.leaf l left join journal.entry e on e.id = l.entry_id
      and not exists (select from journal.quarantine q where q.entry_id = e.id and q.recorded_at = e.recorded_at)
    where l.log_id = ${LOG_IDS[log]} order by l.idx`.execute(db);
  return rows.map(({ idx, id, leaf, leafHash: hash }) => ({ index: BigInt(idx), id, leaf, hash }));
}

export async function headsOf(db: Db, log: LogName): Promise<{ size: bigint; root: Buffer }[]> {
  const { rows } = await sql<{ size: string; root: Buffer }>`
    select h.size::text, h.root from journal.tree_head h where h.log_id = ${LOG_IDS[log]} order by h.size`.execute(db);
  return rows.map(({ size, root }) => ({ size: BigInt(size), root }));
}

/**
 * Fails unless the tree is what the entries make it: indices without a gap, each leaf the hash of its entry's bytes, each
 * head (a dozen of them) the root that the core computes over the leaves before it, each tile the hashes of its place; and, when `complete`,
 * a place for every entry that was not put aside. Gives the size.
 */
export async function expectSound(db: Db, log: LogName = 'actes', { complete = true } = {}): Promise<number> {
  const leaves = await sealedOf(db, log);
  expect(leaves.map(({ index }) => index)).toEqual(leaves.map((_, at) => BigInt(at)));
  expect(leaves.filter(({ leaf, hash }) => !leaf || !hash.equals(leafHash(sha256, leaf)))).toEqual([]);
  expect(new Set(leaves.map(({ id }) => id)).size).toBe(leaves.length);
  const hashes = leaves.map(({ hash }) => hash);
  const heads = await headsOf(db, log);
  const some =
    heads.length <= 12
      ? heads
      : [...heads.filter((_, at) => at % Math.ceil(heads.length / 12) === 0), ...heads.slice(-1)];
  for (const { size, root } of some) {
    const computed = Buffer.from(rootOf(sha256, hashes.slice(0, Number(size))));
    expect(computed.equals(root), `the root of ${size}`).toBe(true);
  }
  expect(heads.at(-1)?.size ?? 0n).toBe(BigInt(leaves.length));
  await expectTiles(db, log, hashes);
  if (complete) expect(await unsealedOf(db, log)).toBe(0);
  return leaves.length;
}

async function expectTiles(db: Db, log: LogName, leaves: readonly Uint8Array[]): Promise<void> {
  const { rows } = await sql<{ level: number; n: number; hashes: Buffer; root: Buffer }>`
    select level, n, hashes, root from journal.tile where log_id = ${LOG_IDS[log]} order by level, n`.execute(db);
  const expected: { level: number; n: number; hashes: Buffer; root: Buffer }[] = [];
  let row = [...leaves];
  for (let level = 0; row.length >= 256; level += 1) {
    const tiles = Array.from({ length: Math.floor(row.length / 256) }, (_, n) => row.slice(n * 256, n * 256 + 256));
    for (const [n, hashes] of tiles.entries()) {
      expected.push({ level, n, hashes: Buffer.concat(hashes), root: Buffer.from(perfectRoot(hashes)) });
    }
    row = expected.filter((tile) => tile.level === level).map(({ root }) => root);
  }
  expect(rows.map(({ level, n }) => `${level}/${n}`)).toEqual(expected.map(({ level, n }) => `${level}/${n}`));
  for (const [at, tile] of expected.entries()) {
    expect(rows[at]?.hashes.equals(tile.hashes) && rows[at].root.equals(tile.root), `tile ${at}`).toBe(true);
  }
}

const perfectRoot = (hashes: readonly Uint8Array[]) => rootOf(sha256, hashes);

export async function unsealedOf(db: Db, log: LogName): Promise<number> {
  const { rows } = await sql<{ left: number }>`
    select count(*)::int as left from journal.entry e where e.log_id = ${LOG_IDS[log]}
      and not exists (select from journal.leaf l where l.entry_id = e.id)
      and not exists (select from journal.quarantine q where q.entry_id = e.id and q.recorded_at = e.recorded_at)`.execute(
    db,
  );
  return rows[0]?.left ?? -1;
}

export async function stateOf(db: Db, log: LogName, part: string): Promise<string | null | undefined> {
  const { rows } = await sql<{ problem: string | null }>`
    select problem from journal.sealing_state where log_id = ${LOG_IDS[log]} and part = ${part}`.execute(db);
  return rows[0]?.problem;
}

/** A row of `journal.entry` such as only the owner of the table can write it: dated, or not by a node of ours. */
export async function insertEntry(
  db: Db | Trx,
  keys: Keyring,
  log: LogName,
  change: Partial<{
    id: string;
    node: string;
    leaf: Buffer;
    signature: Buffer;
    secondsAgo: number;
    logId: number;
  }> = {},
): Promise<string> {
  const [written] = await writeLeaves({ keys }, [eventOf(log)]);
  if (!written) throw new Error('nothing was written');
  const { id, node, leaf, signature, logId, secondsAgo } = {
    ...{ id: written.id, node: written.node, leaf: written.leaf, signature: written.signature },
    ...{ logId: LOG_IDS[log], secondsAgo: 0 },
    ...change,
  };
  await sql`
    insert into journal.entry (id, recorded_at, log_id, node, leaf, node_sig)
    values (${id}, clock_timestamp() - ${secondsAgo} * interval '1 s', ${logId}, ${node}, ${leaf}, ${signature})`.execute(
    db,
  );
  return id;
}

/** A transaction that stays open until `commit` or `rollback`, in a session without the timeouts of our pools; of the app. */
export async function openTransaction(
  bed: Bed,
  work: (client: pg.Client) => Promise<unknown> = async () => undefined,
  url = bed.cluster.appUrl,
) {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  await client.query('begin');
  await work(client);
  return {
    client,
    async end(how: 'commit' | 'rollback') {
      await client.query(how);
      await client.end();
    },
  };
}

/** Writes one entry in that transaction, and gives its id. */
export async function writeInto({ keys }: Bed, client: pg.Client): Promise<string> {
  const [entry] = await writeLeaves({ keys }, [eventOf('actes')]);
  if (!entry) throw new Error('nothing was written');
  const { id, node, leaf, signature } = entry;
  await client.query('insert into journal.entry (id, log_id, node, leaf, node_sig) values ($1, 1, $2, $3, $4)', [
    id,
    node,
    leaf,
    signature,
  ]);
  return id;
}

/** As somebody who owns the machine would: triggers off, one statement, triggers on again as they were. */
export async function tamper(db: Db, table: string, statement: string): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    select quote_ident(tgname) as name from pg_trigger
    where tgrelid = to_regclass(${table}) and not tgisinternal`.execute(db);
  const back = rows.map(({ name }) => `alter table ${table} enable always trigger ${name}`);
  await sql.raw([`alter table ${table} disable trigger user`, statement, ...back].join('; ')).execute(db);
}

/** A signer and two witnesses for this bed, and a mirror. What `startSealing` is told. */
export async function sealingOf(bed: Bed): Promise<Sealing> {
  const world = { ctx: bed.ctx, workerCtx: bed.ctx, database: bed.cluster as unknown as TestDatabase };
  const { sealing } = await sealWorld(world);
  const mirror = join(await mkdtemp(join(tmpdir(), 'entremise-mirror-')), 'mirror');
  return { ...sealing, mirror, checkpointEvery: 100 };
}

/** Until no program has the lock of a log: the session of one that was killed has it until the server sees that it is gone. */
export async function nobodySeals(db: Db): Promise<void> {
  await until(async () => {
    const { rows } = await sql`select from pg_locks where locktype = 'advisory'`.execute(db);
    return rows.length === 0;
  });
}

/** Asks until it is so; the test's own time is the limit. */
export async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await isSo())) await sleep(25);
}

export async function sizeOf(db: Db, log: LogName, table: 'tree_head' | 'publication' | 'checkpoint'): Promise<bigint> {
  const { rows } = await sql<{ size: string }>`
    select coalesce(max(size), 0)::text as size from ${sql.table(`journal.${table}`)} where log_id = ${LOG_IDS[log]}`.execute(
    db,
  );
  return BigInt(rows[0]?.size ?? 0);
}

/** Fails unless every checkpoint is that of the head of its size: no size was ever signed with two roots. */
export async function expectOneRootPerSize(db: Db, log: LogName): Promise<void> {
  const heads = new Map((await headsOf(db, log)).map(({ size, root }) => [size, root.toString('base64')]));
  const { rows } = await sql<{
    note: string;
  }>`select note from journal.checkpoint where log_id = ${LOG_IDS[log]}`.execute(db);
  for (const { note } of rows) {
    const [, size = '', root] = note.split('\n');
    expect(root).toBe(heads.get(BigInt(size)));
  }
}

/** Fails unless the folder of a log holds every leaf of the tree and its node's signature, and is of that root. */
export async function expectMirrored(db: Db, log: LogName, folder: string): Promise<void> {
  const mirrored = await readMirrored(join(folder, log));
  const size = Number(mirrored?.size ?? 0n);
  const leaves: Uint8Array[] = [];
  for (let n = 0; n * 256 < size; n += 1) {
    const places = await readPlaces(join(folder, log), { n: BigInt(n), width: Math.min(256, size - n * 256) });
    leaves.push(...(places ?? []).flatMap(({ entry }) => entry?.leaf ?? []));
  }
  const sealed = await sealedOf(db, log);
  expect(leaves.map((leaf) => Buffer.from(leaf).toString())).toEqual(
    sealed.slice(0, size).map(({ leaf }) => leaf.toString()),
  );
  const root = rootOf(
    sha256,
    leaves.map((leaf) => leafHash(sha256, leaf)),
  );
  expect(Buffer.from(root).equals(Buffer.from(mirrored?.root ?? []))).toBe(true);
}
