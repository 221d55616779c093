import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inTransaction } from '#platform/context.ts';
import { randomToken } from '#platform/crypto/hashes.ts';
import { uuidv7 } from '#platform/ids/ids.ts';
import { DAY, MINUTE, SECOND, after as shifted } from '#platform/time/clock.ts';
import { inDigits, inWords } from '#platform/time/paris.ts';
import { tamper } from '#support/database.ts';
import { expectNoPersonalData } from '#support/journal.ts';
import { addPerson, addStructure, loggedInAs } from '#support/people.ts';
import { lockMandate } from '../../../src/mandate/follow/end.queries.ts';
import { giveUsagerEmail } from '../../../src/mandate/follow/give-usager-email.ts';
import { type FollowWorld, followWorld, type MandateRow, wordsOf } from './follow-support.ts';

let world: FollowWorld;

beforeAll(async () => {
  world = await followWorld();
});
afterAll(() => world.close());

const pageOf = ({ usagerId }: Pick<MandateRow, 'usagerId'>) => `/usagers/${usagerId}`;
const plain = (date: Date) => inWords(date).replaceAll('\u00a0', ' ');
const browser = () => loggedInAs(world, world.aidant);

/** The text between the title of one group and the next title of the same level. */
const group = (text: string, state: string) =>
  wordsOf(text.split(`id="groupe-${state}"`)[1]?.split('</section>')[0] ?? '');

