import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { themes } from '#organisation';
import { after, DAY, MINUTE } from '#platform/time/clock.ts';
import { inWords } from '#platform/time/paris.ts';
import { tamper } from '#support/database.ts';
import { expectNoPersonalData } from '#support/journal.ts';
import { addPerson, addStructure, loggedInAs } from '#support/people.ts';
import { type FollowWorld, followWorld, wordsOf } from './follow-support.ts';

let world: FollowWorld;

beforeAll(async () => {
  world = await followWorld();
});
afterAll(() => world.close());

const whole = (id: string) => `/mandats/${id}/fin`;
const one = (id: string, theme: string) => `/mandats/${id}/themes/${theme}/fin`;
const asked = { cause: 'revoked-by-usager', known: 'now' };

describe('ending a whole mandate', () => {
  test('ends each open theme, then the mandate, with one entry each, the closing one last, and tells the person', async () => {
    const mandate = await world.conclude(
      { email: 'fin@courriel.example' },
      { themes: ['social', 'famille', 'papiers'] },
    );
    world.clock.advance(MINUTE);
    const now = world.clock.now();

    const answer = await world.browser.post(whole(mandate.id), asked);

    expect([answer.status, answer.location]).toEqual([303, `/mandats/${mandate.id}/revocation`]);
    expect(await world.mandate(mandate.id)).toMatchObject({
      endedAt: now,
      endCause: 'revoked-by-usager',
      endKnownAt: now,
      endChannel: 'aidant',
      endedByAidantId: world.aidant.aidantId,
      entryCount: 5,
    });
    for (const row of await world.authorisations(mandate.id)) {
      expect(row).toMatchObject({
        endedAt: now,
        endCause: 'revoked-by-usager',
        endedByAidantId: world.aidant.aidantId,
      });
    }
    const entries = await world.journal({ mandateAlias: mandate.journalAlias });
    const clear = {
      cause: 'revoked-by-usager',
      channel: 'aidant',
      endedAt: now.toISOString(),
      knownAt: now.toISOString(),
    };
    const actor = { aidantId: world.aidant.aidantId, organisationId: world.structure.id, result: 'ok', clear };
    const about = { usagerId: mandate.usagerId, mandateId: mandate.id };
    const byTheme = new Map((await world.authorisations(mandate.id)).map(({ theme, id }) => [theme, id]));
    expect(entries.filter(({ mn }) => (mn ?? 0) > 1)).toMatchObject([
      ...['papiers', 'famille', 'social'].map((theme, index) => ({
        ...actor,
        kind: 'authorisation.ended',
        mn: index + 2,
        theme,
        about: { ...about, authorisationId: byTheme.get(theme) },
      })),
      { ...actor, kind: 'mandate.ended', mn: 5, about: { ...about, authorisationId: null } },
    ]);
    await world.runJobs();
    const mail = world.mailbox.mails.find(
      ({ to, subject }) => to === 'fin@courriel.example' && /terminé/.test(subject),
    );
    expect(mail?.subject).toBe(`Votre mandat avec ${world.structure.name} est terminé`);
    expect(mail?.text).toContain(inWords(now));
    expect(mail?.text).toContain('Vous l’avez demandé à la structure.');
    expect(mail?.html).toContain(`/verifier/${mandate.number}`);
  });

  test('leaves themes that ended before as they ended', async () => {
    const mandate = await world.conclude({}, { themes: ['social', 'famille'] });
    await world.browser.post(one(mandate.id, 'famille'), asked);
    const earlier = world.clock.now();
    world.clock.advance(MINUTE);

    await world.browser.post(whole(mandate.id), { cause: 'renounced-by-organisation', known: 'now' });

    expect(await world.authorisations(mandate.id)).toMatchObject([
      { theme: 'famille', endedAt: earlier, endCause: 'revoked-by-usager' },
      { theme: 'social', endedAt: world.clock.now(), endCause: 'renounced-by-organisation' },
    ]);
    const entries = await world.journal({ mandateAlias: mandate.journalAlias });
    expect(entries.filter(({ mn }) => mn).map(({ kind, mn, theme }) => [kind, mn, theme])).toEqual([
      ['mandate.concluded', 1, undefined],
      ['authorisation.ended', 2, 'famille'],
      ['authorisation.ended', 3, 'social'],
      ['mandate.ended', 4, undefined],
    ]);
  });

  test.each([
    ['deceased', 'la personne est décédée'],
    ['protected', 'mesure de protection'],
    ['renounced-by-organisation', 'la structure y a renoncé'],
  ])('for another cause: %s', async (cause, sentence) => {
    const mandate = await world.conclude({ email: `${cause}@courriel.example` });
    const answer = await world.browser.post(whole(mandate.id), { cause, known: 'now' });
    expect(answer.status).toBe(303);
    expect(await world.mandate(mandate.id)).toMatchObject({ endCause: cause, endChannel: 'aidant' });
    const [last] = (await world.journal({ mandateAlias: mandate.journalAlias })).slice(-1);
    expect(last?.sentence).toContain(sentence);
  });

  test('nobody writes to a person who has died', async () => {
    const mandate = await world.conclude({ email: 'defunte@courriel.example' });
    await world.runJobs();
    const before = world.mailbox.mails.length;
    await world.browser.post(whole(mandate.id), { cause: 'deceased', known: 'now' });
    await world.runJobs();
    expect(world.mailbox.mails.slice(before).map(({ to }) => to)).not.toContain('defunte@courriel.example');
  });

  test('nor to a professional, whose address is in the person’s record: an aidant, a structure, whatever the case', async () => {
    const structure = await addStructure(world, { name: 'Ailleurs', email: 'Accueil@ailleurs.example' });
    const theirs = await addPerson(world, { organisationIds: [structure.id] });
    for (const email of [theirs.email.toUpperCase(), 'accueil@Ailleurs.example']) {
      const mandate = await world.conclude({ email }, { themes: ['famille', 'social'] });
      await world.browser.post(one(mandate.id, 'famille'), asked);
      await world.browser.post(whole(mandate.id), asked);
      await world.runJobs();
      expect(world.mailbox.mails.filter(({ to }) => to.toLowerCase() === email.toLowerCase())).toEqual([]);
      expect(world.logs.join('')).toContain('the address of the person is a professional');
    }
  });

  test('no code is asked, whoever asks for the end', async () => {
    const mandate = await world.conclude();
    const page = await world.browser.get(whole(mandate.id));
    expect(page.text).not.toContain('name="code"');
  });
});

