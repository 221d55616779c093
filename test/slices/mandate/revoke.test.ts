import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DAY, MINUTE } from '#platform/time/clock.ts';
import { inWords } from '#platform/time/paris.ts';
import { tamper } from '#support/database.ts';
import { loggedInAs } from '#support/people.ts';
import { openStopCode } from '../../../src/mandate/document/stop-code.ts';
import { type FollowWorld, followWorld, type MandateRow, wordsOf } from './follow-support.ts';

let world: FollowWorld;

beforeAll(async () => {
  world = await followWorld();
});
afterAll(() => world.close());
// each test has its own hour, so that none uses up the tries of another
beforeEach(() => world.clock.advance(2 * 60 * MINUTE));

const NO_MATCH = 'Ce numéro et ce code d’arrêt ne vont pas ensemble';

async function printed(person = {}, terms = {}): Promise<{ mandate: MandateRow; code: string }> {
  const mandate = await world.conclude(person, terms);
  return { mandate, code: await print(mandate) };
}

async function print({ id }: MandateRow): Promise<string> {
  const browser = await loggedInAs(world, world.aidant);
  await browser.post(`/mandats/${id}/document/usager`, { exemplaires: 'un' });
  const { stopCodeSealed } = await world.mandate(id);
  return openStopCode(world.ctx, id, stopCodeSealed as Buffer);
}

async function visitor() {
  const agent = world.visitor();
  await agent.get('/revoquer');
  return agent;
}

const open = { endedAt: null, endCause: null };

describe('stopping with the code of the paper', () => {
  test('asks once more, then ends every theme and the mandate at once; the journal says by which way, and names nobody', async () => {
    const { mandate, code } = await printed({ email: 'arret@courriel.example' }, { themes: ['famille', 'social'] });
    const agent = await visitor();

    const asked = await agent.post('/revoquer', { number: mandate.number, stopCode: code });
    expect(asked.status).toBe(200);
    expect(wordsOf(asked.text)).toContain('Arrêter ce mandat ?');
    expect(asked.text).not.toContain('Arras');
    expect(await world.mandate(mandate.id)).toMatchObject(open);

    const done = await agent.post('/revoquer/confirmer', { number: mandate.number, stopCode: code });
    expect([done.status, done.location]).toEqual([303, `/revoquer/fait/${mandate.number}`]);
    const now = world.clock.now();
    expect(await world.mandate(mandate.id)).toMatchObject({
      endedAt: now,
      endCause: 'revoked-by-usager',
      endKnownAt: now,
      endChannel: 'stop-code',
      endedByAidantId: null,
      entryCount: 5,
    });
    expect(await world.authorisations(mandate.id)).toMatchObject([
      { endedAt: now, endCause: 'revoked-by-usager', endedByAidantId: null },
      { endedAt: now, endCause: 'revoked-by-usager', endedByAidantId: null },
    ]);
    const entries = await world.journal({
      mandateAlias: mandate.journalAlias,
      kinds: ['authorisation.ended', 'mandate.ended'],
    });
    expect(entries.map(({ kind, mn, theme }) => [kind, mn, theme])).toEqual([
      ['authorisation.ended', 3, 'famille'],
      ['authorisation.ended', 4, 'social'],
      ['mandate.ended', 5, undefined],
    ]);
    for (const entry of entries) {
      expect(entry.clear).toMatchObject({ cause: 'revoked-by-usager', channel: 'stop-code' });
      expect(entry).not.toHaveProperty('aidantId');
      expect(entry).not.toHaveProperty('organisationId');
    }
    expect(entries.at(-1)?.sentence).toBe('Le mandat est terminé\u00a0: la personne l’a demandé, par le code d’arrêt.');
    const page = wordsOf((await agent.get(done.location ?? '')).text);
    expect(page).toContain('Le mandat est arrêté');
    expect(page).toContain(inWords(now).replaceAll('\u00a0', ' '));
    await world.runJobs();
    const mail = world.mailbox.mails.find(
      ({ to, subject }) => to === 'arret@courriel.example' && /terminé/.test(subject),
    );
    expect(mail?.text).toContain('Il a été arrêté sur Internet, avec le code écrit sur votre papier.');
  });

  test('numbers and codes may be typed with spaces, dashes, lower case, O for 0 and I for 1', async () => {
    const { mandate, code } = await printed();
    const agent = await visitor();
    const number = mandate.number.toLowerCase().replace(/.{4}(?=.)/g, '$& ');
    const stopCode = ` ${code
      .replaceAll('0', 'o')
      .replaceAll('1', 'i')
      .toLowerCase()
      .replace(/.{4}(?=.)/g, '$&-')} `;
    expect((await agent.post('/revoquer/confirmer', { number, stopCode })).status).toBe(303);
    expect((await world.mandate(mandate.id)).endChannel).toBe('stop-code');
  });

  test('the aidant sees that the person stopped it', async () => {
    const { mandate, code } = await printed();
    await (await visitor()).post('/revoquer/confirmer', { number: mandate.number, stopCode: code });
    const browser = await loggedInAs(world, world.aidant);
    const words = wordsOf((await browser.get(`/usagers/${mandate.usagerId}`)).text);
    expect(words).toContain('La personne l’a arrêté elle-même, avec son code d’arrêt.');
    expect(wordsOf((await browser.get(`/mandats/${mandate.id}/revocation`)).text)).toContain(
      'J’ai arrêté ce mandat moi-même, avec mon code d’arrêt.',
    );
  });
});

