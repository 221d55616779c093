import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEntries } from '#journal';
import { inGroups } from '#platform/ids/ids.ts';
import { DAY, MINUTE } from '#platform/time/clock.ts';
import { tamper } from '#support/database.ts';
import { expectNoPersonalData } from '#support/journal.ts';
import { addPerson, addStructure, loggedInAs } from '#support/people.ts';
import { openStopCode } from '../../../src/mandate/document/stop-code.ts';
import { type FollowWorld, followWorld, type MandateRow, wordsOf } from './follow-support.ts';

let world: FollowWorld;

beforeAll(async () => {
  world = await followWorld();
});
afterAll(() => world.close());

const documentOf = (id: string) => `/mandats/${id}/document`;
const copyOf = (id: string) => `/mandats/${id}/document/usager`;
const inOneLine = (text: string) => text.replaceAll('\u00a0', ' ');

/** A code as pages show it: one element per group. */
const shown = (code: string) =>
  inGroups(code)
    .split('\u00a0')
    .map((group) => `<span>${group}</span>`)
    .join(' ');

async function stopCodeOf({ id }: MandateRow): Promise<string> {
  const { stopCodeSealed } = await world.mandate(id);
  return stopCodeSealed ? openStopCode(world.ctx, id, stopCodeSealed) : '';
}

async function newBrowser() {
  return loggedInAs(world, world.aidant);
}

