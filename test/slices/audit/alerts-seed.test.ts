import { afterAll, beforeAll, expect, test } from 'vitest';
import { seed } from '#app/seed/seed.ts';
import { systemClock } from '#platform/time/clock.ts';
import { createWorld, type World } from '#support/world.ts';
import { RULES } from '../../../src/audit/alerts/rules.ts';
import { alertsIn, turn, withOneClock } from './alerts-support.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld({ now: systemClock.now() });
  await seed(world.ctx, {
    accountsSecret: 's'.repeat(40),
    client: { clientId: 'franceconnect', clientSecret: 'x'.repeat(40), franceconnect: 'http://localhost:9/api/v2' },
    workerUrl: world.database.workerUrl,
  });
});
afterAll(() => world?.close());

test('two hundred mandates of a demonstration raise no false alert: only those it dates from the same minute', async () => {
  const on = RULES.filter(({ needsAssessment }) => !needsAssessment).map(({ code }) => code);
  await withOneClock(world);
  await turn(world, on);
  const alerts = await alertsIn(world);
  const others = alerts.filter(({ rule, urgent }) => rule !== 'H2' || urgent);
  expect(others.map(({ rule, explanation }) => `${rule} ${explanation}`)).toEqual([]);
  expect(alerts.length).toBeGreaterThan(0);
});
