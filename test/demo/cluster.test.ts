import { spawn } from 'node:child_process';
import { existsSync, lstatSync, statSync } from 'node:fs';
import { chown, cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cluster, type ClusterOptions, removeCluster, startCluster } from '#app/demo/cluster.ts';
import { findBinaries } from '#app/demo/cluster-binaries.ts';
import { openHome, userOf, usualServerUsers } from '#app/demo/cluster-home.ts';
import { placeName, sweep } from '#app/demo/cluster-places.ts';
import { isAlive, waitGone } from '#app/demo/cluster-process.ts';
import { startServer } from '#app/demo/cluster-server.ts';
import { PortTakenError } from '#app/demo/ports.ts';
import { testPort } from '#support/ports.ts';
import { asRoot, deadPid, fast, kill, openFolder, query, startElsewhere, watcherOf } from './cluster-tools.ts';

const superuserPassword = 'mot de passe/é:@';
let base: string;
const running: Cluster[] = [];

const at = (name: string, more: Partial<ClusterOptions> = {}): ClusterOptions => ({
  dataDir: join(base, name),
  port: 0,
  superuserPassword,
  settings: fast,
  ...more,
});

async function started(options: ClusterOptions): Promise<Cluster> {
  const cluster = await startCluster(options);
  running.push(cluster);
  return cluster;
}

const marks = (cluster: Cluster) => query<{ word: string }>(cluster.superuserUrl(), 'select word from mark');

beforeAll(async () => {
  base = await openFolder();
});

afterAll(async () => {
  for (const cluster of running) await cluster.stop();
  for (const name of await readdir(base)) {
    const folder = join(base, name);
    await removeCluster(existsSync(join(folder, 'pg')) ? join(folder, 'pg') : folder);
  }
  await rm(base, { recursive: true, force: true });
});