describe('the page of a person', () => {
  test('has identity, contacts, and each mandate in its group with themes, dates, who accepted, paper, actions', async () => {
    const person = { sub: 'page', givenName: 'Odile', familyName: 'PAGE', email: 'odile@courriel.example' };
    const old = await world.conclude(person, { duration: 'SHORT', themes: ['justice'] });
    world.clock.advance(2 * DAY);
    const agent = await browser();
    const ended = await world.conclude(person, { themes: ['papiers'] });
    await agent.post(`/mandats/${ended.id}/fin`, { cause: 'renounced-by-organisation', known: 'now' });
    const endedAt = world.clock.now();
    world.clock.advance(MINUTE);
    const live = await world.conclude(person, { themes: ['social', 'famille'], duration: 'LONG' });
    await agent.post(`/mandats/${live.id}/themes/social/fin`, { cause: 'revoked-by-usager', known: 'now' });
    await agent.post(`/mandats/${live.id}/papier`, { paper: 'signed' });

    const { text, status } = await agent.get(pageOf(live));

    expect(status).toBe(200);
    expect(wordsOf(text)).toContain('Odile PAGE');
    expect(wordsOf(text)).toContain('12 avril 1950');
    expect(text).toContain('mailto:odile@courriel.example');
    const inForce = group(text, 'en-vigueur');
    expect(inForce).toContain(`Mandat du ${plain(live.startsAt)}`);
    expect(inForce).toContain(`Prend fin Le ${plain(live.endsAt)}`);
    expect(inForce).toContain('1 an (365 jours)');
    expect(inForce).toContain('Claire Martin');
    expect(inForce).toContain('Signé, un exemplaire remis à la personne');
    expect(inForce).toContain(
      `Terminé le ${inDigits(world.clock.now()).replaceAll('\u00a0', ' ')}. La personne l’a demandé. Noté par Claire Martin.`,
    );
    expect(text).toContain(`href="/mandats/${live.id}/themes/famille/fin"`);
    expect(text).not.toContain(`href="/mandats/${live.id}/themes/social/fin"`);
    expect(text).toContain(`href="/mandats/${live.id}/themes/social/revocation"`);
    expect(text).toContain(`href="/mandats/${live.id}/fin"`);
    expect(group(text, 'expires')).toContain(`A expiré Le ${plain(old.endsAt)}`);
    expect(text).not.toContain(`href="/mandats/${old.id}/fin"`);
    expect(text).toContain(`href="/mandats/${old.id}/document"`);
    const over = group(text, 'termines');
    expect(over).toContain(`Terminé Le ${plain(endedAt)}`);
    expect(over).toContain('La structure y a renoncé. Noté par Claire Martin.');
    expect(text).toContain(`href="/mandats/${ended.id}/revocation"`);
    expect(text).toContain('href="/mandats/nouveau"');
  });

  test('without a mandate in force, says that the structure cannot act', async () => {
    const mandate = await world.conclude({}, { themes: ['famille'] });
    const agent = await browser();
    await agent.post(`/mandats/${mandate.id}/fin`, { cause: 'revoked-by-usager', known: 'now' });
    expect(group((await agent.get(pageOf(mandate))).text, 'en-vigueur')).toContain('Il faut un nouveau mandat.');
  });

  test('each reading is an entry of the log acces that does not say who was read', async () => {
    const mandate = await world.conclude({ familyName: 'LUE' });
    await (await browser()).get(pageOf(mandate));
    const entries = await world.journal({ kinds: ['usager.read'] });
    const entry = entries.findLast(({ about }) => about.usagerId === mandate.usagerId);
    expect(entry).toMatchObject({
      ...{ log: 'acces', aidantId: world.aidant.aidantId, organisationId: world.structure.id, result: 'ok', clear: {} },
    });
    if (entry) expectNoPersonalData(entry.leaf, ['LUE', mandate.usagerId]);
  });

  test('a person of another structure and one who does not exist: the same answer, and no entry', async () => {
    const elsewhere = await addPerson(world, {
      organisationIds: [(await addStructure(world, { name: 'Ailleurs' })).id],
    });
    const mandate = await world.conclude({}, { by: elsewhere });
    const before = (await world.journal({ kinds: ['usager.read'] })).length;
    const texts = new Set<string>();
    for (const id of [mandate.usagerId, uuidv7(world.clock.now()), 'x', '%00', '..%2f', mandate.id]) {
      const answer = await (await browser()).get(`/usagers/${id}`);
      expect([id, answer.status]).toEqual([id, 404]);
      texts.add(wordsOf(answer.text).replace(/[0-9a-f]{16}/g, ''));
    }
    expect(texts.size).toBe(1);
    expect(await world.journal({ kinds: ['usager.read'] })).toHaveLength(before);
  });

  test('an aidant of two structures sees a person in the one they work in', async () => {
    const here = await addStructure(world, { name: 'Ici' });
    const there = await addStructure(world, { name: 'Là-bas' });
    const both = await addPerson(world, { organisationIds: [here.id, there.id] });
    const mandate = await world.conclude({}, { by: { ...both, organisationId: here.id } });
    const at = (organisationId: string) => loggedInAs(world, { aidantId: both.aidantId, organisationId });
    expect((await (await at(here.id)).get(pageOf(mandate))).status).toBe(200);
    expect((await (await at(there.id)).get(pageOf(mandate))).status).toBe(404);
  });
});

