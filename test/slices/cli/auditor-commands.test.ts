import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openContext } from '#app/context.ts';
import { acceptTerms, addAidant, TERMS_VERSION } from '#identity';
import { concludeAtOnce } from '#mandate';
import { type Db, openDatabase } from '#platform/db/database.ts';
import { inGroups } from '#platform/ids/ids.ts';
import { systemClock } from '#platform/time/clock.ts';
import { journalOf } from '#support/journal.ts';
import { somebody } from '../mandate/follow-support.ts';
import { type CliWorld, createCliWorld, STRUCTURE } from './cli-world.ts';

let world: CliWorld;
let db: Db;
let number: string;

beforeAll(async () => {
  world = await createCliWorld();
  db = openDatabase(world.database.appUrl, { onError: () => undefined });
  expect((await world.cli(['journal', 'register-node'])).status).toBe(0);
  number = await someMandate((await world.cli(['organisation', 'add', ...STRUCTURE])).out[0] ?? '');
});
afterAll(async () => {
  await db.destroy();
  await world.database.drop();
});

async function someMandate(organisationId: string): Promise<string> {
  const { ctx, close } = openContext({ LOG_LEVEL: 'warn', ...world.env }, 'app');
  const names = { firstName: 'Amina', lastName: 'Berrada' };
  const added = await addAidant(ctx, { ...names, email: 'amina@arras.example', organisationIds: [organisationId] });
  if (!added.ok) throw new Error('refused');
  const sessionIdHash = randomBytes(32);
  await acceptTerms(ctx, { aidantId: added.aidantId, organisation: { id: organisationId }, sessionIdHash });
  const id = await concludeAtOnce(ctx, {
    ...{ organisationId, sessionIdHash, themes: ['famille'], duration: 'MONTH' },
    aidant: { aidantId: added.aidantId, ...names, termsVersion: TERMS_VERSION },
    identify: async (nonce) => ({
      identity: somebody(),
      evidence: {
        ...{ idToken: `header.${nonce}.signature`, userinfo: 'header.userinfo.signature', jwks: '{"keys":[]}' },
        ...{ idpId: 'demo-idp', acr: 'eidas1', receivedAt: systemClock.now().toISOString() },
      },
    }),
  });
  await close();
  return (await db.selectFrom('mandate').select('number').where('id', '=', id).executeTakeFirstOrThrow()).number;
}

const kinds = async () => (await journalOf(world.database.readerUrl)).map(({ kind }) => kind);
const NO_STACK = /\n\s+at /;
const auditor = (email: string) => [
  ...['auditor', 'add', '--email', email, '--first-name', 'Hélène', '--last-name', 'Vasseur'],
];
const listed = async (email: string) =>
  (await world.cli(['auditor', 'list'])).out.find((line) => line.startsWith(`${email}\t`));

async function refused(cases: readonly (readonly [args: readonly string[], message: string])[]): Promise<void> {
  const before = await kinds();
  for (const [args, message] of cases) {
    const ran = await world.cli(args);
    expect([ran.status, ran.said.includes(message) || ran.said]).toEqual([1, true]);
    expect(ran.said).not.toMatch(NO_STACK);
  }
  expect(await kinds()).toEqual(before);
}