// One set of data for the tests below, which come in this order.
describe('a cluster', () => {
  const plain = () => at('plain');

  test('is in UTF8, sorts like C.UTF-8, listens on 127.0.0.1 alone, and its data survive a stop', async () => {
    const cluster = await started({ ...plain(), settings: { idle_in_transaction_session_timeout: '10s' } });
    const [row] = await query(
      cluster.superuserUrl(),
      `select current_setting('server_encoding') as encoding, upper('é') as upper, current_setting('fsync') as fsync,
        datcollate as collation, current_setting('listen_addresses') as addresses,
        current_setting('unix_socket_directories') as sockets, current_setting('max_connections') as connections,
        current_setting('idle_in_transaction_session_timeout') as idle
       from pg_database where datname = 'postgres'`,
    );
    expect(row).toEqual({
      encoding: 'UTF8',
      upper: 'É',
      fsync: 'on',
      collation: expect.stringMatching(/^C/),
      addresses: '127.0.0.1',
      sockets: '',
      connections: '200',
      idle: '10s',
    });
    await query(cluster.superuserUrl(), `create table mark as select 'été' as word`);
    await Promise.all([cluster.stop(), cluster.stop()]);
    await cluster.exited;
    expect(isAlive(cluster.pid)).toBe(false);
    const again = await started(plain());
    expect(await marks(again)).toEqual([{ word: 'été' }]);
    await again.stop();
  });

  test('is not started twice', async () => {
    const cluster = await started(plain());
    await expect(startCluster(plain())).rejects.toMatchObject({ code: 'already-running' });
    await expect(removeCluster(plain().dataDir)).rejects.toMatchObject({ code: 'already-running' });
    expect(isAlive(cluster.pid)).toBe(true);
    await cluster.stop();
  });

  test('says which port is taken and which variable to change', async () => {
    const other = createServer();
    const port = await new Promise<number>((resolve) => {
      other.listen(0, '127.0.0.1', () => resolve((other.address() as { port: number }).port));
    });
    const options = { ...plain(), port, portVariable: 'DEMO_PG_PORT' };
    const refusal = await startCluster(options).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(PortTakenError);
    expect(String(refusal)).toContain(String(port));
    expect(String(refusal)).toContain('DEMO_PG_PORT');
    // The same answer when somebody takes the port after it was found free.
    const home = await openHome(options.dataDir, usualServerUsers);
    const late = startServer(home, await findBinaries(home.user), { port, portVariable: 'X', settings: fast });
    await expect(late).rejects.toMatchObject({ name: 'PortTakenError', envName: 'X' });
    other.close();
  });

  test('starts over a postmaster.pid left by a dead process, or whose number is now another program', async () => {
    const cluster = await started(plain());
    await cluster.stop();
    const owner = statSync(cluster.data);
    const sleeper = spawn('sleep', ['600'], { stdio: 'ignore', uid: owner.uid, gid: owner.gid });
    for (const pid of [await deadPid(), sleeper.pid]) {
      const file = join(cluster.data, 'postmaster.pid');
      await writeFile(file, `${pid}\n${cluster.data}\n1700000000\n${cluster.port}\n\n127.0.0.1\n  12345 1\nready   \n`);
      await chown(file, owner.uid, owner.gid);
      const again = await started(plain());
      expect(await marks(again)).toHaveLength(1);
      await again.stop();
    }
    expect(sleeper.exitCode).toBeNull();
    sleeper.kill();
  });

  test('starts over a lock that is dead, unreadable, or whose number is now another process', async () => {
    const { dataDir } = plain();
    for (const lock of [`{"pid":${await deadPid()},"birth":"1"}`, '{', `{"pid":${process.ppid},"birth":"1"}`]) {
      await writeFile(join(dataDir, 'lock.json'), lock);
      const cluster = await started(plain());
      await cluster.stop();
      expect(existsSync(join(dataDir, 'lock.json'))).toBe(false);
    }
  });

  test('stops with the process that started it, even killed', async () => {
    const { child, pid } = await startElsewhere(plain());
    child.kill('SIGKILL');
    expect(await waitGone(pid, 200_000)).toBe(true);
  });

  test('replaces a server that outlived its killed parent', async () => {
    const port = await testPort(); // opened again by another server
    const { child, pid } = await startElsewhere({ ...plain(), port });
    const watcher = watcherOf(pid);
    if (watcher !== undefined) await kill(watcher);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    if (watcher !== undefined) expect(isAlive(pid)).toBe(true);
    const cluster = await started({ ...plain(), port });
    expect(isAlive(pid)).toBe(false);
    expect(await marks(cluster)).toHaveLength(1);
    await cluster.stop();
  });

  test('recovers what was committed when its postmaster was killed and its other processes are still there', async () => {
    const cluster = await started(plain());
    await query(cluster.superuserUrl(), `insert into mark values ('hiver')`);
    const busy = query(cluster.superuserUrl(), 'select pg_sleep(600)').catch(() => []);
    await kill(cluster.pid);
    await cluster.stop();
    const again = await started(plain());
    expect(await marks(again)).toHaveLength(2);
    await busy;
    await again.stop();
  });

  test('refuses another password, and data of another major version', async () => {
    const other = startCluster({ ...plain(), superuserPassword: 'other' });
    await expect(other).rejects.toMatchObject({ code: 'wrong-password' });
    const file = join(running[0]?.data ?? '', 'PG_VERSION');
    await writeFile(file, '15\n');
    const refused = startCluster(plain());
    await expect(refused).rejects.toMatchObject({
      code: 'data-version',
      message: expect.stringContaining('PostgreSQL 15'),
    });
    await writeFile(file, '18\n');
    await (await started(plain())).stop();
  });
});

test('half-made data are made again, and what an interruption left is removed', async () => {
  const { dataDir } = at('half');
  for (const folder of ['data/base', 'data-new-0123']) await mkdir(join(dataDir, folder), { recursive: true });
  await writeFile(join(dataDir, 'data/PG_VERSION'), '18\n');
  await writeFile(join(dataDir, 'password-0123'), 'x');
  const cluster = await started(at('half'));
  expect(await query(cluster.superuserUrl(), 'show server_encoding')).toEqual([{ server_encoding: 'UTF8' }]);
  await cluster.stop();
  expect((await readdir(dataDir)).sort()).toEqual(['data', 'data-unfinished', 'server.log']);
});

test('the user lent by root is the first that exists and is not root', () => {
  const passwd = 'root:x:0:0::/root:/bin/sh\ndaemon:x:1:1::/:/bin/false\nnobody:x:65534:65533::/:/bin/false\n';
  expect(userOf(passwd, usualServerUsers)).toEqual({ name: 'nobody', uid: 65534, gid: 65533 });
  expect(userOf(passwd, ['root', 'postgres'])).toBeUndefined();
});