describe('ending one theme', () => {
  test('leaves the others usable, with one entry and a mail that names the theme', async () => {
    const mandate = await world.conclude({ email: 'theme@courriel.example' }, { themes: ['social', 'famille'] });
    const answer = await world.browser.post(one(mandate.id, 'social'), asked);

    expect(answer.location).toBe(`/mandats/${mandate.id}/themes/social/revocation`);
    expect(await world.mandate(mandate.id)).toMatchObject({ endedAt: null, endCause: null, entryCount: 2 });
    expect(await world.authorisations(mandate.id)).toMatchObject([
      { theme: 'famille', endedAt: null },
      { theme: 'social', endedAt: world.clock.now(), endedByAidantId: world.aidant.aidantId },
    ]);
    const entries = await world.journal({ mandateAlias: mandate.journalAlias });
    expect(entries.filter(({ mn }) => (mn ?? 0) > 1)).toMatchObject([
      { kind: 'authorisation.ended', mn: 2, theme: 'social' },
    ]);
    await world.runJobs();
    const mail = world.mailbox.mails.find(
      ({ to, subject }) => to === 'theme@courriel.example' && /terminée/.test(subject),
    );
    expect(mail?.text).toContain('Social - Santé');
    expect(mail?.text).toContain('Les autres thèmes du mandat continuent.');
  });

  test('the last theme ends the mandate, at the same instant', async () => {
    const mandate = await world.conclude({}, { themes: ['famille'] });
    const page = await world.browser.get(one(mandate.id, 'famille'));
    expect(wordsOf(page.text)).toContain('C’est le dernier thème de ce mandat');
    const answer = await world.browser.post(one(mandate.id, 'famille'), asked);
    expect(answer.location).toBe(`/mandats/${mandate.id}/revocation`);
    expect(await world.mandate(mandate.id)).toMatchObject({ endedAt: world.clock.now(), entryCount: 3 });
  });

  test('a death does not end one theme only', async () => {
    const mandate = await world.conclude();
    const answer = await world.browser.post(one(mandate.id, 'famille'), { cause: 'deceased', known: 'now' });
    expect(answer.status).toBe(422);
    expect(await world.mandate(mandate.id)).toMatchObject({ endedAt: null, entryCount: 1 });
  });
});

