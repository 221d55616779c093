import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyFile } from '#app/journal-verify/command-line.ts';
import { seed } from '#app/seed/seed.ts';
import { selectMandates, verifyConsent } from '#consent';
import { makeSelectionExport } from '#journal';
import { systemClock } from '#platform/time/clock.ts';
import { sealWorld } from '#support/seal.ts';
import { createWorld, type World } from '#support/world.ts';

let world: World;
let folder: string;
let numbers: string[];

beforeAll(async () => {
  world = await createWorld({ now: systemClock.now() });
  folder = await mkdtemp(join(tmpdir(), 'entremise-seed-'));
  await seed(world.ctx, {
    accountsSecret: 's'.repeat(40),
    client: { clientId: 'franceconnect', clientSecret: 'x'.repeat(40), franceconnect: 'http://localhost:9/api/v2' },
    workerUrl: world.database.workerUrl,
  });
  numbers = (await world.ctx.db.selectFrom('mandate').select('number').orderBy('number').execute()).map(
    ({ number }) => number,
  );
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await world.close();
});

test('the evidence of the consent of each seeded mandate holds, computed again from what is stored', async () => {
  expect(numbers.length).toBeGreaterThanOrEqual(200);
  for (const number of numbers) {
    const found = await verifyConsent(world.ctx, number);
    expect({ number, failing: found?.checks.filter(({ verdict }) => verdict !== 'pass') }).toEqual({
      number,
      failing: [],
    });
  }
});

test('and offline, from one sealed export of all of them', async () => {
  const { policy } = await sealWorld(world);
  const { unknown, ...selected } = await selectMandates(world.ctx, numbers);
  expect(unknown).toEqual([]);
  expect(selected.evidence).toHaveLength(numbers.length);
  const made = await makeSelectionExport(world.ctx, { log: 'actes', open: 'everything', ...selected });
  const [file, policyFile] = [join(folder, 'export.zip'), join(folder, 'policy.txt')];
  await writeFile(file, Buffer.concat(made.pieces));
  await writeFile(policyFile, policy);
  const lines: string[] = [];
  verifyFile({ file, policy: policyFile }, (line) => lines.push(line));
  expect(lines.filter((line) => line.includes('FAIL'))).toEqual([]);
  expect(
    lines.some((line) => /PASS.*consent/.test(line)),
    lines.join('\n'),
  ).toBe(true);
});

test('people were connected under some of them: each step is in the journal', async () => {
  const { rows } = await sql<{ kind: string; count: number }>`
    select kind, count(*)::int as count from journal.entry_index where kind like 'use.%' group by kind order by kind`.execute(
    world.ctx.db,
  );
  const uses = await world.ctx.db.selectFrom('use').select('id').where('identityGivenAt', 'is not', null).execute();
  expect(uses.length).toBeGreaterThan(20);
  expect(rows).toEqual(
    ['use.chosen', 'use.code-issued', 'use.identity-given', 'use.token-issued'].map((kind) => ({
      kind,
      count: uses.length,
    })),
  );
});