describe('one answer for all that does not go together', () => {
  test('wrong code, unknown number, a code never printed, the code of another mandate, a code replaced by a reprint', async () => {
    const { mandate, code } = await printed();
    const other = await printed();
    const never = await world.conclude();
    const replaced = await printed();
    await print(replaced.mandate);
    const before = (await world.journal()).length;
    const pages = new Set<string>();
    for (const [number, stopCode] of [
      [mandate.number, `${code.slice(0, 9)}${code.endsWith('0') ? '1' : '0'}`],
      ['0000000000000000', code],
      [never.number, '0000000000'],
      [mandate.number, other.code],
      [replaced.mandate.number, replaced.code],
    ] as const) {
      for (const path of ['/revoquer', '/revoquer/confirmer']) {
        const answer = await (await visitor()).post(path, { number, stopCode });
        expect(answer.status).toBe(422);
        expect(wordsOf(answer.text)).toContain(NO_MATCH);
        expect(answer.text).not.toContain(stopCode);
        pages.add((/<main[\s\S]*<\/main>/.exec(answer.text)?.[0] ?? '').replace(/value="[^"]*"/g, ''));
      }
    }
    expect(pages.size).toBe(1);
    for (const { id } of [mandate, other.mandate, never, replaced.mandate]) {
      expect(await world.mandate(id)).toMatchObject(open);
    }
    expect(await world.journal()).toHaveLength(before);
  });

  test.each([
    [{ number: '', stopCode: '' }, 'Tapez le numéro du mandat'],
    [{ number: '1234', stopCode: '0000000000' }, 'Un numéro de mandat a 16 lettres et chiffres'],
    [{ number: '0000000000000000', stopCode: '' }, 'Tapez le code d’arrêt'],
    [{ number: '0000000000000000', stopCode: '12' }, 'Un code d’arrêt a 10 lettres et chiffres'],
    [{ number: '0000000000000000', stopCode: '0'.repeat(70) }, 'Un code d’arrêt a 10 lettres et chiffres'],
  ])('a form that cannot be right says what to correct: %j', async (form, message) => {
    const answer = await (await visitor()).post('/revoquer', form);
    expect([answer.status, wordsOf(answer.text).includes(message)]).toEqual([422, true]);
  });

  test('a form from elsewhere ends nothing, and comes back without the code', async () => {
    const { mandate, code } = await printed();
    const agent = await visitor();
    const form = { number: mandate.number, stopCode: code };
    const forged = await agent.post('/revoquer', form, { origin: 'https://ailleurs.example' });
    expect([forged.status, forged.text.includes(code)]).toEqual([403, false]);
    await agent.post('/revoquer/confirmer', form, { origin: 'https://ailleurs.example' });
    expect(await world.mandate(mandate.id)).toMatchObject(open);
  });
});

describe('a mandate that cannot be verified any more', () => {
  const otherKey = Buffer.from('{"alg":"ES256","kid":"mandats-2019"}').toString('base64url');
  const damages: [string, (row: MandateRow) => Partial<Pick<MandateRow, 'snapshot' | 'snapshotJws'>>][] = [
    ['the snapshot changed', (row) => ({ snapshot: row.snapshot.replace('SEMESTER', 'LONG') })],
    ['the snapshot is unreadable', () => ({ snapshot: '{"v":' })],
    ['the key of the seal is gone', (row) => ({ snapshotJws: row.snapshotJws.replace(/^[^.]+/, otherKey) })],
  ];

  test.each(damages)('is stopped by its code all the same: %s', async (_what, damage) => {
    const { mandate, code } = await printed();
    await tamper(world, (db) => db.updateTable('mandate').set(damage(mandate)).where('id', '=', mandate.id).execute());
    const agent = await visitor();
    const form = { number: mandate.number, stopCode: code };
    const ask = await agent.post('/revoquer', form);
    expect([ask.status, wordsOf(ask.text)]).toEqual([200, expect.stringContaining('Arrêter ce mandat ?')]);
    expect(ask.text).not.toContain('Vos initiales');
    const done = await agent.post('/revoquer/confirmer', form);
    expect(done.location).toBe(`/revoquer/fait/${mandate.number}`);
    expect(await world.mandate(mandate.id)).toMatchObject({ endCause: 'revoked-by-usager', endChannel: 'stop-code' });
    const page = await agent.get(done.location ?? '');
    expect([page.status, wordsOf(page.text)]).toEqual([200, expect.stringContaining('Le mandat est arrêté')]);
  });

  test.each(damages)('is ended by the structure all the same: %s', async (_what, damage) => {
    const mandate = await world.conclude();
    await tamper(world, (db) => db.updateTable('mandate').set(damage(mandate)).where('id', '=', mandate.id).execute());
    const browser = await loggedInAs(world, world.aidant);
    expect((await browser.get(`/mandats/${mandate.id}/fin`)).status).toBe(200);
    const form = { cause: 'revoked-by-usager', known: 'now' };
    const ended = await browser.post(`/mandats/${mandate.id}/fin`, form);
    expect(await world.mandate(mandate.id)).toMatchObject({ endCause: 'revoked-by-usager', endChannel: 'aidant' });
    const receipt = await browser.get(ended.location ?? '');
    const shown = receipt.status === 303 ? await browser.get(receipt.location ?? '') : receipt;
    expect(shown.status).toBe(200);
    expect((await browser.get(`/mandats/${mandate.id}/fin`)).status).toBe(200);
  });
});

describe('tries are counted', () => {
  test('by number, whatever the address or the spacing: 20 an hour', async () => {
    const { mandate } = await printed();
    const statuses: number[] = [];
    for (let count = 0; count < 21; count += 1) {
      if (count === 15) world.clock.advance(16 * MINUTE); // another quarter of an hour for the address
      const number = count % 2 ? mandate.number : mandate.number.replace(/.{4}(?=.)/g, '$& ');
      statuses.push((await (await visitor()).post('/revoquer', { number, stopCode: '0000000000' })).status);
    }
    expect(statuses).toEqual([...Array.from({ length: 20 }, () => 422), 429]);
    expect(await world.mandate(mandate.id)).toMatchObject(open);
  });

  test('by address, whatever the number: 20 a quarter of an hour', async () => {
    const agent = await visitor();
    const statuses: number[] = [];
    for (let count = 0; count < 21; count += 1) {
      const number = count.toString().padStart(16, '0');
      statuses.push((await agent.post('/revoquer', { number, stopCode: '0000000000' })).status);
    }
    expect(statuses).toEqual([...Array.from({ length: 20 }, () => 422), 429]);
  });
});

describe('what is over already', () => {
  test('stays as it ended; the right code is told since when', async () => {
    const { mandate, code } = await printed();
    const browser = await loggedInAs(world, world.aidant);
    await browser.post(`/mandats/${mandate.id}/fin`, { cause: 'renounced-by-organisation', known: 'now' });
    const before = await world.mandate(mandate.id);
    world.clock.advance(MINUTE);
    const agent = await visitor();
    const form = { number: mandate.number, stopCode: code };
    expect((await agent.post('/revoquer', form)).location).toBe(`/revoquer/fait/${mandate.number}`);
    expect((await agent.post('/revoquer/confirmer', form)).location).toBe(`/revoquer/fait/${mandate.number}`);
    expect(await world.mandate(mandate.id)).toEqual(before);
  });

  test('a term that has passed unwritten is written as a term', async () => {
    const { mandate, code } = await printed({}, { duration: 'SHORT' });
    world.clock.advance(2 * DAY);
    await (await visitor()).post('/revoquer/confirmer', { number: mandate.number, stopCode: code });
    expect(await world.mandate(mandate.id)).toMatchObject({
      endedAt: mandate.endsAt,
      endCause: 'expired',
      endChannel: 'job',
      entryCount: 3,
    });
  });

  test('the page of what was done says nothing of a mandate that goes on', async () => {
    const mandate = await world.conclude();
    expect((await world.visitor().get(`/revoquer/fait/${mandate.number}`)).status).toBe(404);
    expect((await world.visitor().get('/revoquer/fait/0000000000000000')).status).toBe(404);
  });
});
