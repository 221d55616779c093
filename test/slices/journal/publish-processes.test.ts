import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { LOGS, treeStatus } from '#journal';
import { secretOf } from '#support/secret-of.ts';
import { NAMES, type Name, type RunningService, startService } from './running-service.ts';

// many processes, on a machine that may be busy
vi.setConfig({ testTimeout: 240_000 });

let service: RunningService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service?.close());

test('rows 5, 20 and 22: worker, signer and witnesses are killed while acts go on: one history, all of it published', async () => {
  let isOver = false;
  const writing = (async () => {
    while (!isOver) {
      await service.write(3);
      await sleep(25);
    }
  })();
  const victims: Name[] = ['worker', 'signer', 'un', 'worker', 'deux', 'signer', 'worker', 'un'];
  for (const [round, name] of victims.entries()) {
    await service.running[name].end('SIGKILL');
    await sleep(60 * (round % 4));
    service.start(name);
    await sleep(500 + 130 * (round % 3));
  }
  isOver = true;
  await writing;
  await service.allPublished();
  await service.oneHistory();
});

test('row 20: the signer loses its memory: it refuses to start, acts go on and wait; taken up from a checkpoint, all is published', async () => {
  const { running, kinds, world, folder, policy, get } = service;
  await running.signer.end('SIGKILL');
  await rm(kinds.signer.env.SIGNER_STATE ?? '', { recursive: true });
  expect(await service.run('signer', [])).toMatchObject({
    status: 1,
    output: expect.stringContaining('--recover-from'),
  });
  await service.write(5);
  let status = await treeStatus(world.ctx, 'actes');
  while (!status.sealingProblem?.includes('signer: unreachable') || status.unsealed.count > 0) {
    await sleep(50);
    status = await treeStatus(world.ctx, 'actes');
  }
  expect(status.published?.size).toBeLessThan(status.size);
  const policyFile = join(folder, 'policy.txt');
  await writeFile(policyFile, policy);
  for (const log of LOGS) {
    const note = join(folder, `checkpoint-${log}`);
    await writeFile(note, (await get(`/journal/${log}/checkpoint`)).body);
    const args = ['--recover-from', note, '--policy', policyFile];
    expect(await service.run('signer', args)).toMatchObject({ status: 0 });
  }
  service.start('signer');
  await service.allPublished();
  await service.oneHistory();
});

test('row 22: a witness loses its memory: the others wait for it, and it goes on from what was published', async () => {
  const { running, kinds, world, folder, get } = service;
  await running.deux.end('SIGKILL');
  await rm(kinds.deux.env.WITNESS_STATE ?? '', { recursive: true });
  await service.write(2);
  let status = await treeStatus(world.ctx, 'acces');
  while (!status.witnesses.some(({ problem }) => problem?.startsWith('unreachable'))) {
    await sleep(50);
    status = await treeStatus(world.ctx, 'acces');
  }
  for (const log of LOGS) {
    const args = ['--recover-from', join(folder, `checkpoint-${log}`), '--policy', join(folder, 'policy.txt')];
    await writeFile(args[1] ?? '', (await get(`/journal/${log}/checkpoint`)).body);
    expect(await service.run('deux', args)).toMatchObject({ status: 0 });
  }
  service.start('deux');
  await service.allPublished();
  await service.oneHistory();
});

test('no program wrote a secret', () => {
  const { kinds, running } = service;
  const secrets = [
    kinds.signer.env.SIGNER_TOKEN ?? '',
    ...(kinds.signer.env.SIGNER_KEYS ?? '').split(',').map(secretOf),
    ...(['un', 'deux'] as const).map((name) => secretOf(kinds[name].env.WITNESS_KEY ?? '')),
  ];
  expect(secrets.every((secret) => secret.length >= 32)).toBe(true);
  for (const name of NAMES) for (const secret of secrets) expect(running[name].output()).not.toContain(secret);
});