describe.runIf(asRoot)('as root', () => {
  test('the server is never root, and a machine without a user postgres will do', async () => {
    const cluster = await started(at('nobody', { serverUsers: ['no-such-user', 'nobody'] }));
    const passwd = await readFile('/etc/passwd', 'utf8');
    expect(statSync(cluster.data).uid).toBe(userOf(passwd, ['nobody'])?.uid);
    await cluster.stop();
    const none = startCluster(at('none', { serverUsers: ['no-such-user'] }));
    await expect(none).rejects.toMatchObject({
      code: 'no-server-user',
      message: expect.stringContaining('no-such-user'),
    });
  });

  test('data under a closed folder live elsewhere, survive, and go with the folder they were made for', async () => {
    await mkdir(join(base, 'closed'), { mode: 0o700 });
    const closed = () => at('closed/pg');
    const cluster = await started(closed());
    expect(cluster.data).toContain(placeName('data', closed().dataDir));
    expect(statSync(cluster.data)).toMatchObject({ mode: 0o40700, uid: statSync(`/proc/${cluster.pid}`).uid });
    expect(statSync(cluster.data).uid).not.toBe(0);
    await query(cluster.superuserUrl(), `create table mark as select 'été' as word`);
    await cluster.stop();
    const again = await started(closed());
    expect(again.data).toBe(cluster.data);
    expect(await marks(again)).toHaveLength(1);
    await again.stop();
    // As `rm -rf .data` would: the secrets are gone, so the data go too.
    await rm(closed().dataDir, { recursive: true });
    const fresh = await started({ ...closed(), superuserPassword: 'new' });
    await expect(marks(fresh)).rejects.toThrow('mark');
    await fresh.stop();
    await removeCluster(closed().dataDir);
    expect(existsSync(dirname(cluster.data))).toBe(false);
  });

  test('a folder prepared by somebody else in the shared place is refused', async () => {
    await mkdir(join(base, 'trap'), { mode: 0o700 });
    const place = join('/var/tmp', placeName('data', join(base, 'trap', 'pg')));
    await mkdir(place);
    await chown(place, 65534, 65534);
    await expect(startCluster(at('trap/pg'))).rejects.toMatchObject({ code: 'unsafe-folder' });
    await rm(place, { recursive: true });
  });

  test('programs under a closed folder are copied, with their links, and removed when their source is gone', async () => {
    const user = userOf(await readFile('/etc/passwd', 'utf8'), ['nobody']);
    const closed = join(base, 'closed-programs');
    await mkdir(closed, { mode: 0o700 });
    const native = dirname(dirname((await findBinaries(undefined)).postgres));
    // npm delivers no links: where its scripts may not run, nobody made them.
    const filter = (path: string) => !lstatSync(path).isSymbolicLink();
    await cp(native, join(closed, 'native'), { recursive: true, filter });
    const first = await findBinaries(user, join(closed, 'native'));
    expect(first.postgres.startsWith(base)).toBe(false);
    expect(await findBinaries(user, join(closed, 'native'))).toEqual(first);
    const place = dirname(dirname(dirname(first.postgres)));
    await rename(closed, `${closed}-gone`);
    await sweep(dirname(place));
    expect(existsSync(place)).toBe(false);
    await rm(`${closed}-gone`, { recursive: true });
  });
});

test('an ordinary user runs it as itself', async () => {
  const nobody = userOf(await readFile('/etc/passwd', 'utf8'), ['nobody', 'daemon']);
  const user = asRoot ? nobody : undefined;
  const { dataDir } = at('ordinary');
  await mkdir(dataDir);
  if (user) await chown(dataDir, user.uid, user.gid);
  // The sources may be where this user cannot read: the programs are found, and copied if need be, beforehand.
  const programs = dirname(dirname((await findBinaries(user)).postgres));
  const { child, pid, data } = await startElsewhere(at('ordinary', { programs }), user);
  expect(statSync(data).uid).toBe(user?.uid ?? process.getuid?.());
  child.stdin?.end();
  await new Promise((resolve) => child.once('exit', resolve));
  expect(isAlive(pid)).toBe(false);
  // Root then finds data of an ordinary user: they stay this user's.
  const cluster = await started(at('ordinary'));
  expect(statSync(cluster.data).uid).toBe(user?.uid ?? process.getuid?.());
  await cluster.stop();
});