describe('when the structure knew', () => {
  test('an earlier moment is kept beside the end', async () => {
    const mandate = await world.conclude();
    world.clock.advance(3 * DAY);
    await world.browser.get('/mandats');
    world.browser.cookies.set(
      'entremise-aidant',
      (await loggedInAs(world, world.aidant)).cookies.get('entremise-aidant') ?? '',
    );
    const known = after(mandate.startsAt, DAY);
    const answer = await world.browser.post(whole(mandate.id), {
      ...{ cause: 'revoked-by-usager', known: 'earlier', knownDay: '2026-03-03', knownHour: '10:30' },
    });
    expect(answer.status).toBe(303);
    const row = await world.mandate(mandate.id);
    expect(row.endedAt).toEqual(world.clock.now());
    expect(row.endKnownAt).toEqual(new Date('2026-03-03T09:30:00.000Z'));
    expect(known < (row.endedAt as Date)).toBe(true);
    const receipt = await world.browser.get(`/mandats/${mandate.id}/revocation`);
    expect(wordsOf(receipt.text)).toContain(
      'La structure savait depuis le mardi 3 mars 2026 à 10 h 30 que je le voulais.',
    );
  });

  test.each([
    ['in the future', '2031-01-01', '10:00', 'Ce moment n’est pas encore arrivé'],
    ['before the start', '2020-01-01', '10:00', 'Le mandat n’a commencé que le'],
    ['a day that does not exist', '2026-02-30', '10:00', 'n’existe pas'],
    ['an hour that was skipped', '2026-03-29', '02:30', 'n’existe pas'],
    ['no day', '', '10:00', 'Écrivez le jour'],
    ['no hour', '2026-03-05', '', 'Écrivez l’heure'],
    ['neither, as the form is first shown', '', '', 'Écrivez le jour'],
  ])('refused: %s', async (_what, knownDay, knownHour, message) => {
    const mandate = await world.conclude();
    const form = { cause: 'revoked-by-usager', known: 'earlier', knownDay, knownHour };
    const answer = await world.browser.post(whole(mandate.id), form);
    expect(answer.status).toBe(422);
    expect(wordsOf(answer.text)).toContain(message);
    expect(answer.text).toContain('<title>Erreur');
    expect(await world.mandate(mandate.id)).toMatchObject({ endedAt: null, entryCount: 1 });
  });

  test('the earlier moment is empty when the form is first shown', async () => {
    const mandate = await world.conclude();
    const page = await world.browser.get(whole(mandate.id));
    for (const name of ['knownDay', 'knownHour']) {
      const field = page.text.match(new RegExp(`<input[^>]*name="${name}"[^>]*>`))?.[0];
      expect(field).not.toMatch(/ value="[^"]|required/);
    }
    expect(wordsOf(page.text)).not.toContain('(facultatif)');
  });

  test('the minute in which the mandate started counts as its start', async () => {
    world.clock.set(new Date('2026-04-01T08:00:30.000Z'));
    world.browser.cookies.set(
      'entremise-aidant',
      (await loggedInAs(world, world.aidant)).cookies.get('entremise-aidant') ?? '',
    );
    const mandate = await world.conclude();
    world.clock.advance(20_000);
    const form = { cause: 'revoked-by-usager', known: 'earlier', knownDay: '2026-04-01', knownHour: '10:00' };
    expect((await world.browser.post(whole(mandate.id), form)).status).toBe(303);
    expect((await world.mandate(mandate.id)).endKnownAt).toEqual(mandate.startsAt);
  });
});

