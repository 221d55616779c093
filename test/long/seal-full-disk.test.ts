import { execFileSync } from 'node:child_process';
import { chown, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mirror, sequence } from '#journal';
import { query } from '#support/query.ts';
import { readMirrored } from '../../src/journal/seal/index.ts';
import { type Bed, expectMirrored, expectSound, makeBed, sealAll, sizeOf } from '../slices/journal/seal-bed.ts';

// Row 29 on disks that are really full: small file systems in memory, which only root may mount.

let folder: string;
const mounted: string[] = [];

async function smallDisk(name: string, megabytes: number): Promise<string> {
  const at = join(folder, name);
  await mkdir(at);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'tmpfs', at]);
  mounted.push(at);
  return at;
}

const enlarge = (at: string, megabytes: number) => execFileSync('mount', ['-o', `remount,size=${megabytes}m`, at]);

function mayMount(): boolean {
  if (process.getuid?.() !== 0) return false;
  try {
    const at = execFileSync('mktemp', ['-d']).toString().trim();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', at], { stdio: 'ignore' });
    execFileSync('umount', [at]);
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!mayMount())('row 29: full disks', () => {
  let bed: Bed;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'entremise-full-'));
    execFileSync('chmod', ['755', folder]);
    bed = await makeBed();
  });
  afterAll(async () => {
    await bed?.close();
    for (const at of mounted) execFileSync('umount', [at]);
    await rm(folder, { recursive: true, force: true });
  });

  test('row 29: the disk of the tree fills up: batches are refused whole, and go on when there is room', async () => {
    const disk = await smallDisk('tree', 2);
    const space = join(disk, 'space');
    await mkdir(space);
    const { uid, gid } = await stat(join(bed.cluster.dataDir, 'data')).catch(() => ({ uid: 0, gid: 0 }));
    await chown(space, uid, gid);
    await query(
      bed.cluster.superuserUrl,
      `create tablespace small location '${space}'`,
      'alter table journal.leaf set tablespace small',
      'alter index journal.leaf_pkey set tablespace small',
      'alter index journal.entry_is_sealed_once set tablespace small',
    );
    let refusals = 0;
    for (let round = 0; round < 60 && refusals < 6; round += 1) {
      await bed.write(500);
      const before = await sizeOf(bed.superuser, 'actes', 'tree_head');
      await sequence(bed.ctx, 'actes').catch(async (error: unknown) => {
        expect(error).toMatchObject({ code: '53100' });
        refusals += 1;
        const { rows } = await sql<{ leaves: number }>`
          select count(*)::int as leaves from journal.leaf where log_id = 1`.execute(bed.superuser);
        expect(rows[0]?.leaves).toBe(Number(before));
      });
    }
    expect(refusals).toBe(6);
    await expectSound(bed.superuser, 'actes', { complete: false });
    enlarge(disk, 64);
    await sealAll(bed.ctx);
    expect(await expectSound(bed.superuser, 'actes')).toBeGreaterThan(2000);
  });

  test('row 29: the disk of the mirror fills up: it says how far it came, and no file of it is half-written', async () => {
    const disk = await smallDisk('mirror', 1);
    await expect(mirror(bed.ctx, 'actes', disk)).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(await readMirrored(join(disk, 'actes'))).toBeUndefined();
    const left = await readdir(disk, { recursive: true });
    expect(left.filter((name) => name.endsWith('.new'))).toEqual([]);
    enlarge(disk, 64);
    expect(await mirror(bed.ctx, 'actes', disk)).toMatchObject({
      size: await sizeOf(bed.superuser, 'actes', 'tree_head'),
    });
    await expectMirrored(bed.superuser, 'actes', disk);
  });
});
