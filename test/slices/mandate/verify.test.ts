import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sealSnapshot } from '#consent';
import { inGroups } from '#platform/ids/ids.ts';
import { DAY } from '#platform/time/clock.ts';
import { inWords } from '#platform/time/paris.ts';
import { tamper } from '#support/database.ts';
import { type FollowWorld, followWorld, type MandateRow, wordsOf } from './follow-support.ts';

let world: FollowWorld;

beforeAll(async () => {
  world = await followWorld();
});
afterAll(() => world.close());

const check = (number: string) => world.visitor().get(`/verifier/${number}`);
const plain = (date: Date) => inWords(date).replaceAll('\u00a0', ' ');

const PERSON = {
  givenName: 'Aïcha',
  familyName: 'BENSAÏD',
  preferredUsername: 'MOREAU',
  email: 'aicha@courriel.example',
};

function expectNothingOf(page: string, mandate: MandateRow) {
  // the number, drawn at random, is what was asked about: four of its letters or digits may be any
  const groups = inGroups(mandate.number)
    .split('\u00a0')
    .map((group) => `<span>${group}</span>`);
  expect(page).toContain(groups.join(' '));
  const text = page.replaceAll(groups.join(' '), '');
  for (const secret of [
    'Aïcha',
    'BENSAÏD',
    'MOREAU',
    'aicha@',
    '1950',
    'Arras',
    'CCAS',
    'Claire',
    'Famille',
    'Social',
  ]) {
    expect(text, secret).not.toContain(secret);
  }
  for (const secret of [mandate.id, mandate.usagerId, mandate.organisationId, mandate.journalAlias]) {
    expect(text).not.toContain(secret);
  }
}

describe('the public check', () => {
  test('in force: authentic, initials and dates to compare, nothing of who or where', async () => {
    const mandate = await world.conclude(PERSON);
    const page = await check(mandate.number);
    const words = wordsOf(page.text);
    expect(page.status).toBe(200);
    expect(words).toContain('Ce mandat est authentique et en vigueur');
    expect(page.text).toContain('<title>Ce mandat est authentique et en vigueur – Vérifier un mandat');
    expect(words).toContain('A. M.');
    expect(words).toContain(`Jusqu’au ${plain(mandate.endsAt)}`);
    expect(words).toContain(`Le ${plain(mandate.startsAt)}`);
    expectNothingOf(page.text.replace(/<(header|footer)[\s\S]*?<\/\1>/g, ''), mandate);
    expect(page.headers.get('cache-control')).toBe('no-store');
  });

  test('one theme ended: still in force, with how many are left', async () => {
    const mandate = await world.conclude({}, { themes: ['famille', 'social', 'papiers'] });
    await world.browser.post(`/mandats/${mandate.id}/themes/social/fin`, { cause: 'revoked-by-usager', known: 'now' });
    const words = wordsOf((await check(mandate.number)).text);
    expect(words).toContain('en vigueur');
    expect(words).toContain('2 (3 au départ)');
  });

  test('ended: since when, day and hour', async () => {
    const mandate = await world.conclude();
    world.clock.advance(60_000);
    await world.browser.post(`/mandats/${mandate.id}/fin`, { cause: 'renounced-by-organisation', known: 'now' });
    const words = wordsOf((await check(mandate.number)).text);
    expect(words).toContain('Ce mandat est authentique, mais il est terminé');
    expect(words).toContain(`Il est terminé depuis le ${plain(world.clock.now())}`);
    expect(words).toContain('Plus aucun (2 au départ)');
  });

  test('expired to the millisecond, before any job has written it', async () => {
    const mandate = await world.conclude({}, { duration: 'SHORT' });
    world.clock.set(new Date(mandate.endsAt.getTime() - 1));
    expect(wordsOf((await check(mandate.number)).text)).toContain('en vigueur');
    world.clock.set(mandate.endsAt);
    const words = wordsOf((await check(mandate.number)).text);
    expect(words).toContain('mais il a expiré');
    expect(words).toContain(`Il est terminé depuis le ${plain(mandate.endsAt)}`);
    expect((await world.mandate(mandate.id)).endedAt).toBeNull();
  });

  test('suspended says so', async () => {
    const mandate = await world.conclude();
    await world.ctx.db
      .updateTable('mandate')
      .set({ suspendedAt: world.clock.now() })
      .where('id', '=', mandate.id)
      .execute();
    expect(wordsOf((await check(mandate.number)).text)).toContain('Ce mandat est authentique, mais suspendu');
  });

  test.each([
    ['the snapshot', (row: MandateRow) => ({ snapshot: row.snapshot.replace('SEMESTER', 'LONG') })],
    ['the seal', (row: MandateRow) => ({ snapshotJws: `${row.snapshotJws.slice(0, -4)}AAAA` })],
    ['the end that rights depend on', (row: MandateRow) => ({ endsAt: new Date(row.endsAt.getTime() + DAY) })],
  ])('not authentic once %s has been changed', async (_what, change) => {
    const mandate = await world.conclude(PERSON);
    await tamper(world, (db) => db.updateTable('mandate').set(change(mandate)).where('id', '=', mandate.id).execute());
    const page = await check(mandate.number);
    expect(wordsOf(page.text)).toContain('Ce mandat n’est pas authentique');
    expect(wordsOf(page.text)).not.toContain('A. M.');
    expect(world.logs.join('')).toContain('a mandate does not match its seal');
  });

  const withoutItsKey = (seal: string) => {
    const header = { alg: 'ES256', kid: 'mandats-2019', typ: 'entremise-mandate+jws' };
    return seal.replace(/^[^.]+/, Buffer.from(JSON.stringify(header)).toString('base64url'));
  };
  test.each([
    ['the key of the seal is gone', async (row: MandateRow) => ({ snapshotJws: withoutItsKey(row.snapshotJws) })],
    [
      'it was written by a later version',
      async (row: MandateRow) => {
        const snapshot = row.snapshot.replace('"v":1', '"v":9');
        return { snapshot, snapshotJws: await sealSnapshot(world.ctx, snapshot) };
      },
    ],
  ])('says calmly that it cannot check when %s', async (_why, change) => {
    const mandate = await world.conclude(PERSON);
    const changed = await change(mandate);
    await tamper(world, (db) => db.updateTable('mandate').set(changed).where('id', '=', mandate.id).execute());
    const page = await check(mandate.number);
    expect([page.status, wordsOf(page.text)]).toEqual([
      200,
      expect.stringContaining('Nous ne pouvons pas vérifier ce mandat'),
    ]);
    expect(wordsOf(page.text)).not.toMatch(/authentique|A\. M\./);
    expect(world.logs.join('')).toContain('a mandate cannot be verified');
  });

  test('an unknown number has the same page, and is not found', async () => {
    const page = await check('0000000000000000');
    expect(page.status).toBe(404);
    expect(wordsOf(page.text)).toContain('Ce numéro ne correspond à aucun mandat');
    expect(page.text).toContain('name="numero"');
  });

  test('nothing of a check goes to the journal', async () => {
    const mandate = await world.conclude();
    const before = (await world.journal()).length;
    await check(mandate.number);
    await check('ZZZZZZZZZZZZZZZZ');
    expect(await world.journal()).toHaveLength(before);
  });
});