describe('connections in the person’s name', () => {
  /** Rows of uses, the newest last. */
  async function uses(mandate: MandateRow, count: number) {
    const [authorisation] = await world.authorisations(mandate.id);
    const at = (index: number) => shifted(world.clock.now(), index * SECOND);
    const rows = Array.from({ length: count }, (_, index) => ({
      id: uuidv7(world.clock.now()),
      authorisationId: authorisation?.id ?? '',
      mandateId: mandate.id,
      organisationId: mandate.organisationId,
      usagerId: mandate.usagerId,
      aidantId: mandate.aidantId,
      theme: 'famille',
      site: `SITE${String(index).padStart(2, '0')}`,
      clientId: 'franceconnect',
      factorAt: at(0),
      // three at each instant, so that the id has to decide
      chosenAt: at(Math.floor(index / 3)),
      identityGivenAt: index === 0 ? at(1) : null,
      refusedAt: index === 1 ? at(1) : null,
      refusal: index === 1 ? 'mandate-ended' : null,
      revokedAt: index === 2 ? at(1) : null,
    }));
    await world.ctx.db.insertInto('use').values(rows).execute();
  }
  const sites = (text: string) => [...text.matchAll(/SITE(\d\d)/g)].map(([, index]) => Number(index));

  test('newest first, 25 at a time, with site declared, theme, aidant and result', async () => {
    const mandate = await world.conclude({}, { themes: ['famille'] });
    await uses(mandate, 30);
    world.clock.advance(30 * MINUTE);
    const agent = await browser();
    const first = await agent.get(pageOf(mandate));
    const next = /href="([^"]+#connexions)" rel="next"/.exec(first.text)?.[1] ?? '';
    const second = await agent.get(next.replace('#connexions', ''));
    const all = [...sites(first.text), ...sites(second.text)];
    expect([sites(first.text).length, sites(second.text).length]).toEqual([25, 5]);
    expect(new Set(all).size).toBe(30);
    expect(all.map((index) => Math.floor(index / 3))).toEqual(
      Array.from({ length: 30 }, (_, index) => 9 - Math.floor(index / 3)),
    );
    const words = wordsOf(second.text);
    expect(words).toContain('Famille SITE00 Claire Martin Identité donnée à FranceConnect');
    expect(words).toContain('SITE01 Claire Martin Refusée : le mandat est terminé');
    expect(words).toContain('SITE02 Claire Martin Annulée');
    expect(words).toContain('Site déclaré par l’aidant');
    expect(second.text).toContain('Connexions les plus récentes');
  });

  test('those of another structure are not shown', async () => {
    const person = { sub: 'two-structures', familyName: 'DEUXLIEUX' };
    const other = await addPerson(world, { organisationIds: [(await addStructure(world, { name: 'Ailleurs' })).id] });
    const mine = await world.conclude(person, { themes: ['famille'] });
    const theirs = await world.conclude(person, { by: other, themes: ['famille'] });
    expect(theirs.usagerId).toBe(mine.usagerId);
    await uses(theirs, 3);
    const page = await (await browser()).get(pageOf(mine));
    expect(sites(page.text)).toEqual([]);
    expect(page.text).not.toContain(theirs.number);
    expect(wordsOf(page.text)).toContain('Aucune connexion.');
  });
});

describe('a person without e-mail address', () => {
  const addressOf = ({ usagerId }: MandateRow) => `/usagers/${usagerId}/adresse`;
  const emailOf = async ({ usagerId }: MandateRow) => {
    const { email } = await world.ctx.db
      .selectFrom('usager')
      .select('email')
      .where('id', '=', usagerId)
      .executeTakeFirstOrThrow();
    return email;
  };

  test('is said to be unreachable by FranceConnect, and may give an address of their own', async () => {
    const mandate = await world.conclude({ email: null });
    const agent = await browser();
    expect((await agent.get(pageOf(mandate))).text).toContain(`href="${addressOf(mandate)}"`);
    const answer = await agent.post(addressOf(mandate), { email: ' personne@courriel.example ' });
    expect([answer.status, answer.location]).toEqual([303, pageOf(mandate)]);
    expect(await emailOf(mandate)).toBe('personne@courriel.example');
    const entries = await world.journal({ kinds: ['usager.changed'] });
    expect(entries.at(-1)).toMatchObject({
      aidantId: world.aidant.aidantId,
      clear: { fields: ['email'], source: 'usager' },
      about: { usagerId: mandate.usagerId },
    });
    expect((await agent.get(addressOf(mandate))).location).toBe(pageOf(mandate));
  });

  test('the page that asks for it names the person: an entry of the log acces; without one when it leads elsewhere', async () => {
    const mandate = await world.conclude({ email: null });
    const told = await world.conclude();
    const reads = async ({ usagerId }: MandateRow) =>
      (await world.journal({ kinds: ['usager.read'] })).filter(({ about }) => about.usagerId === usagerId);
    expect((await (await browser()).get(addressOf(mandate))).status).toBe(200);
    expect((await (await browser()).get(addressOf(told))).status).toBe(303);
    expect(await reads(mandate)).toMatchObject([{ aidantId: world.aidant.aidantId, log: 'acces', result: 'ok' }]);
    expect(await reads(told)).toEqual([]);
  });

  test('never the aidant’s or a structure’s address, nor what is not one', async () => {
    const mandate = await world.conclude({ email: null });
    const agent = await browser();
    for (const email of [
      world.aidant.email,
      world.aidant.email.toUpperCase(),
      world.structure.email,
      'x',
      '',
      'a@b@c',
    ]) {
      expect([email, (await agent.post(addressOf(mandate), { email })).status]).toEqual([email, 422]);
    }
    expect(await emailOf(mandate)).toBeNull();
    const stranger = await loggedInAs(world, await addPerson(world));
    expect((await stranger.post(addressOf(mandate), { email: 'a@courriel.example' })).status).toBe(404);
    expect(await emailOf(mandate)).toBeNull();
  });
});

