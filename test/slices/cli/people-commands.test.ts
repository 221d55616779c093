import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Db, openDatabase } from '#platform/db/database.ts';
import { journalOf } from '#support/journal.ts';
import { type CliWorld, createCliWorld, STRUCTURE } from './cli-world.ts';

let world: CliWorld;
let db: Db;
let structure: string;

beforeAll(async () => {
  world = await createCliWorld();
  db = openDatabase(world.database.appUrl, { onError: () => undefined });
  expect((await world.cli(['journal', 'register-node'])).status).toBe(0);
  structure = (await world.cli(['organisation', 'add', ...STRUCTURE])).out[0] ?? '';
});
afterAll(async () => {
  await db.destroy();
  await world.database.drop();
});

const kinds = async () => (await journalOf(world.database.readerUrl)).map(({ kind }) => kind);
const NO_STACK = /\n\s+at /;

describe('typing', () => {
  test('nothing, help, and help of one command say what there is', async () => {
    for (const args of [[], ['help'], ['--help']]) {
      const ran = await world.cli(args);
      expect([ran.status, ran.out.join('\n').includes('aidant add')]).toEqual([0, true]);
    }
    expect((await world.cli(['help', 'aidant', 'add'])).out[0]).toContain('--first-name');
    expect((await world.cli(['aidant', 'add', '--help'])).out[0]).toContain('--first-name');
  });

  test.each([
    ['an unknown command', ['aidants'], 2, 'commande inconnue : aidants'],
    ['an unknown option', ['aidant', 'add', '--mail', 'x'], 1, 'option inconnue : --mail'],
    [
      'missing options, each by its name',
      ['aidant', 'add', '--email', 'a@b.example'],
      1,
      '--first-name manque\n--last-name manque',
    ],
    ['an option without its value', ['aidant', 'add', '--email'], 1, '--email'],
    [
      'an option twice',
      ['aidant', 'leave', 'a@b.example', '--organisation', '1', '--organisation', '2'],
      1,
      'plusieurs fois',
    ],
    ['a missing argument', ['aidant', 'deactivate'], 1, 'ADRESSE manque'],
    ['an argument too many', ['aidant', 'list', 'tous'], 1, '« tous » est de trop'],
  ])('%s is refused by name, without a stack', async (_what, args, status, message) => {
    const ran = await world.cli(args);
    expect([ran.status, ran.out]).toEqual([status, []]);
    expect(ran.said).toContain(message);
    expect(ran.said).not.toMatch(NO_STACK);
  });
});

describe('structures', () => {
  test('are added, listed, changed, closed and opened again; each act is in the journal', async () => {
    expect(structure).toMatch(/^[0-9a-f-]{36}$/);
    expect((await world.cli(['organisation', 'list'])).out).toContain(
      `${structure}\t21620041000019\tCCAS d’Arras\touverte`,
    );
    const before = (await kinds()).length;
    const changed = await world.cli([
      'organisation',
      'change',
      '21620041000019',
      '--phone',
      '0321000000',
      '--themes',
      'famille,social',
    ]);
    expect([changed.status, changed.said]).toEqual([0, 'Changé : phone, allowedThemes.']);
    expect((await world.cli(['organisation', 'close', structure])).status).toBe(0);
    expect((await world.cli(['organisation', 'list'])).out[0]).toContain('fermée');
    expect((await world.cli(['organisation', 'close', structure])).said).toContain('elle était déjà fermée');
    expect((await world.cli(['organisation', 'open', structure])).status).toBe(0);
    expect((await kinds()).slice(before)).toEqual(Array(3).fill('organisation.changed'));
  });

  test('wrong values are told with the option they came by', async () => {
    const wrong = STRUCTURE.map((value) =>
      value === '62' ? '20' : value === '216 200 410 00019' ? '21620041000010' : value,
    );
    const ran = await world.cli([
      'organisation',
      'add',
      ...wrong,
      '--themes',
      'banque',
      '--longest-duration',
      'FOREVER',
    ]);
    expect(ran.status).toBe(1);
    for (const option of ['--siret : ', '--departement : ', '--themes : ', '--longest-duration : ']) {
      expect(ran.said).toContain(option);
    }
    expect(ran.said).not.toMatch(NO_STACK);
    expect((await world.cli(['organisation', 'add', ...STRUCTURE])).said).toContain('déjà inscrite');
    expect((await world.cli(['organisation', 'close', '00000000000000'])).said).toContain('aucune structure');
    expect((await world.cli(['organisation', 'change', structure])).said).toContain('rien à changer');
  });
});