describe('a number that is typed', () => {
  test.each([
    ['in groups', (number: string) => number.replace(/.{4}(?=.)/g, '$& ')],
    ['in lower case, with dashes', (number: string) => number.toLowerCase().replace(/.{4}(?=.)/g, '$&-')],
    ['with O and I for 0 and 1', (number: string) => number.replaceAll('0', 'O').replaceAll('1', 'I')],
  ])('%s leads to the check', async (_how, typed) => {
    const mandate = await world.conclude();
    const answer = await world.visitor().get(`/verifier?numero=${encodeURIComponent(typed(mandate.number))}`);
    expect([answer.status, answer.location]).toEqual([303, `/verifier/${mandate.number}`]);
    const direct = await check(encodeURIComponent(typed(mandate.number)));
    expect(wordsOf(direct.text)).toContain('Ce mandat est authentique');
  });

  test.each([
    ['', 'Tapez le numéro du mandat'],
    ['abc', 'Un numéro de mandat a 16 lettres et chiffres'],
    ['<script>alert(1)</script>', 'Un numéro de mandat a 16 lettres et chiffres'],
    ['U'.repeat(16), 'Un numéro de mandat a 16 lettres et chiffres'],
    ['\u0000', 'Un numéro de mandat a 16 lettres et chiffres'],
    ['0'.repeat(5000), 'Un numéro de mandat a 16 lettres et chiffres'],
  ])('is refused with a message: %j', async (typed, message) => {
    const answer = await world.visitor().get(`/verifier?numero=${encodeURIComponent(typed)}`);
    expect([answer.status, wordsOf(answer.text).includes(message)]).toEqual([422, true]);
    expect(answer.text).not.toContain('<script>alert');
  });

  test('an address that is no number leads to the form', async () => {
    const answer = await check('nimporte-quoi');
    expect([answer.status, answer.location]).toEqual([303, '/verifier?numero=nimporte-quoi']);
  });
});

test('one address may check 60 numbers in ten minutes', async () => {
  world.clock.advance(DAY);
  const statuses: number[] = [];
  for (let count = 0; count < 61; count += 1) statuses.push((await check('0000000000000000')).status);
  expect(statuses.slice(0, 60).every((status) => status === 404)).toBe(true);
  expect(statuses[60]).toBe(429);
});