describe('what cannot be ended', () => {
  test('a mandate that is over: the page says since when and by whom, and nothing changes', async () => {
    const mandate = await world.conclude();
    await world.browser.post(whole(mandate.id), asked);
    const before = await world.mandate(mandate.id);
    world.clock.advance(MINUTE);

    const again = await world.browser.post(whole(mandate.id), { cause: 'renounced-by-organisation', known: 'now' });
    expect(again.location).toBe(whole(mandate.id));
    const page = wordsOf((await world.browser.get(whole(mandate.id))).text);
    expect(page).toContain('Ce mandat est déjà terminé');
    expect(page).toContain(`depuis le ${inWords(before.endedAt as Date).replaceAll('\u00a0', ' ')}`);
    expect(page).toContain('Noté par Claire Martin.');
    expect(await world.mandate(mandate.id)).toEqual(before);
  });

  test('a theme that is over, while its mandate goes on', async () => {
    const mandate = await world.conclude({}, { themes: ['famille', 'social'] });
    await world.browser.post(one(mandate.id, 'famille'), asked);
    const again = await world.browser.post(one(mandate.id, 'famille'), asked);
    expect(again.location).toBe(one(mandate.id, 'famille'));
    const page = wordsOf((await world.browser.get(one(mandate.id, 'famille'))).text);
    expect(page).toContain('Ce thème est déjà terminé');
    expect(await world.mandate(mandate.id)).toMatchObject({ endedAt: null, entryCount: 2 });
  });

  test('another structure’s mandate, an unknown one, a theme that is not in it: one neutral answer, nothing written', async () => {
    const mandate = await world.conclude({}, { themes: ['famille'] });
    const elsewhere = await addPerson(world, {
      organisationIds: [(await addStructure(world, { name: 'Ailleurs' })).id],
    });
    const stranger = await loggedInAs(world, elsewhere);
    const texts = new Set<string>();
    for (const [agent, path] of [
      [stranger, whole(mandate.id)],
      [stranger, one(mandate.id, 'famille')],
      [world.browser, whole('0195f3a0-0000-7000-8000-000000000000')],
      [world.browser, whole('not-an-id')],
      [world.browser, one(mandate.id, 'justice')],
      [world.browser, one(mandate.id, '%00')],
    ] as const) {
      const [got, posted] = [await agent.get(path), await agent.post(path, asked)];
      expect([path, got.status, posted.status]).toEqual([path, 404, 404]);
      texts.add(wordsOf(got.text).replace(/[0-9a-f]{16}/g, ''));
    }
    expect(texts.size).toBe(1);
    expect(await world.mandate(mandate.id)).toMatchObject({ endedAt: null, entryCount: 1 });
  });

  test('without a cause', async () => {
    const mandate = await world.conclude();
    const answer = await world.browser.post(whole(mandate.id), { cause: 'expired', known: 'now' });
    expect([answer.status, wordsOf(answer.text).includes('Dites pourquoi')]).toEqual([422, true]);
    expect(await world.mandate(mandate.id)).toMatchObject({ endedAt: null });
  });
});

