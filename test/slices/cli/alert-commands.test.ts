import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '#platform/db/database.ts';
import { journalOf } from '#support/journal.ts';
import { type CliWorld, createCliWorld } from './cli-world.ts';

let world: CliWorld;

beforeAll(async () => {
  world = await createCliWorld();
  expect((await world.cli(['journal', 'register-node'])).status).toBe(0);
});
afterAll(() => world.database.drop());

const switched = async () =>
  (await journalOf(world.database.superuserUrl, { kinds: ['alert-rule.switched'] })).map(({ clear }) => clear);
const stateOf = async (code: string) =>
  (await world.cli(['alerts', 'list'])).out.find((line) => line.startsWith(`${code}\t`))?.split('\t')[1];

test('the rules are listed, on or off', async () => {
  const { out, status } = await world.cli(['alerts', 'list']);
  expect(status).toBe(0);
  expect(out).toHaveLength(11);
  expect(
    out
      .filter((line) => line.includes('\ten service\t'))
      .map((line) => line.slice(0, 2))
      .sort(),
  ).toEqual([...['E1', 'E3', 'H2', 'I1', 'P1']]);
});

test('a rule about how people work takes an impact assessment; what is refused changes nothing', async () => {
  const refused = await world.cli(['alerts', 'enable', 'V1', '--reason', 'Comité du 3 juin']);
  expect([refused.status, refused.said]).toEqual([1, expect.stringContaining('--impact-assessment')]);
  const wrong = [
    ['alerts', 'enable', 'Z9', '--reason', 'essai'],
    ['alerts', 'enable', 'V1', '--reason', '  ', '--impact-assessment', 'AIPD 1'],
    ['alerts', 'enable', 'V1', '--reason', 'essai', '--impact-assessment', ' '],
    ['alerts', 'disable', 'H2', '--reason', 'x'.repeat(301)],
  ];
  for (const args of wrong) expect((await world.cli(args)).status, args.join(' ')).toBe(1);
  expect((await world.cli(['alerts', 'disable', 'H2'])).status).toBe(1);
  expect([await stateOf('V1'), await stateOf('H2'), await switched()]).toEqual(['éteinte', 'en service', []]);
});

test('on, off, and on again: each is in the journal, once', async () => {
  const assessed = ['--impact-assessment', 'AIPD 2026-04, registre du DPO'];
  expect((await world.cli(['alerts', 'enable', 'v1', '--reason', 'Comité du 3 juin', ...assessed])).status).toBe(0);
  expect(await stateOf('V1')).toBe('en service');
  const again = await world.cli(['alerts', 'enable', 'V1', '--reason', 'Encore']);
  expect([again.status, again.said]).toEqual([0, expect.stringContaining('rien n’a changé')]);
  expect((await world.cli(['alerts', 'disable', 'V1', '--reason', 'Trop d’erreurs'])).status).toBe(0);
  expect(await stateOf('V1')).toBe('éteinte');
  expect((await world.cli(['alerts', 'enable', 'V1', '--reason', 'Seuil revu'])).status).toBe(0);
  const told = await switched();
  expect(told.map(({ rule, active }) => [rule, active])).toEqual([
    ...[
      ['V1', true],
      ['V1', false],
      ['V1', true],
    ],
  ]);
  expect(JSON.stringify(told)).not.toMatch(/Comité|AIPD \d|erreurs/);
  const db = openDatabase(world.database.appUrl, { onError: () => undefined });
  const rows = await db.selectFrom('alertRuleSwitch').select(['reason', 'impactAssessment']).orderBy('id').execute();
  await db.destroy();
  expect(rows).toEqual([
    { reason: 'Comité du 3 juin', impactAssessment: 'AIPD 2026-04, registre du DPO' },
    { reason: 'Trop d’erreurs', impactAssessment: null },
    { reason: 'Seuil revu', impactAssessment: null },
  ]);
});
