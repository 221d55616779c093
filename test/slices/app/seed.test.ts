import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyFile } from '#app/journal-verify/command-line.ts';
import { seed } from '#app/seed/seed.ts';
import { selectMandates, verifyConsent } from '#consent';
import { makeSelectionExport } from '#journal';
import { systemClock } from '#platform/time/clock.ts';
import { inDigits, inWords } from '#platform/time/paris.ts';
import { addTestAuditor, auditorAgent } from '#support/auditor.ts';
import { sealWorld } from '#support/seal.ts';
import { createWorld, type World } from '#support/world.ts';

import { wordsOf } from '../mandate/follow-support.ts';

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

test('nothing is left for the first minute of the worker: each mandate whose term passed is over, in the journal too, and nobody is written to', async () => {
  const { rows } = await sql<{ due: number; expired: number; told: number; queued: number }>`
    select (select count(*)::int from mandate where ended_at is null and ends_at <= ${systemClock.now()}) as due,
      (select count(*)::int from mandate where end_cause = 'expired') as expired,
      (select count(*)::int from mandate m join journal.entry_index i on i.mandate_id = m.id and i.kind = 'mandate.ended'
        where m.end_cause = 'expired') as told,
      (select count(*)::int from graphile_worker.jobs where task_identifier like 'send-mandate-%') as queued`.execute(
    world.workerCtx.db,
  );
  const [{ expired = 0, ...left } = {}] = rows;
  expect(expired).toBeGreaterThan(10);
  expect(left).toEqual({ due: 0, told: expired, queued: 0 });
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
  const previous = join(folder, 'kept.txt');
  await writeFile(previous, strFromU8(unzipSync(Buffer.concat(made.pieces)).checkpoint ?? new Uint8Array()));
  const status = verifyFile({ file, policy: policyFile, previous }, (line) => lines.push(line));
  expect([status, lines.filter((line) => /FAIL|NOT CHECKED/.test(line))]).toEqual([0, []]);
  // dated in the past, and said so: what FranceConnect signed confirms the day, witnesses the writing
  expect(lines.some((line) => /PASS +dates/.test(line))).toBe(true);
  expect(lines.join('\n')).toMatch(
    /daté du \d{4}-\d\d-\d\d, écrit au journal le \d{4}-\d\d-\d\d\. FranceConnect a signé/,
  );
  expect(
    lines.some((line) => /PASS.*consent/.test(line)),
    lines.join('\n'),
  ).toBe(true);
});

test('without what FranceConnect signed, nothing confirms the date of a mandate that was written later', async () => {
  const { policy } = await sealWorld(world);
  const { evidence: _evidence, unknown: _unknown, ...selected } = await selectMandates(world.ctx, numbers);
  const made = await makeSelectionExport(world.ctx, { log: 'actes', open: 'everything', ...selected });
  const [file, policyFile] = [join(folder, 'without.zip'), join(folder, 'policy.txt')];
  await writeFile(file, Buffer.concat(made.pieces));
  await writeFile(policyFile, policy);
  const lines: string[] = [];
  verifyFile({ file, policy: policyFile }, (line) => lines.push(line));
  expect(lines.some((line) => /NOT CHECKED +dates/.test(line))).toBe(true);
  expect(lines.join('\n')).toContain('Sans le jeton de FranceConnect, rien ne confirme cette date.');
});

test('connections are of now, each under a mandate that was in force: no page dates one after the end of its mandate', async () => {
  const { rows } = await sql<{ uses: number; outside: number; apart: number }>`
    select count(*)::int as uses,
      (count(*) filter (where u.chosen_at < m.starts_at or u.chosen_at > coalesce(m.ended_at, m.ends_at)))::int as outside,
      (count(*) filter (where abs(extract(epoch from u.chosen_at - i.recorded_at)) > 900))::int as apart
    from use u join mandate m on m.id = u.mandate_id
    join journal.entry_index i on i.mandate_id = u.mandate_id and i.kind = 'use.chosen'`.execute(world.ctx.db);
  expect(rows[0]).toEqual({ uses: expect.any(Number), outside: 0, apart: 0 });
  expect(rows[0]?.uses).toBeGreaterThan(20);
});

test('an auditor reads both dates of a mandate that was written later, in its file and on the page of its entry', async () => {
  const agent = await auditorAgent(world, await addTestAuditor(world));
  const { rows } = await sql<{ id: string; entryId: string; startsAt: Date; recordedAt: Date }>`
    select m.id, i.id as entry_id, m.starts_at, i.recorded_at from mandate m
    join journal.entry_index i on i.mandate_id = m.id and i.kind = 'mandate.concluded'
    where m.starts_at < i.recorded_at - interval '30 days' order by m.id limit 1`.execute(world.ctx.db);
  const [one] = rows;
  if (!one) throw new Error('every seeded mandate is of now');
  const file = wordsOf((await agent.get(`/auditeur/mandats/${one.id}`)).text);
  expect(file).toContain('Un mandat repris');
  expect(file).toContain(`Ce mandat est daté du ${plain(inWords(one.startsAt))}.`);
  expect(file).toContain(`Il a été écrit au journal le ${plain(inWords(one.recordedAt))}.`);
  expect(file).toContain(`Daté du ${plain(inDigits(one.startsAt))}`);
  const entry = wordsOf((await agent.get(`/auditeur/entrees/${one.entryId}`)).text);
  expect(entry).toContain(`Daté du ${plain(inWords(one.startsAt))}`);
  expect(entry).toContain(`Écrite le ${plain(inWords(one.recordedAt))}`);
});

const plain = (words: string) => words.replaceAll('\u00a0', ' ');

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
