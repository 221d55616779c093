import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { mirror, publish, sequence, startSealing, sweep } from '#journal';
import type { Sealing } from '#platform/config/config.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import {
  type Bed,
  expectMirrored,
  expectOneRootPerSize,
  expectSound,
  headsOf,
  insertEntry,
  makeBed,
  nobodySeals,
  sealAll,
  sealingOf,
  sizeOf,
  stateOf,
  until,
} from './seal-bed.ts';
import { kill, killAll, startSealer, underLoad } from './seal-programs.ts';

// Programs and servers that die at any moment, disks that fill up: what was sealed stays, what was not is sealed later.

vi.setConfig({ testTimeout: 240_000 }); // processes and servers of their own, on a machine that may be busy

let bed: Bed;
let sealing: Sealing;
beforeAll(async () => {
  bed = await makeBed();
  sealing = await sealingOf(bed);
});
afterEach(() => killAll());
afterAll(async () => {
  await bed?.close();
  await rm(dirname(sealing.mirror), { recursive: true, force: true });
});

const size = (log: 'actes' | 'acces' = 'actes') => sizeOf(bed.superuser, log, 'tree_head');

test('row 1: the sealing program killed five times under load: no gap, nothing twice, one root per size', async () => {
  const load = underLoad(bed);
  for (let round = 0; round < 5; round += 1) {
    const before = await size();
    const child = await startSealer(bed, sealing);
    await until(async () => (await size()) > before);
    await sleep(Math.random() * 250);
    await kill(child);
  }
  const written = await load.stop();
  await nobodySeals(bed.superuser);
  for (const log of ['actes', 'acces'] as const) {
    await sealAll(bed.another(), log);
    await mirror(bed.ctx, log, sealing.mirror);
    await publish(bed.ctx, log, sealing);
  }
  const sealed = (await expectSound(bed.superuser, 'actes')) + (await expectSound(bed.superuser, 'acces'));
  expect(sealed).toBe(written + 3); // the node's registration and the announcements of two keys
  for (const log of ['actes', 'acces'] as const) {
    await expectOneRootPerSize(bed.superuser, log);
    await expectMirrored(bed.superuser, log, sealing.mirror);
  }
});

test('row 2: the database stopped at once under load: recovered, every root of before is still the root of its size', async () => {
  const load = underLoad(bed);
  const heads = new Map<bigint, Buffer>();
  const program = bed.another();
  const sealer = (async () => {
    for (;;) {
      const answer = await sequence(program, 'actes');
      if ('refused' in answer) throw new Error(answer.refused);
      const head = answer.added > 0 ? (await headsOf(bed.superuser, 'actes')).at(-1) : undefined;
      if (head) heads.set(head.size, head.root);
    }
  })();
  sealer.catch(() => undefined);
  const before = await size();
  await until(async () => (await size()) > before + 100n && heads.size > 3);
  await bed.cluster.halt('immediate');
  await expect(sealer).rejects.toThrow();
  await bed.cluster.resume();
  await until(async () => (await size().catch(() => 0n)) > 0n);
  await sealAll(program); // the one whose connections were cut: it goes on by itself
  await load.stop();
  await sealAll(bed.another());
  await sealAll(bed.another(), 'acces');
  const after = new Map((await headsOf(bed.superuser, 'actes')).map((head) => [head.size, head.root]));
  for (const [at, root] of heads) expect(after.get(at)?.equals(root), `the root of ${at}`).toBe(true);
  await expectSound(bed.superuser, 'actes');
  await expectSound(bed.superuser, 'acces');
});

test('row 3: a crash between the commit of an act and its sealing: sealed after the restart, and the delay is told', async () => {
  await sealAll(bed.another());
  await bed.write(7);
  await insertEntry(bed.superuser, bed.keys, 'actes', { secondsAgo: 90 });
  const before = await size();
  await bed.cluster.halt('kill');
  await bed.cluster.resume();
  const program = bed.another();
  await until(() =>
    sweep(program, 'actes').then(
      (swept) => swept === 1,
      () => false,
    ),
  );
  expect(await stateOf(bed.superuser, 'actes', 'sweeper')).toContain('waited for more than a minute');
  await sealAll(program);
  expect(await size()).toBe(before + 8n);
  await expectSound(bed.superuser, 'actes');
});

/** Every file of a folder with its content's hash. */
async function contentOf(folder: string): Promise<Map<string, string>> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const hashes = await Promise.all(files.map(async (file) => sha256(await readFile(file)).toString('hex')));
  return new Map(files.map((file, at) => [file.slice(folder.length), hashes[at] ?? '']));
}

test('row 4: a crash after the commit of a batch: mirrored again, the same bytes at the same size, then signed once', async () => {
  await bed.write(600);
  await sealAll(bed.another());
  const first = bed.another();
  expect(await mirror(first, 'actes', sealing.mirror)).toMatchObject({ size: await size() });
  const whole = await contentOf(join(sealing.mirror, 'actes'));
  // dead before it could say how far it came, with a half-written file left aside
  await rm(join(sealing.mirror, 'actes', 'head.json'));
  await writeFile(join(sealing.mirror, 'actes', 'tile', '0', '000.half.new'), 'half');
  expect(await mirror(bed.another(), 'actes', sealing.mirror)).toMatchObject({ size: await size() });
  await rm(join(sealing.mirror, 'actes', 'tile', '0', '000.half.new'));
  expect(await contentOf(join(sealing.mirror, 'actes'))).toEqual(whole);
  await expectMirrored(bed.superuser, 'actes', sealing.mirror);
  const checkpoints = await sizeOf(bed.superuser, 'actes', 'checkpoint');
  expect(checkpoints).toBeLessThan(await size());
  await publish(bed.ctx, 'actes', sealing);
  await publish(bed.another(), 'actes', sealing);
  expect(await sizeOf(bed.superuser, 'actes', 'publication')).toBe(await size());
  await expectOneRootPerSize(bed.superuser, 'actes');
});