describe('the document', () => {
  test('says parties, themes, end with day and hour, channels, duties, ends, rights, and where to check', async () => {
    const mandate = await world.conclude(
      { givenName: 'Aïcha', familyName: 'BENSAÏD', preferredUsername: 'MOREAU' },
      { themes: ['argent', 'famille'], duration: 'MONTH' },
    );
    const page = await world.browser.get(documentOf(mandate.id));
    const words = wordsOf(page.text);
    for (const part of [
      'Aïcha MOREAU, née BENSAÏD',
      'née le 12 avril 1950',
      world.structure.name,
      world.structure.phone,
      world.structure.siret,
      'Claire Martin l’a accepté',
      'Famille - Scolarité',
      'Argent - Impôts - Consommation',
      'je dois signer ma déclaration moi-même',
      'Il prend fin le jeudi 2 avril 2026 à 11 h 00',
      'Durée : 31 jours.',
      'par téléphone, par e-mail et par courrier',
      'ni sous tutelle, ni sous curatelle, ni sous sauvegarde de justice',
      'ne jamais me demander ni noter mes mots de passe',
      'quand je le veux, sans dire pourquoi',
      'RGPD, article 6.1.e',
      `${new URL(world.url).host}/verifier`,
    ]) {
      expect(words, part).toContain(inOneLine(part));
    }
    expect(page.text).toContain(shown(mandate.number));
    expect(page.text).toMatch(/src="data:image\/svg\+xml;base64,/);
    expect(page.headers.get('cache-control')).toBe('no-store');
  });

  test('comes from the snapshot: later changes of names, address and themes do not touch it', async () => {
    const mandate = await world.conclude({ familyName: 'AUTREFOIS' }, { themes: ['famille', 'social'] });
    const articleOf = async () => {
      const { text } = await world.browser.get(documentOf(mandate.id));
      return /<article class="mandate-document[\s\S]*<\/article>/.exec(text)?.[0];
    };
    const before = await articleOf();
    const { ctx } = world;
    await ctx.db.updateTable('usager').set({ familyName: 'MAINTENANT' }).where('id', '=', mandate.usagerId).execute();
    await ctx.db
      .updateTable('organisation')
      .set({ address: '99 rue Neuve' })
      .where('id', '=', world.structure.id)
      .execute();
    await ctx.db.updateTable('aidant').set({ lastName: 'Durand' }).where('id', '=', world.aidant.aidantId).execute();
    await world.browser.post(`/mandats/${mandate.id}/themes/social/fin`, { cause: 'revoked-by-usager', known: 'now' });
    expect(await articleOf()).toBe(before);
    await ctx.db.updateTable('aidant').set({ lastName: 'Martin' }).where('id', '=', world.aidant.aidantId).execute();
  });

  test('says what it replaced, and until when that would have lasted', async () => {
    const person = { sub: 'replaced-person', familyName: 'REMPLACEE', givenName: 'Odile' };
    const first = await world.conclude(person, { themes: ['famille', 'social'], duration: 'LONG' });
    world.clock.advance(MINUTE);
    const second = await world.conclude(person, { themes: ['social'], duration: 'MONTH' });
    const words = wordsOf((await world.browser.get(documentOf(second.id))).text);
    expect(words).toContain(`Il remplace le mandat ${inGroups(first.number).split('\u00a0').join(' ')}`);
    expect(words).toContain('pour : Social - Santé');
  });

  test('each reading is an entry of the log acces, and says nothing of the person', async () => {
    const mandate = await world.conclude({ familyName: 'LISIBLE' });
    await world.browser.get(documentOf(mandate.id));
    await world.browser.get(copyOf(mandate.id));
    const entries = await world.journal({ mandateAlias: mandate.journalAlias, log: 'acces' });
    expect(entries).toMatchObject([
      {
        kind: 'mandate.read',
        clear: { shown: 'structure' },
        aidantId: world.aidant.aidantId,
        organisationId: world.structure.id,
      },
      {
        kind: 'mandate.read',
        clear: { shown: 'usager' },
        about: { usagerId: mandate.usagerId, mandateId: mandate.id },
      },
    ]);
    for (const { leaf } of entries) expectNoPersonalData(leaf, ['LISIBLE', mandate.usagerId, mandate.number]);
  });

  test('of another structure, or unknown: one neutral answer, and no entry', async () => {
    const mandate = await world.conclude();
    const elsewhere = await addPerson(world, {
      organisationIds: [(await addStructure(world, { name: 'Ailleurs' })).id],
    });
    const stranger = await loggedInAs(world, elsewhere);
    for (const path of [documentOf(mandate.id), copyOf(mandate.id)]) {
      expect((await stranger.get(path)).status).toBe(404);
    }
    expect((await stranger.post(copyOf(mandate.id))).status).toBe(404);
    expect((await world.browser.get(documentOf('0195f3a0-0000-7000-8000-000000000000'))).status).toBe(404);
    expect((await world.browser.get(documentOf('1'))).status).toBe(404);
    expect(await world.mandate(mandate.id)).toMatchObject({ stopCodeSealed: null, entryCount: 1 });
    expect(await world.journal({ mandateAlias: mandate.journalAlias, log: 'acces' })).toEqual([]);
  });

  test('is refused, with a page, when what is stored is not what was sealed', async () => {
    const mandate = await world.conclude();
    const snapshot = mandate.snapshot.replace('"SEMESTER"', '"LONG"');
    await tamper(world, (db) => db.updateTable('mandate').set({ snapshot }).where('id', '=', mandate.id).execute());
    expect((await world.browser.get(documentOf(mandate.id))).status).toBe(500);
  });
});

describe('the copy of the person', () => {
  test('reading makes no code; preparing the copy does, once, with its entry', async () => {
    const mandate = await world.conclude();
    const before = await world.browser.get(copyOf(mandate.id));
    expect(wordsOf(before.text)).not.toContain('Arrêter tout de suite');
    expect(await world.mandate(mandate.id)).toMatchObject({
      stopCodeSealed: null,
      stopCodePrintedAt: null,
      entryCount: 1,
    });

    const answer = await world.browser.post(copyOf(mandate.id), { exemplaires: 'un' });

    expect([answer.status, answer.location]).toEqual([303, copyOf(mandate.id)]);
    const code = await stopCodeOf(mandate);
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{10}$/);
    const row = await world.mandate(mandate.id);
    expect(row).toMatchObject({ stopCodePrintedAt: world.clock.now(), entryCount: 2 });
    expect(row.stopCodeSealed?.toString('latin1')).not.toContain(code);
    const page = await world.browser.get(copyOf(mandate.id));
    expect(page.text).toContain(shown(code));
    expect(page.text.split(shown(code))).toHaveLength(2);
    const entries = await world.journal({ mandateAlias: mandate.journalAlias, kinds: ['mandate.stop-code-printed'] });
    expect(entries).toMatchObject([
      { mn: 2, clear: { reprint: false }, aidantId: world.aidant.aidantId, about: { mandateId: mandate.id } },
    ]);
    for (const { leaf } of entries) expectNoPersonalData(leaf, [code, mandate.usagerId]);
    expect(
      await openEntries(
        world.ctx,
        world.ctx.db,
        entries.map(({ id }) => id),
      ),
    ).toEqual(new Map());
  });

  test('the structure’s copy never has the code, also when both are printed at once', async () => {
    const mandate = await world.conclude();
    const answer = await world.browser.post(copyOf(mandate.id), { exemplaires: 'deux' });
    const code = await stopCodeOf(mandate);
    const both = await world.browser.get(answer.location ?? '');
    const [, usager = '', structure = ''] = both.text.split('<article');
    expect(usager).toContain('Exemplaire de la personne');
    expect(usager).toContain(shown(code));
    expect(structure).toContain('Exemplaire de la structure');
    expect(structure).not.toContain(shown(code));
    expect((await world.browser.get(documentOf(mandate.id))).text).not.toContain(shown(code));
  });

  test('a reprint replaces the code; the earlier one is never shown again', async () => {
    const mandate = await world.conclude();
    await world.browser.post(copyOf(mandate.id), { exemplaires: 'un' });
    const first = await stopCodeOf(mandate);
    await world.browser.post(copyOf(mandate.id), { exemplaires: 'un' });
    const second = await stopCodeOf(mandate);
    expect(second).not.toBe(first);
    const page = await world.browser.get(copyOf(mandate.id));
    expect(page.text).toContain(shown(second));
    expect(page.text).not.toContain(shown(first));
    const entries = await world.journal({ mandateAlias: mandate.journalAlias, kinds: ['mandate.stop-code-printed'] });
    expect(entries.map(({ mn, clear }) => [mn, clear])).toEqual([
      [2, { reprint: false }],
      [3, { reprint: true }],
    ]);
  });

  test('the code is shown for a quarter of an hour, then only a new copy has one', async () => {
    const mandate = await world.conclude();
    await world.browser.post(copyOf(mandate.id), { exemplaires: 'un' });
    const code = await stopCodeOf(mandate);
    world.clock.advance(15 * MINUTE - 1);
    expect((await (await newBrowser()).get(copyOf(mandate.id))).text).toContain(shown(code));
    world.clock.advance(1);
    const later = await (await newBrowser()).get(copyOf(mandate.id));
    expect(later.text).not.toContain(shown(code));
    expect(wordsOf(later.text)).toContain('Cet exemplaire n’a pas de code d’arrêt.');
  });

  test('an ended mandate gets no code, and its document says since when it is over', async () => {
    const browser = await newBrowser();
    const mandate = await world.conclude();
    await browser.post(`/mandats/${mandate.id}/fin`, { cause: 'revoked-by-usager', known: 'now' });
    const { entryCount } = await world.mandate(mandate.id);
    expect((await browser.post(copyOf(mandate.id), { exemplaires: 'un' })).status).toBe(303);
    expect(await world.mandate(mandate.id)).toMatchObject({ stopCodeSealed: null, entryCount });
    expect(wordsOf((await browser.get(documentOf(mandate.id))).text)).toContain('Ce mandat est terminé depuis le');
  });

  test('nor one whose term has passed before the job wrote it: the end is written then, at its hour', async () => {
    const mandate = await world.conclude({}, { duration: 'SHORT' });
    world.clock.advance(DAY);
    await (await newBrowser()).post(copyOf(mandate.id), { exemplaires: 'un' });
    expect(await world.mandate(mandate.id)).toMatchObject({
      stopCodeSealed: null,
      endedAt: mandate.endsAt,
      endCause: 'expired',
      entryCount: 2,
    });
  });
});
