import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  addAuditor,
  changeAuditor,
  findAuditorByEmail,
  identityEvents,
  listAuditors,
  renewAuditorFactor,
  scopeInWords,
} from '#identity';
import { journalKinds, journalRegistry } from '#journal';
import { addTestAuditor } from '#support/auditor.ts';
import { type BareContext, createBareContext } from '#support/bare-context.ts';
import { expectNoPersonalData, journalOf } from '#support/journal.ts';

const registry = journalRegistry([...journalKinds, ...identityEvents]);

let bare: BareContext;
beforeAll(async () => {
  bare = await createBareContext();
});
afterAll(() => bare.close());

const input = () => ({ email: ' Helene.Vasseur@Controle.example ', firstName: 'Hélène', lastName: 'Vasseur' });
const row = (id: string) =>
  bare.ctx.db.selectFrom('auditor').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
const entriesOf = async (id: string) =>
  (await journalOf(bare.database.readerUrl, { keys: bare.ctx.keys, registry, log: 'actes' })).filter(
    ({ clear }) => clear.auditor === id,
  );

describe('adding an auditor', () => {
  test('keeps the secret sealed, and journals without saying who', async () => {
    const added = await addAuditor(bare.ctx, { ...input(), departements: ['62', '2a', '62'] });
    if (!added.ok) throw new Error('refused');
    const kept = await row(added.auditorId);
    expect(kept).toMatchObject({ email: 'helene.vasseur@controle.example', active: true, departements: ['2A', '62'] });
    expect(kept.totpSecret.toString('latin1')).not.toContain(added.totpSecret);
    const [entry] = await entriesOf(added.auditorId);
    expect(entry).toMatchObject({
      kind: 'auditor.added',
      clear: { auditor: added.auditorId, departements: ['2A', '62'] },
      opened: { firstName: 'Hélène', lastName: 'Vasseur', email: 'helene.vasseur@controle.example' },
      sentence: 'Un compte d’auditeur est créé pour Hélène Vasseur, pour les départements 2A, 62.',
    });
    expectNoPersonalData(entry?.leaf ?? Buffer.alloc(0), ['Hélène', 'Vasseur', 'helene.vasseur', added.totpSecret]);
    expect((await findAuditorByEmail(bare.ctx.db, 'HELENE.vasseur@controle.example '))?.id).toBe(added.auditorId);
  });

  test.each([
    ['email', { email: 'helene' }],
    ['email', { email: 'HELENE.VASSEUR@controle.example' }],
    ['firstName', { firstName: ' ' }],
    ['lastName', { lastName: 'Vasseur\u0000' }],
    ['departements', { departements: [] }],
    ['departements', { departements: ['62', '96'] }],
    ['totpSecret', { totpSecret: 'court' }],
  ])('is refused with a message on %s: %j', async (field, wrong) => {
    const before = await listAuditors(bare.ctx.db);
    const added = await addAuditor(bare.ctx, { ...input(), email: 'autre@controle.example', ...wrong });
    expect(added.ok ? [] : Object.keys(added.errors)).toEqual([field]);
    expect(await listAuditors(bare.ctx.db)).toEqual(before);
  });
});

describe('changing an auditor', () => {
  test('is journaled once per real change', async () => {
    const { auditorId } = await addTestAuditor(bare, { departements: ['62'] });
    const changes = [
      { change: 'limited', departements: ['62'] },
      { change: 'limited', departements: ['59', '62'] },
      { change: 'limited', departements: ['62', '59'] },
      { change: 'limited', departements: null },
      { change: 'deactivated' },
      { change: 'deactivated' },
      { change: 'activated' },
    ] as const;
    const changed: boolean[] = [];
    for (const change of changes) {
      const outcome = await changeAuditor(bare.ctx, auditorId, change);
      changed.push(outcome.ok && outcome.changed);
    }
    expect(changed).toEqual([false, true, false, true, true, false, true]);
    expect((await entriesOf(auditorId)).slice(1).map(({ sentence }) => sentence)).toEqual([
      'L’auditeur travaille désormais pour les départements 59, 62.',
      'L’auditeur travaille désormais pour la France entière.',
      'Le compte de l’auditeur est désactivé\u00a0: il ne peut plus se connecter.',
      'Le compte de l’auditeur est de nouveau actif.',
    ]);
  });

  test('five times at once: one entry', async () => {
    const { auditorId } = await addTestAuditor(bare);
    await Promise.all(Array.from({ length: 5 }, () => changeAuditor(bare.ctx, auditorId, { change: 'deactivated' })));
    expect((await entriesOf(auditorId)).filter(({ kind }) => kind === 'auditor.changed')).toHaveLength(1);
  });

  test('unknown auditors and départements are refused', async () => {
    const unknown = crypto.randomUUID();
    const { auditorId } = await addTestAuditor(bare);
    expect(await changeAuditor(bare.ctx, unknown, { change: 'deactivated' })).toEqual({
      ok: false,
      reason: 'unknown-auditor',
    });
    for (const departements of [[], ['00'], ['62', 'x']]) {
      const outcome = await changeAuditor(bare.ctx, auditorId, { change: 'limited', departements });
      expect(outcome).toEqual({ ok: false, reason: 'unknown-departement' });
    }
    expect(await renewAuditorFactor(bare.ctx, unknown)).toBeUndefined();
  });
});

test('what an auditor sees, in words', () => {
  expect([null, ['62'], ['59', '62']].map(scopeInWords)).toEqual([
    'France entière',
    'Département\u00a0: 62',
    'Départements\u00a0: 59, 62',
  ]);
});