describe('once nothing is open between the structure and the person', () => {
  /** A person with a mandate here, who told another structure a new usage name and address after it ended. */
  async function changedElsewhere({ end }: { end: 'asked' | 'expired' | 'not' }) {
    const before = { sub: randomToken(), givenName: 'Inès', familyName: `AVANT${randomToken().replace(/\W|\d/g, '')}` };
    const here = await desk('Ici');
    const there = await desk('Là-bas');
    const duration = end === 'expired' ? 'SHORT' : 'LONG';
    const mandate = await world.conclude({ ...before, email: 'avant@courriel.example' }, { by: here, duration });
    if (end === 'asked') {
      await (await loggedInAs(world, here)).post(`/mandats/${mandate.id}/fin`, {
        ...{ cause: 'revoked-by-usager', known: 'now' },
      });
    }
    world.clock.advance(2 * DAY);
    const after = { ...before, preferredUsername: 'ZÈLE', birthdate: '1950-04-13', email: 'zele@courriel.example' };
    await world.conclude(after, { by: there });
    return { mandate, here, before, after, browser: await loggedInAs(world, here) };
  }
  const desk = async (name: string) =>
    addPerson(world, { organisationIds: [(await addStructure(world, { name })).id] });

  test.each([
    ['asked', '/mandats?etat=termines'],
    ['expired', '/mandats?etat=expires'],
  ] as const)('%s: its pages and lists say what the last mandate said, and nothing later', async (end, list) => {
    const { mandate, browser, before } = await changedElsewhere({ end });
    const page = await browser.get(pageOf(mandate));
    const papers = await browser.get('/mandats/papiers');
    const listed = await browser.get(list);
    for (const { text } of [page, papers, listed]) {
      expect(wordsOf(text)).toContain(`Inès ${before.familyName.toUpperCase()}`);
      expect(text).not.toMatch(/ZÈLE|13.avril.1950|@courriel/);
    }
    expect(wordsOf(page.text)).toContain('12 avril 1950');
    expect(wordsOf(listed.text)).toContain('12 avril 1950');
    expect(page.text).not.toContain('Adresse e-mail');
    expect(page.text).not.toContain(`${pageOf(mandate)}/adresse`);
    const name = (recherche: string) => browser.get(`${list}&recherche=${encodeURIComponent(recherche)}`);
    expect((await name('zele')).text).not.toContain(before.familyName.toUpperCase());
    expect((await name(before.familyName)).text).toContain(`Inès ${before.familyName.toUpperCase()}`);
  });

  test('open: the page and the list say who the person is now', async () => {
    const { mandate, browser } = await changedElsewhere({ end: 'not' });
    const page = await browser.get(pageOf(mandate));
    expect(wordsOf(page.text)).toMatch(/Inès ZÈLE, née AVANT/);
    expect(page.text).toContain('mailto:zele@courriel.example');
    expect(wordsOf((await browser.get('/mandats?recherche=zele')).text)).toMatch(/Inès ZÈLE, née AVANT/);
  });

  test('a new mandate shows and finds the person under one name, once in each list', async () => {
    const { browser, here, after, mandate } = await changedElsewhere({ end: 'asked' });
    await world.conclude(after, { by: here });
    for (const list of ['/mandats?recherche=zele', '/mandats?recherche=avant&etat=termines']) {
      const { text } = await browser.get(list);
      expect(text.split('class="person-row"')).toHaveLength(2);
      expect(wordsOf(text)).toMatch(/Inès ZÈLE, née AVANT/);
    }
    const names = await world.ctx.db
      .selectFrom('mandate')
      .select('usagerSearchName')
      .distinct()
      .where('usagerId', '=', mandate.usagerId)
      .execute();
    expect(names).toHaveLength(1);
  });

  test('a damaged last mandate does not take the page or the list away', async () => {
    const { mandate, browser } = await changedElsewhere({ end: 'asked' });
    await tamper(world, (db) =>
      db.updateTable('mandate').set({ snapshot: '{"v":' }).where('id', '=', mandate.id).execute(),
    );
    for (const path of [pageOf(mandate), '/mandats?etat=termines', '/mandats/papiers']) {
      const page = await browser.get(path);
      expect([path, page.status, wordsOf(page.text).includes('Nom illisible')]).toEqual([path, 200, true]);
    }
  });

  test.each(['asked', 'expired', 'suspended', 'elsewhere'] as const)(
    'no address can be written in the person’s record: %s',
    async (how) => {
      const person = { sub: randomToken(), familyName: 'SANSADRESSE', email: null };
      const mandate = await world.conclude(person, { duration: 'SHORT' });
      const agent = await browser();
      if (how === 'asked' || how === 'elsewhere')
        await agent.post(`/mandats/${mandate.id}/fin`, { cause: 'revoked-by-usager', known: 'now' });
      if (how === 'elsewhere') await world.conclude(person, { by: await desk('Ailleurs'), duration: 'LONG' });
      if (how === 'expired') world.clock.set(mandate.endsAt);
      if (how === 'suspended')
        await world.ctx.db
          .updateTable('mandate')
          .set({ suspendedAt: world.clock.now() })
          .where('id', '=', mandate.id)
          .execute();
      const entries = (await world.journal({ kinds: ['usager.changed'] })).length;
      const answer = await (await browser()).post(`${pageOf(mandate)}/adresse`, { email: 'prise@courriel.example' });
      expect([answer.status, answer.location]).toEqual([303, pageOf(mandate)]);
      const { email } = await world.ctx.db
        .selectFrom('usager')
        .select('email')
        .where('id', '=', mandate.usagerId)
        .executeTakeFirstOrThrow();
      expect(email).toBeNull();
      expect(await world.journal({ kinds: ['usager.changed'] })).toHaveLength(entries);
    },
  );

  test('an end that comes first, while the address is being written, is seen', async () => {
    const mandate = await world.conclude({ email: null });
    const { aidantId, organisationId } = world.aidant;
    const given = { aidantId, organisationId, usagerId: mandate.usagerId, email: 'prise@courriel.example' };
    const blocked = await inTransaction(world.ctx, async (trx) => {
      await lockMandate(trx, { mandateId: mandate.id, organisationId });
      const writing = giveUsagerEmail(world.ctx, given);
      await someoneWaits();
      await trx
        .updateTable('mandate')
        .set({ endedAt: world.clock.now(), endCause: 'revoked-by-usager', endKnownAt: world.clock.now() })
        .where('id', '=', mandate.id)
        .execute();
      return { writing };
    });
    expect(await blocked.writing).toEqual({ ok: false, reason: 'not-in-force' });
  });
});

/** Returns once a transaction of this database waits for a lock. */
async function someoneWaits(): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ waits: boolean }>`
      select exists (select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database())
        as waits`.execute(world.ctx.db);
    if (rows[0]?.waits) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('names with markup, accents and apostrophes are shown as they are', async () => {
  const mandate = await world.conclude({ givenName: 'Zoé <i>', familyName: 'D\'ÎLE & "CIE"' });
  const { text } = await (await browser()).get(pageOf(mandate));
  expect(text).not.toContain('<i>');
  expect(wordsOf(text.replaceAll('&lt;', '‹').replaceAll('&gt;', '›'))).toContain(`Zoé ‹i› D'ÎLE & "CIE"`);
});