describe('aidants', () => {
  const aidant = (email: string) => [
    ...['aidant', 'add', '--email', email, '--first-name', 'Amina', '--last-name', 'Berrada'],
    ...['--organisation', structure],
  ];

  test('are added with what sets their phone, shown once', async () => {
    const ran = await world.cli([...aidant('amina@arras.example'), '--may-not-conclude']);
    expect(ran.status).toBe(0);
    const [id, uri] = ran.out;
    expect(uri).toMatch(/^otpauth:\/\/totp\/Entremise:amina%40arras\.example\?.*algorithm=SHA1&digits=6&period=30/);
    expect(ran.said).toMatch(/[▀▄█]/);
    const row = await db
      .selectFrom('aidant')
      .selectAll()
      .where('id', '=', id ?? '')
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({ email: 'amina@arras.example', mayConclude: false, active: true });
    expect((await world.cli(['aidant', 'list'])).out.join('\n')).not.toContain('secret');
  });

  test('are changed by address; each change is in the journal once', async () => {
    await world.cli(aidant('lea@arras.example'));
    const other =
      (
        await world.cli([
          'organisation',
          'add',
          ...STRUCTURE.map((value) => (value === 'CCAS d’Arras' ? 'Annexe' : value)),
        ])
      ).out[0] ?? '';
    const before = (await kinds()).length;
    const steps = [
      ['aidant', 'join', 'LEA@arras.example', '--organisation', other],
      ['aidant', 'leave', 'lea@arras.example', '--organisation', other],
      ['aidant', 'forbid-conclude', 'lea@arras.example'],
      ['aidant', 'allow-conclude', 'lea@arras.example'],
      ['aidant', 'deactivate', 'lea@arras.example'],
      ['aidant', 'deactivate', 'lea@arras.example'],
      ['aidant', 'activate', 'lea@arras.example'],
      ['aidant', 'new-factor', 'lea@arras.example'],
    ];
    const answers: string[] = [];
    for (const step of steps) {
      const ran = await world.cli(step);
      expect([step.join(' '), ran.status]).toEqual([step.join(' '), 0]);
      answers.push(ran.said);
    }
    expect(answers[5]).toContain('rien n’a changé');
    expect((await kinds()).slice(before)).toEqual(Array(7).fill('aidant.changed'));
    expect((await world.cli(['aidant', 'list'])).out.find((line) => line.startsWith('lea@'))).toBe(
      'lea@arras.example\tAmina Berrada\tactif\tconclut\tCCAS d’Arras',
    );
    // the SIRET is now that of two structures: the id must be given
    const twice = await world.cli(['aidant', 'join', 'lea@arras.example', '--organisation', '21620041000019']);
    expect([twice.status, twice.said.includes(other)]).toEqual([1, true]);
  });

  test('wrong values and unknown people are refused, and nothing is written', async () => {
    await world.cli(aidant('double@arras.example'));
    const before = await kinds();
    const refusals = [
      [[...aidant('pas une adresse')], '--email : '],
      [[...aidant('double@arras.example')], '--email : '],
      [[...aidant('x@arras.example').slice(0, -1), '99999999999999'], 'aucune structure'],
      [[...aidant('x@arras.example'), '--totp-secret', 'court'], '--totp-secret : '],
      [['aidant', 'deactivate', 'personne@arras.example'], 'aucun aidant'],
      [['aidant', 'new-factor', 'personne@arras.example'], 'aucun aidant'],
      [['consent', 'verify', '0000000000000000'], 'aucun mandat'],
    ] as const;
    for (const [args, message] of refusals) {
      const ran = await world.cli(args);
      expect([ran.status, ran.said.includes(message) || ran.said]).toEqual([1, true]);
      expect(ran.said).not.toMatch(NO_STACK);
    }
    expect(await kinds()).toEqual(before);
  });
});

describe('partners', () => {
  test('are added with a secret shown once', async () => {
    const args = ['client', 'add', '--client-id', 'franceconnect', '--name', 'FranceConnect', '--sector', 'fc.example'];
    const ran = await world.cli([...args, '--redirect-uri', 'https://fc.example/retour']);
    expect(ran.status).toBe(0);
    expect(ran.out[0]?.length).toBeGreaterThanOrEqual(32);
    expect((await world.cli([...args, '--redirect-uri', 'https://fc.example/retour'])).said).toContain(
      '--client-id : ',
    );
    expect((await world.cli([...args, '--redirect-uri', 'http://fc.example/'])).said).toContain('--redirect-uri : ');
  });
});