test('row 4: nothing beyond what the mirror has is signed', async () => {
  const mirrored = await size();
  await bed.write(10);
  await sealAll(bed.ctx);
  await publish(bed.ctx, 'actes', { ...sealing, checkpointEvery: 0 }, mirrored);
  expect(await sizeOf(bed.superuser, 'actes', 'checkpoint')).toBe(mirrored);
  await publish(bed.ctx, 'actes', { ...sealing, checkpointEvery: 0 }, await size());
  expect(await sizeOf(bed.superuser, 'actes', 'checkpoint')).toBe(await size());
});

describe('row 29: disks that refuse', () => {
  test('row 29: the mirror is away: acts are sealed, nothing is signed, it is told; it comes back and all is signed', async () => {
    const program = bed.another();
    program.config.journal = bed.ctx.config.journal;
    const folder = join(dirname(sealing.mirror), 'other');
    await mkdir(folder);
    await writeFile(join(folder, 'actes'), 'not a folder');
    const signed = await sizeOf(bed.superuser, 'actes', 'checkpoint');
    const [before, beforeInAcces] = [await size(), await size('acces')];
    const running = startSealing(program, { ...sealing, mirror: folder });
    await bed.write(5);
    await bed.write(2, 'acces');
    await until(async () => (await size()) === before + 5n && (await size('acces')) === beforeInAcces + 2n);
    await until(async () => Boolean(await stateOf(bed.superuser, 'actes', 'mirror')));
    expect(await stateOf(bed.superuser, 'actes', 'mirror')).toContain('ENOTDIR');
    await until(async () => (await sizeOf(bed.superuser, 'acces', 'publication')) === (await size('acces')));
    expect(await sizeOf(bed.superuser, 'actes', 'checkpoint')).toBe(signed);
    await rm(join(folder, 'actes'));
    await until(async () => (await sizeOf(bed.superuser, 'actes', 'publication')) === (await size()));
    expect(await stateOf(bed.superuser, 'actes', 'mirror')).toBeNull();
    await expectMirrored(bed.superuser, 'actes', folder);
    await running.stop();
  });

  test('row 29: the disk of the database is full in the middle of a batch: no part of it is kept; the other log goes on', async () => {
    const full = `create function public.full_disk() returns trigger language plpgsql as $$ begin
      if new.log_id = 1 then raise exception 'could not extend file: No space left on device' using errcode = 'disk_full'; end if;
      return new; end $$`;
    await sql.raw(full).execute(bed.superuser);
    await sql
      .raw('create trigger full_disk before insert on journal.tile for each row execute function public.full_disk()')
      .execute(bed.superuser);
    const before = await size();
    await bed.write(300); // a tile fills up
    await bed.write(3, 'acces');
    const program = bed.another();
    await expect(sequence(program, 'actes')).rejects.toMatchObject({ code: '53100' });
    expect(await size()).toBe(before);
    const { rows } = await sql<{
      leaves: string;
    }>`select count(*)::text as leaves from journal.leaf where log_id = 1`.execute(bed.superuser);
    expect(BigInt(rows[0]?.leaves ?? 0)).toBe(before);
    expect(await sequence(program, 'acces')).toMatchObject({ added: 3 });
    await sql.raw('drop trigger full_disk on journal.tile; drop function public.full_disk()').execute(bed.superuser);
    expect(await sequence(program, 'actes')).toMatchObject({ added: 300 });
    await expectSound(bed.superuser, 'actes');
  });
});

test('a batch that fails is tried again, smaller each time, until it passes', async () => {
  await sealAll(bed.ctx);
  const before = await size();
  const large = `create function public.too_large() returns trigger language plpgsql as $$ begin
    if new.size > 400 + (select max(size) from journal.tree_head where log_id = 1) then raise exception 'too much at once'; end if;
    return new; end $$`;
  await sql.raw(large).execute(bed.superuser);
  await sql
    .raw('create trigger too_large before insert on journal.tree_head for each row execute function public.too_large()')
    .execute(bed.superuser);
  for (let act = 0; act < 3; act += 1) await bed.write(500);
  const program = bed.another();
  let failures = 0;
  while ((await size()) < before + 1500n) {
    await sequence(program, 'actes').catch(() => {
      failures += 1;
    });
  }
  await sql.raw('drop trigger too_large on journal.tree_head; drop function public.too_large()').execute(bed.superuser);
  expect(failures).toBeGreaterThan(1);
  await expectSound(bed.superuser, 'actes');
});

test('a worker does not seal before the signer has said how much it signed', async () => {
  const program = bed.another();
  program.config.journal = bed.ctx.config.journal;
  const running = startSealing(program, { ...sealing, signerUrl: 'http://127.0.0.1:9' });
  await until(async () => Boolean(await stateOf(bed.superuser, 'actes', 'sequencer')));
  expect(await stateOf(bed.superuser, 'actes', 'sequencer')).toContain('the signer does not answer');
  const before = await size();
  await bed.write(3);
  expect(await size()).toBe(before);
  await running.stop();
});
