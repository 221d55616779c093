import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LOGS, type LogName, mirror, publish, sequence } from '#journal';
import type { Sealing } from '#platform/config/config.ts';
import {
  type Bed,
  expectMirrored,
  expectOneRootPerSize,
  expectSound,
  headsOf,
  makeBed,
  nobodySeals,
  sealAll,
  sealingOf,
  sizeOf,
  until,
} from '../slices/journal/seal-bed.ts';
import { kill, killAll, startSealer, underLoad } from '../slices/journal/seal-programs.ts';

// The long form of rows 1 and 2: as many deaths as the design asks for.

const KILLS = Number(process.env.KILLS ?? 100);
const CUTS = Number(process.env.CUTS ?? 20);

let bed: Bed;
let sealing: Sealing;
beforeAll(async () => {
  bed = await makeBed();
  sealing = await sealingOf(bed);
});
afterAll(async () => {
  await killAll();
  await bed?.close();
  await rm(dirname(sealing.mirror), { recursive: true, force: true });
});

const size = (log: LogName = 'actes') => sizeOf(bed.superuser, log, 'tree_head');

test(`row 1: two sealing programs, one of them killed ${KILLS} times under load`, async () => {
  const load = underLoad(bed, 2);
  let staying = await startSealer(bed, sealing);
  for (let round = 0; round < KILLS; round += 1) {
    const before = await size();
    const child = await startSealer(bed, sealing);
    await until(async () => (await size()) > before);
    await sleep(Math.random() * 400);
    // now the newcomer dies, now the one that was there
    await kill(round % 3 === 0 ? staying : child);
    if (round % 3 === 0) staying = child;
  }
  await kill(staying);
  const written = await load.stop();
  await nobodySeals(bed.superuser);
  for (const log of LOGS) {
    await sealAll(bed.another(), log);
    await mirror(bed.ctx, log, sealing.mirror);
    await publish(bed.ctx, log, sealing);
  }
  const sealed = (await expectSound(bed.superuser, 'actes')) + (await expectSound(bed.superuser, 'acces'));
  expect(sealed).toBe(written + 3);
  for (const log of LOGS) {
    await expectOneRootPerSize(bed.superuser, log);
    await expectMirrored(bed.superuser, log, sealing.mirror);
  }
  console.log(
    `${KILLS} kills, ${sealed} entries sealed, ${(await headsOf(bed.superuser, 'actes')).length} heads in actes`,
  );
});

test(`row 2: the database stopped at once ${CUTS} times under load`, async () => {
  const program = bed.another();
  for (let cut = 0; cut < CUTS; cut += 1) {
    const load = underLoad(bed, 2);
    const before = await size();
    const seen = new Map<bigint, Buffer>();
    const sealer = (async () => {
      for (;;) {
        const answer = await sequence(program, 'actes');
        if ('refused' in answer) throw new Error(answer.refused);
        const head = (await headsOf(bed.superuser, 'actes')).at(-1);
        if (head) seen.set(head.size, head.root);
      }
    })();
    sealer.catch(() => undefined);
    await until(async () => (await size()) > before + 50n);
    await sleep(Math.random() * 300);
    await bed.cluster.halt(cut % 2 === 0 ? 'immediate' : 'kill');
    await expect(sealer).rejects.toThrow();
    await bed.cluster.resume();
    await until(async () => (await size().catch(() => 0n)) > 0n);
    await load.stop();
    await sealAll(program);
    const after = new Map((await headsOf(bed.superuser, 'actes')).map((head) => [head.size, head.root]));
    for (const [at, root] of seen) expect(after.get(at)?.equals(root), `cut ${cut}: the root of ${at}`).toBe(true);
  }
  await sealAll(bed.another(), 'acces');
  console.log(`${CUTS} cuts, ${await expectSound(bed.superuser, 'actes')} entries in actes`);
  await expectSound(bed.superuser, 'acces');
});