describe('the paper of an end', () => {
  test('there is none while the mandate goes on', async () => {
    const mandate = await world.conclude({}, { themes: ['famille', 'social'] });
    expect((await world.browser.get(`/mandats/${mandate.id}/revocation`)).location).toBe(whole(mandate.id));
    expect((await world.browser.get(`/mandats/${mandate.id}/themes/social/revocation`)).location).toBe(
      one(mandate.id, 'social'),
    );
  });

  test('says who, what and since when, with a box for each who signs', async () => {
    const mandate = await world.conclude({ givenName: 'Aïcha', familyName: 'BENSAÏD', preferredUsername: 'MOREAU' });
    await world.browser.post(whole(mandate.id), asked);
    const page = wordsOf((await world.browser.get(`/mandats/${mandate.id}/revocation`)).text);
    expect(page).toContain('Révocation d’un mandat');
    expect(page).toContain('Aïcha MOREAU, née BENSAÏD , née le 12 avril 1950');
    expect(page).toContain(inWords(world.clock.now()).replaceAll('\u00a0', ' '));
    expect(page).toContain('La personne Aïcha MOREAU');
    expect(page).toContain('Pour la structure Claire Martin');
  });

  test('of one theme, and that of a theme which ended with its mandate is the mandate’s', async () => {
    const mandate = await world.conclude({}, { themes: ['famille', 'social'] });
    await world.browser.post(one(mandate.id, 'social'), asked);
    world.clock.advance(MINUTE);
    await world.browser.post(whole(mandate.id), asked);
    const alone = await world.browser.get(`/mandats/${mandate.id}/themes/social/revocation`);
    expect(wordsOf(alone.text)).toContain('Révocation d’une autorisation');
    const withIt = await world.browser.get(`/mandats/${mandate.id}/themes/famille/revocation`);
    expect(withIt.location).toBe(`/mandats/${mandate.id}/revocation`);
  });
});

describe('pages that name the person', () => {
  const reads = async (mandateAlias: string) =>
    (await world.journal({ mandateAlias, log: 'acces' })).map(({ kind, clear }) => [kind, clear]);

  test('the form, the page of what is over and the paper of the end are each an entry of the log acces', async () => {
    const mandate = await world.conclude({ familyName: 'NOMMÉE' });
    await world.browser.get(whole(mandate.id));
    await world.browser.get(one(mandate.id, 'famille'));
    expect(await reads(mandate.journalAlias)).toEqual([
      ['mandate.read', { shown: 'end' }],
      ['mandate.read', { shown: 'end' }],
    ]);
    await world.browser.post(whole(mandate.id), asked);
    expect(await reads(mandate.journalAlias)).toHaveLength(2);
    await world.browser.get(`/mandats/${mandate.id}/revocation`);
    await world.browser.get(whole(mandate.id));
    expect((await reads(mandate.journalAlias)).slice(2)).toEqual([
      ['mandate.read', { shown: 'receipt' }],
      ['mandate.read', { shown: 'end' }],
    ]);
    const entries = await world.journal({ mandateAlias: mandate.journalAlias, log: 'acces' });
    expect(entries[0]).toMatchObject({
      ...{ aidantId: world.aidant.aidantId, organisationId: world.structure.id, result: 'ok' },
      about: { usagerId: mandate.usagerId, mandateId: mandate.id },
    });
    for (const { leaf } of entries) expectNoPersonalData(leaf, ['NOMMÉE', mandate.usagerId, mandate.number]);
  });

  test('a page that only leads elsewhere, or is not there, is no entry', async () => {
    const mandate = await world.conclude({}, { themes: ['famille'] });
    expect((await world.browser.get(`/mandats/${mandate.id}/revocation`)).status).toBe(303);
    expect((await world.browser.get(one(mandate.id, 'logement'))).status).toBe(404);
    expect(await reads(mandate.journalAlias)).toEqual([]);
  });
});