describe('auditors', () => {
  test('are added for the whole country or some départements, with what sets their phone, shown once', async () => {
    const national = await world.cli(auditor('helene@controle.example'));
    expect([national.status, national.out[1]]).toEqual([
      0,
      expect.stringMatching(/^otpauth:\/\/totp\/Entremise:helene/),
    ]);
    expect(national.said).toContain('de l’auditeur');
    expect(national.said).not.toContain('Attention');
    expect((await world.cli(auditor('amina@arras.example'))).said).toContain('Attention : un aidant a la même adresse');
    await world.cli([...auditor('marc@controle.example'), '--departement', '62', '--departement', '2a']);
    expect(await listed('helene@controle.example')).toBe(
      'helene@controle.example\tHélène Vasseur\tactif\tFrance entière',
    );
    expect(await listed('marc@controle.example')).toContain('Départements\u00a0: 2A, 62');
  });

  test('are changed by address; each change is in the journal once', async () => {
    const email = 'nadia@controle.example';
    await world.cli(auditor(email));
    const before = (await kinds()).length;
    const steps = [
      ['auditor', 'limit', 'NADIA@controle.example', '--departement', '59'],
      ['auditor', 'limit', email, '--departement', '59'],
      ['auditor', 'limit', email, '--national'],
      ['auditor', 'deactivate', email],
      ['auditor', 'deactivate', email],
      ['auditor', 'activate', email],
      ['auditor', 'new-factor', email],
    ];
    const said: string[] = [];
    for (const step of steps) {
      const ran = await world.cli(step);
      expect([step.join(' '), ran.status]).toEqual([step.join(' '), 0]);
      said.push(ran.said);
    }
    expect([said[1], said[4]]).toEqual(Array(2).fill('C’était déjà le cas : rien n’a changé.'));
    expect((await kinds()).slice(before)).toEqual(Array(5).fill('auditor.changed'));
  });

  test('wrong values and unknown people are refused, and nothing is written', async () => {
    const email = 'double@controle.example';
    await world.cli(auditor(email));
    await refused([
      [auditor('pas une adresse'), '--email : '],
      [auditor(email), '--email : '],
      [[...auditor('x@controle.example'), '--departement', '96'], '--departement : '],
      [[...auditor('x@controle.example'), '--totp-secret', 'court'], '--totp-secret : '],
      [['auditor', 'limit', email], '--departement ou --national'],
      [['auditor', 'limit', email, '--national', '--departement', '62'], '--departement ou --national'],
      [['auditor', 'limit', email, '--departement', 'x'], '--departement : '],
      [['auditor', 'deactivate', 'personne@controle.example'], 'aucun auditeur'],
      [['auditor', 'new-factor', 'personne@controle.example'], 'aucun auditeur'],
    ]);
  });
});

describe('complaints', () => {
  const complaint = (email: string, more: Record<string, string> = {}) => [
    ...['complaint', 'add'],
    ...Object.entries({ mandate: number, motive: 'jamais-signe', channel: 'guichet', auditor: email, ...more }).flatMap(
      ([option, value]) => [`--${option}`, value],
    ),
  ];

  test('are recorded, listed, given to another auditor', async () => {
    await world.cli([...auditor('un@controle.example'), '--departement', '62']);
    await world.cli(auditor('deux@controle.example'));
    const before = (await kinds()).length;
    const added = await world.cli(complaint('un@controle.example', { mandate: inGroups(number) }));
    expect([added.status, added.said]).toEqual([0, 'Réclamation enregistrée, et écrite au journal.']);
    const id = added.out[0] ?? '';
    const [line] = (await world.cli(['complaint', 'list'])).out;
    expect(line?.split('\t')).toEqual([
      ...[id, inGroups(number), 'jamais-signe', 'guichet', expect.stringContaining(' à\u00a0'), 'un@controle.example'],
    ]);
    expect((await world.cli(complaint('un@controle.example'))).said).toContain('attend déjà sa réponse');
    const given = await world.cli(['complaint', 'assign', id, '--auditor', 'deux@controle.example']);
    expect([given.status, given.said]).toEqual([0, 'Fait, et inscrit dans le journal.']);
    expect((await kinds()).slice(before).filter((kind) => kind.startsWith('complaint'))).toEqual([
      'complaint.received',
      'complaint.assigned',
    ]);
  });

  test('wrong values are refused, and nothing is written', async () => {
    await world.cli([...auditor('ailleurs@controle.example'), '--departement', '2A']);
    await refused([
      [complaint('un@controle.example', { motive: 'autre' }), '--motive : jamais-signe, ne-reconnait-pas'],
      [complaint('un@controle.example', { motive: 'constructor' }), '--motive : '],
      [complaint('un@controle.example', { channel: 'fax' }), '--channel : lettre, telephone, guichet'],
      [complaint('un@controle.example', { mandate: '0000000000000000' }), '--mandate : '],
      [complaint('personne@controle.example'), '--auditor : '],
      [complaint('ailleurs@controle.example'), 'ne voit pas le département'],
      [['complaint', 'assign', 'x', '--auditor', 'un@controle.example'], 'aucune réclamation'],
    ]);
  });
});