describe('with the password of the site or of the worker', () => {
  const everything = async (id: string) => [await world.mandate(id), await world.authorisations(id)];
  /** Each of these statements, by each of both: refused for this reason, or for want of a right. */
  const refused = async (statements: readonly string[], reason: string) => {
    for (const { db } of [world.ctx, world.workerCtx])
      for (const statement of statements)
        await expect(sql.raw(statement).execute(db), statement).rejects.toThrow(
          new RegExp(`permission denied|${reason}`),
        );
  };

  test('a mandate that ended is not opened again, nor its end changed; nor a theme of one that goes on', async () => {
    const over = await world.conclude({}, { themes: ['famille', 'social'] });
    const open = await world.conclude({}, { themes: ['famille', 'social'] });
    await world.browser.post(whole(over.id), asked);
    await world.browser.post(one(open.id, 'social'), asked);
    const before = [await everything(over.id), await everything(open.id)];
    const reopened = 'ended_at = null, end_cause = null';
    const statements = [
      `update mandate set ${reopened}, end_known_at = null, end_channel = null where id = '${over.id}'`,
      `update mandate set ${reopened}, end_known_at = null, end_channel = null, ended_by_aidant_id = null where id = '${over.id}'`,
      `update mandate set ended_at = ended_at + interval '1 day' where id = '${over.id}'`,
      `update mandate set end_cause = 'expired', end_channel = 'job' where id = '${over.id}'`,
      `update authorisation set ${reopened} where mandate_id = '${over.id}'`,
      `update authorisation set ${reopened} where mandate_id = '${open.id}' and theme = 'social'`,
      `update authorisation set end_cause = 'expired' where mandate_id = '${open.id}' and theme = 'social'`,
    ];

    await refused(statements, 'what ended stays ended');
    for (const statement of statements)
      await expect(tamper(world, (db) => sql.raw(statement).execute(db))).rejects.toThrow('what ended stays ended');

    expect([await everything(over.id), await everything(open.id)]).toEqual(before);
    expect((await world.browser.post(whole(open.id), asked)).status).toBe(303);
  });

  test('what a mandate counts follows its acts; with no number left for acts, it still ends', async () => {
    const mandate = await world.conclude({}, { themes: ['famille', 'social'] });
    const before = await everything(mandate.id);
    await refused(
      ['2147483642', 'entry_count - 1', '-5', 'entry_count + 12'].map(
        (count) => `update mandate set entry_count = ${count} where id = '${mandate.id}'`,
      ),
      'entry count follows acts',
    );
    const another = `insert into mandate select (jsonb_populate_record(m, jsonb_build_object('id', gen_random_uuid(),
      'number', '0000000000000000', 'journal_alias', gen_random_uuid(), 'entry_count', 2147483642))).* from mandate m
      where id = '${mandate.id}'`;
    await refused([another], 'entry count follows acts');
    expect(await everything(mandate.id)).toEqual(before);

    const most = 2_147_483_000;
    await tamper(world, (db) =>
      db.updateTable('mandate').set({ entryCount: most }).where('id', '=', mandate.id).execute(),
    );
    await refused(
      [`update mandate set entry_count = entry_count + 1 where id = '${mandate.id}'`],
      'entry count follows acts',
    );
    expect((await world.browser.post(whole(mandate.id), asked)).status).toBe(303);
    expect(await world.mandate(mandate.id)).toMatchObject({ endCause: 'revoked-by-usager', entryCount: most + 3 });
  });

  test('a mandate for every theme ends at once: no end takes more numbers', async () => {
    const mandate = await world.conclude({}, { themes: themes.map(({ key }) => key) });
    expect((await world.browser.post(whole(mandate.id), asked)).status).toBe(303);
    expect(await world.mandate(mandate.id)).toMatchObject({ endCause: 'revoked-by-usager', entryCount: 12 });
  });

  test('an agreement that was used, or refused, is not opened again', async () => {
    const { draftId } = await world.conclude();
    const draft = () => world.ctx.db.selectFrom('mandateDraft').selectAll().where('id', '=', draftId).execute();
    const before = await draft();
    await refused(
      [
        `update mandate_draft set closed_at = null, closed_cause = null, mandate_id = null where id = '${draftId}'`,
        `update mandate_draft set closed_cause = 'abandoned', mandate_id = null where id = '${draftId}'`,
        `update mandate_draft set wiped_at = null where id = '${draftId}'`,
      ],
      'what is closed stays closed',
    );
    expect(await draft()).toEqual(before);
  });
});
