import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readSnapshot } from '#consent';
import { canonicalJson } from '#platform/crypto/canonical-json.ts';
import { uuidv7 } from '#platform/ids/ids.ts';
import { DAY, MINUTE } from '#platform/time/clock.ts';
import { inPlainWords, inWords } from '#platform/time/paris.ts';
import { tamper } from '#support/database.ts';
import { addPerson, addStructure } from '#support/people.ts';
import { wrongCode } from '../identity/wrong-code.ts';
import {
  authorisationsOf,
  type ConcludeWorld,
  concludeWorld,
  counts,
  draft,
  draftRow,
  mandateOf,
  type Terms,
} from './conclude-support.ts';

let world: ConcludeWorld;

beforeAll(async () => {
  world = await concludeWorld();
});
afterAll(() => world.close());
// FranceConnect dates its answers by the real time
beforeEach(() => world.clock.set(new Date()));

const newAidant = (organisationId = world.structure.id) => addPerson(world, { organisationIds: [organisationId] });

/** A mandate concluded through every page, by an aidant of their own. */
async function conclude(persona: string, terms: Terms = {}, aidant?: Awaited<ReturnType<typeof newAidant>>) {
  const who = aidant ?? (await newAidant());
  const desk = await world.at(who);
  const { id, page } = await desk.prepare(persona, terms);
  const answer = await desk.accept(id, page, world.newCode(who));
  const mandate = await mandateOf(world, id);
  if (!mandate) throw new Error(`not concluded: ${answer.status} ${answer.text.slice(0, 400)}`);
  return { mandate, page };
}

/** The mails that have left since the last time. */
async function mailed() {
  await world.runJobs();
  return world.mailbox.mails.splice(0);
}

async function actsOf(alias: string) {
  const entries = (await world.journal()).filter(({ mandateAlias, mn }) => mandateAlias === alias && mn);
  return entries.map(({ kind, mn, theme }) => [kind, mn, theme]);
}

describe('how long', () => {
  test.each([
    ['SHORT', 1],
    ['MONTH', 31],
    ['SEMESTER', 182],
    ['LONG', 365],
  ])(
    '%s ends exactly %i days of 86 400 s after the acceptance, never after what the person read',
    async (duration, days) => {
      const { mandate } = await conclude('mohamed', { themes: ['justice'], duration });
      expect(mandate.endsAt.getTime() - mandate.startsAt.getTime()).toBe(days * DAY);
      const { text } = readSnapshot(mandate.snapshot);
      const { expiresAt } = await draftRow(world, mandate.draftId);
      const latest = new Date(expiresAt.getTime() + days * DAY);
      expect(mandate.endsAt <= latest).toBe(true);
      expect(JSON.stringify(text)).toContain(`au plus tard le ${inPlainWords(latest)}`);
    },
  );
});

describe('what a new mandate replaces', () => {
  test('the same theme, said with its date before accepting; the other themes of the old mandate stay', async () => {
    const old = await conclude('ghjulia', { themes: ['famille', 'logement'], duration: 'LONG' });
    expect(old.page.text).not.toContain('Ce mandat en remplace un autre');
    const colleague = await newAidant();
    const next = await conclude('ghjulia', { themes: ['logement', 'argent'], duration: 'MONTH' }, colleague);
    expect(next.page.text).toContain('Ce mandat en remplace un autre');
    expect(next.page.text).toContain(inWords(old.mandate.endsAt));
    expect(next.page.text).toContain('Dossier de surendettement');

    const at = next.mandate.startsAt;
    const { endsAt } = old.mandate;
    expect(await authorisationsOf(world, old.mandate.id)).toEqual([
      { theme: 'famille', endsAt, endedAt: null, endCause: null },
      { theme: 'logement', endsAt, endedAt: at, endCause: 'replaced' },
    ]);
    expect(await mandateOf(world, old.mandate.draftId)).toMatchObject({ endedAt: null, entryCount: 2 });
    expect(await actsOf(old.mandate.journalAlias)).toEqual([
      ['mandate.concluded', 1, undefined],
      ['authorisation.replaced', 2, 'logement'],
    ]);
    const replaced = (await world.journal(['authorisation.replaced'])).filter(
      ({ mandateAlias }) => mandateAlias === old.mandate.journalAlias,
    );
    expect(replaced).toHaveLength(1);
    expect(replaced[0]).toMatchObject({
      aidantId: colleague.aidantId,
      clear: { by: next.mandate.journalAlias, endsAt: endsAt.toISOString() },
      about: { usagerId: next.mandate.usagerId, mandateId: old.mandate.id },
    });
    expect(readSnapshot(next.mandate.snapshot)).toMatchObject({
      replaced: [{ number: old.mandate.number, theme: 'logement', endsAt: endsAt.toISOString() }],
      warnings: ['over-indebtedness'],
    });
  });

  test('the last theme of a mandate: the mandate ends too, its last act has its last number', async () => {
    const old = await conclude('nadia', { themes: ['papiers', 'loisirs'] });
    const next = await conclude('nadia', { themes: ['loisirs', 'papiers', 'social'] });
    expect(await mandateOf(world, old.mandate.draftId)).toMatchObject({
      endedAt: next.mandate.startsAt,
      endKnownAt: next.mandate.startsAt,
      endCause: 'replaced',
      endChannel: 'replacement',
      endedByAidantId: next.mandate.aidantId,
      entryCount: 4,
    });
    expect((await actsOf(old.mandate.journalAlias)).sort(([, one], [, other]) => Number(one) - Number(other))).toEqual([
      ['mandate.concluded', 1, undefined],
      ['authorisation.replaced', 2, 'loisirs'],
      ['authorisation.replaced', 3, 'papiers'],
      ['mandate.ended', 4, undefined],
    ]);
  });

  test('a theme held by another structure is untouched, and not told', async () => {
    const elsewhere = await addStructure(world, { name: 'Maison France services d’Hénin' });
    const theirs = await conclude('dominique', { themes: ['travail'] }, await newAidant(elsewhere.id));
    const ours = await conclude('dominique', { themes: ['travail'] });
    expect(ours.page.text).not.toContain('Ce mandat en remplace un autre');
    expect(ours.page.text).not.toContain('Hénin');
    expect(await mandateOf(world, theirs.mandate.draftId)).toMatchObject({ endedAt: null, entryCount: 1 });
    expect(ours.mandate.usagerId).toBe(theirs.mandate.usagerId);
  });

  test('an expired mandate that no job has written yet ends at its hour, as expired, and is not « replaced »', async () => {
    const old = await conclude('claire-avant', { themes: ['famille', 'justice'], duration: 'SHORT' });
    const past = new Date(world.clock.now().getTime() - MINUTE);
    await tamper(world, async (db) => {
      const term = { startsAt: new Date(past.getTime() - DAY), endsAt: past };
      await db.updateTable('mandate').set(term).where('id', '=', old.mandate.id).execute();
      await db.updateTable('authorisation').set({ endsAt: past }).where('mandateId', '=', old.mandate.id).execute();
    });
    await mailed();
    const next = await conclude('claire-avant', { themes: ['famille'] });
    expect(next.page.text).not.toContain('Ce mandat en remplace un autre');
    expect(readSnapshot(next.mandate.snapshot).replaced).toEqual([]);
    expect(await mandateOf(world, old.mandate.draftId)).toMatchObject({
      endedAt: past,
      endCause: 'expired',
      endChannel: 'job',
      entryCount: 2,
    });
    expect(await authorisationsOf(world, old.mandate.id)).toEqual([
      { theme: 'famille', endsAt: past, endedAt: past, endCause: 'expired' },
      { theme: 'justice', endsAt: past, endedAt: past, endCause: 'expired' },
    ]);
    expect(await actsOf(old.mandate.journalAlias)).toEqual([
      ['mandate.concluded', 1, undefined],
      ['mandate.ended', 2, undefined],
    ]);
    expect((await mailed()).map(({ subject }) => subject).sort()).toEqual([
      'Votre mandat avec CCAS d’Arras est terminé',
      'Vous avez autorisé CCAS d’Arras à faire des démarches en votre nom',
    ]);
  });
});

describe('who it is', () => {
  test('a known person whose civil status changed: page 3 says what, the conclusion writes it, one person', async () => {
    const before = await conclude('claire-avant', { themes: ['etranger'] });
    const after = await conclude('claire-apres', { themes: ['loisirs'] });
    expect(after.page.text).toContain('quelque chose a changé');
    expect(after.page.text).toMatch(/<s>Clément<\/s> devient <strong>Claire<\/strong>/);
    expect(after.page.text).toMatch(/<s>Masculin<\/s> devient <strong>Féminin<\/strong>/);
    expect(after.mandate.usagerId).toBe(before.mandate.usagerId);
    // what was concluded stays as it was
    expect(readSnapshot(before.mandate.snapshot).usager.givenName).toBe('Clément');
    expect(readSnapshot(after.mandate.snapshot).usager.givenName).toBe('Claire');
    const [changed] = await world.journal(['usager.changed']);
    expect(changed?.clear).toEqual({ fields: ['givenName', 'gender'], source: 'franceconnect' });
  });

  test.each([
    ['fatoumata', '1950', 'Guinée'],
    ['mohamed', '9\u00a0avril\u00a01955', 'Algérie'],
    ['ghjulia', '15\u00a0août\u00a01967', 'Ajaccio (2A)'],
  ])('%s: born %s, in %s, in words to compare with papers', async (persona, birthdate, birthplace) => {
    const { page } = await conclude(persona, { themes: ['transports'], duration: 'SHORT' });
    expect(page.text).toContain(`<dd>${birthdate}</dd>`);
    expect(page.text).toContain(`<dd>${birthplace}</dd>`);
  });

  test('usage name first, birth name, all given names; the longest names fit in words', async () => {
    const { page } = await conclude('anne-charlotte', { themes: ['transports'], duration: 'SHORT' });
    expect(page.text).toContain('AUBIGNÉ-LA-TOUR, née DE L');
  });
});

describe('no e-mail address', () => {
  async function suzanne() {
    const aidant = await newAidant();
    const desk = await world.at(aidant);
    const { id, page } = await desk.prepare('suzanne', { themes: ['papiers'], duration: 'SHORT' });
    return { aidant, desk, id, page };
  }

  test('said before accepting; never an aidant’s nor a structure’s; without one, the mandate says so and no mail leaves', async () => {
    const { aidant, desk, id, page } = await suzanne();
    expect(page.text).toContain('FranceConnect refusera de vous connecter en son nom');
    for (const [ownEmail, message] of [
      ['pas une adresse', 'n’est pas complète'],
      [world.aidant.email.toUpperCase(), 'celle d’un professionnel'],
      [world.structure.email, 'celle d’un professionnel'],
    ] as const) {
      const before = await counts(world);
      const answer = await desk.accept(id, page, world.newCode(aidant), { ownEmail });
      expect([answer.status, answer.text.includes(message)]).toEqual([422, true]);
      expect(await counts(world)).toEqual(before);
    }
    await mailed();
    const refused = await desk.agent.get(draft(id, '/verification'));
    await desk.accept(id, refused, world.newCode(aidant), { ownEmail: '  ' });
    const mandate = await mandateOf(world, id);
    expect(readSnapshot(mandate?.snapshot ?? '').warnings).toEqual(['no-email']);
    const [entry] = (await world.journal(['mandate.concluded'])).filter(
      ({ mandateAlias }) => mandateAlias === mandate?.journalAlias,
    );
    expect(entry?.clear.warnings).toEqual(['no-email']);
    expect((await mailed()).map(({ to }) => to)).toEqual([]);
  });

  test('their own address: kept, written, and told', async () => {
    const { aidant, desk, id, page } = await suzanne();
    await mailed();
    await desk.accept(id, page, world.newCode(aidant), { ownEmail: ' suzanne@courriel.example ' });
    const mandate = await mandateOf(world, id);
    expect(readSnapshot(mandate?.snapshot ?? '').warnings).toEqual([]);
    const usager = await world.ctx.db
      .selectFrom('usager')
      .select('email')
      .where('id', '=', mandate?.usagerId ?? '')
      .executeTakeFirst();
    expect(usager?.email).toBe('suzanne@courriel.example');
    expect((await mailed()).map(({ to }) => to)).toEqual(['suzanne@courriel.example']);
    // from now on it is known: nothing is asked any more
    const again = await suzanne();
    expect(again.page.text).not.toContain('FranceConnect refusera');
    expect(again.page.text).toContain('suzanne@courriel.example');
  });

  test('an address at FranceConnect that is a professional’s: said, and nothing is sent there', async () => {
    const aidant = await addPerson(world, {
      organisationIds: [world.structure.id],
      email: 'robert.marcel@courriel.example',
    });
    await world.ctx.db
      .updateTable('aidant')
      .set({ email: 'marcel.bourdon@courriel.example' })
      .where('id', '=', aidant.aidantId)
      .execute();
    await mailed();
    const { page } = await conclude('marcel', { themes: ['papiers'] });
    expect(page.text).toContain('Cette adresse e-mail est celle d’un professionnel');
    expect((await mailed()).map(({ to }) => to)).toEqual([]);
  });
});

describe('nothing is written without', () => {
  test.each([
    ['the identity compared', { samePerson: '' }, 'puis cochez cette case'],
    ['the question of protection', { notProtected: '' }, 'puis cochez cette case'],
    ['a code', { code: '' }, 'Tapez votre code'],
    ['the right code', { code: 'wrong' }, 'Ce code n’est pas bon'],
    ['what was shown', { seen: 'autre' }, 'quelque chose a changé'],
  ])('%s', async (_case, wrong, message) => {
    const aidant = await newAidant();
    const desk = await world.at(aidant);
    const { id, page } = await desk.prepare('josette', { themes: ['social'], duration: 'SHORT' });
    const before = await counts(world);
    const code = world.newCode(aidant);
    const fields: Record<string, string> = { ...(wrong as object) };
    if (fields.code === 'wrong') fields.code = wrongCode(aidant, world.clock.now());
    const answer = await desk.accept(id, page, code, fields);
    expect([answer.status, answer.text.includes(message)]).toEqual([422, true]);
    expect(answer.text).toMatch(/<title>Erreur/);
    expect(await counts(world)).toEqual(before);
    // what was ticked stays ticked, the code does not come back
    expect(answer.text).not.toMatch(/name="code"[^>]*value="\d/);
    expect(
      (await desk.accept(id, await desk.agent.get(draft(id, '/verification')), world.newCode(aidant))).location,
    ).toMatch(/\/document$/);
  });

  test('a code that was used already; a code is not spent by a refusal of another kind', async () => {
    const aidant = await newAidant();
    const desk = await world.at(aidant);
    const first = await desk.prepare('josette', { themes: ['argent'], duration: 'SHORT' });
    const code = world.newCode(aidant);
    expect((await desk.accept(first.id, first.page, code, { seen: 'autre' })).status).toBe(422);
    expect((await desk.accept(first.id, first.page, code)).status).toBe(303);
    const second = await desk.prepare('josette', { themes: ['justice'], duration: 'SHORT' });
    expect((await desk.accept(second.id, second.page, code)).status).toBe(422);
    expect(await mandateOf(world, second.id)).toBeUndefined();
  });

  test('page 3 of one draft never accepts another', async () => {
    const aidant = await newAidant();
    const desk = await world.at(aidant);
    const one = await desk.prepare('josette', { themes: ['transports'] });
    const other = await desk.prepare('marcel', { themes: ['transports'] });
    const swapped = await desk.accept(other.id, one.page, world.newCode(aidant));
    expect(swapped.status).toBe(422);
    expect(await mandateOf(world, one.id)).toBeUndefined();
    expect(await mandateOf(world, other.id)).toBeUndefined();
  });

  test('the terms as agreed: a theme closed to the structure meanwhile, or another name, asks the person again', async () => {
    for (const change of [
      { allowedThemes: ['famille'] },
      { name: 'CCAS d’Arras et environs' },
      { longestDuration: 'SHORT' as const },
    ]) {
      const structure = await addStructure(world, { name: `CCAS ${Object.keys(change)}` });
      const aidant = await newAidant(structure.id);
      const desk = await world.at(aidant);
      const { id, page } = await desk.prepare('josette', { themes: ['famille', 'logement'], duration: 'MONTH' });
      await world.ctx.db.updateTable('organisation').set(change).where('id', '=', structure.id).execute();
      const before = await counts(world);
      const landed = await desk.land(await desk.accept(id, page, world.newCode(aidant)));
      expect(landed.path).toBe(draft(id, '/resultat'));
      expect(landed.page.text).toContain('Les conditions ont changé depuis l’accord');
      expect(await counts(world)).toEqual(before);
      expect(await draftRow(world, id)).toMatchObject({ identitySealed: null, evidenceSealed: null, terms: null });
    }
  });

  test.each([['before the person comes back', 'away'] as const, ['before the aidant accepts', 'identified'] as const])(
    'a draft that somebody with a password of the database rewrites %s is not what the person signed',
    async (_when, at) => {
      const aidant = await newAidant();
      const desk = await world.at(aidant);
      const id = await desk.open();
      await desk.choose(id, { themes: ['famille'], duration: 'SHORT' });
      const address = await desk.sayYes(id);
      const rewrite = async () => {
        const { terms } = await draftRow(world, id);
        const themes = ['argent', 'famille', 'justice', 'social'];
        const wanted = canonicalJson({ ...JSON.parse(terms ?? ''), themes, duration: 'LONG' });
        await sql`update mandate_draft set themes = ${themes}, duration = 'LONG', terms = ${wanted} where id = ${id}`.execute(
          world.ctx.db,
        );
      };
      const before = await counts(world);
      if (at === 'away') {
        await rewrite();
        expect((await desk.identify(address, 'josette')).path).toBe(draft(id, '/resultat'));
        expect(await draftRow(world, id)).toMatchObject({ identitySealed: null, evidenceSealed: null });
        expect((await counts(world)).entries).toBe(before.entries);
      } else {
        const { page } = await desk.identify(address, 'josette');
        await rewrite();
        const landed = await desk.land(await desk.accept(id, page, world.newCode(aidant)));
        expect(landed.path).toBe(draft(id, '/resultat'));
        expect(landed.page.text).toContain('Les conditions ont changé depuis l’accord');
      }
      expect(await mandateOf(world, id)).toBeUndefined();
      expect((await counts(world)).mandates).toBe(before.mandates);
    },
  );

  test('who identified, and to what, is that of one answer of FranceConnect, in the last attempt', async () => {
    const aidant = await newAidant();
    const desk = await world.at(aidant);
    const { id } = await desk.prepare('josette', { themes: ['famille', 'argent'], duration: 'LONG' });
    const first = await draftRow(world, id);
    await desk.choose(id, { themes: ['famille'], duration: 'SHORT' });
    await desk.identify(await desk.sayYes(id), 'marcel');
    const second = await draftRow(world, id);
    const { identitySealed, evidenceSealed, terms, shownTexts, themes, duration } = first;
    const before = await counts(world);
    for (const put of [
      { identitySealed },
      { evidenceSealed, terms, shownTexts, themes, duration },
      { identitySealed, evidenceSealed, terms, shownTexts, themes, duration },
    ]) {
      const { page } = await desk.land(await desk.agent.get(draft(id, '/verification')));
      await world.ctx.db.updateTable('mandateDraft').set(put).where('id', '=', id).execute();
      const landed = await desk.land(await desk.accept(id, page, world.newCode(aidant)));
      expect(landed.path).toBe(draft(id, '/resultat'));
      expect(await counts(world)).toEqual(before);
      // as it was, for the next one
      const { terms: said, shownTexts: texts, themes: chosen, duration: lasting, identifiedAt } = second;
      const { identitySealed: who, evidenceSealed: proof } = second;
      const again = { terms: said, shownTexts: texts, themes: chosen, duration: lasting, identifiedAt, failure: null };
      await world.ctx.db
        .updateTable('mandateDraft')
        .set({ ...again, identitySealed: who, evidenceSealed: proof })
        .where('id', '=', id)
        .execute();
    }
    expect(await mandateOf(world, id)).toBeUndefined();
  });

  test('what a person signed holds for as long as a draft lives, whatever term was written when it began', async () => {
    const aidant = await newAidant();
    const planted = uuidv7(world.clock.now());
    await sql`insert into mandate_draft (id, aidant_id, organisation_id, journal_alias, created_at, updated_at, expires_at)
      values (${planted}, ${aidant.aidantId}, ${world.structure.id}, gen_random_uuid(), now(), now(), now() + interval '9 years')`.execute(
      world.ctx.db,
    );
    const desk = await world.at(aidant);
    await desk.choose(planted, { themes: ['famille'], duration: 'SHORT' });
    await desk.identify(await desk.sayYes(planted), 'josette');
    const before = await counts(world);
    world.clock.advance(120 * MINUTE);
    const later = await world.at(aidant);
    const { page } = await later.land(await later.agent.get(draft(planted, '/verification')));
    const landed = await later.land(await later.accept(planted, page, world.newCode(aidant)));
    expect(landed.path).toBe(draft(planted, '/resultat'));
    expect(await counts(world)).toEqual(before);
    expect(await draftRow(world, planted)).toMatchObject({
      identitySealed: null,
      evidenceSealed: null,
      mandateId: null,
    });
  });

  test('whose a draft is, its name in the journal, its term and its attempts are not rewritten', async () => {
    const desk = await world.at(await newAidant());
    const { id } = await desk.prepare('josette');
    const before = await draftRow(world, id);
    for (const ctx of [world.ctx, world.workerCtx]) {
      for (const change of ['id', 'journal_alias', 'aidant_id', 'organisation_id'])
        await expect(
          sql`update mandate_draft set ${sql.ref(change)} = gen_random_uuid() where id = ${id}`.execute(ctx.db),
        ).rejects.toThrow('permission denied');
      for (const change of ['expires_at', 'created_at'])
        await expect(
          sql`update mandate_draft set ${sql.ref(change)} = now() where id = ${id}`.execute(ctx.db),
        ).rejects.toThrow('permission denied');
    }
    await expect(
      sql`update mandate_draft set attempt = attempt - 1 where id = ${id}`.execute(world.ctx.db),
    ).rejects.toThrow('attempts go up');
    expect(await draftRow(world, id)).toEqual(before);
  });

  test('the right to conclude, at that very moment', async () => {
    const { concludeMandate } = await import('../../../src/mandate/conclude/conclude-mandate.ts');
    for (const table of ['aidant', 'organisation', 'terms', 'membership'] as const) {
      const structure = await addStructure(world, { name: `CCAS ${table}` });
      const aidant = await newAidant(structure.id);
      const desk = await world.at(aidant);
      const { id } = await desk.prepare('josette', { themes: ['famille'] });
      const { aidantId } = aidant;
      const { db } = world.ctx;
      const { termsVersion } = await db
        .selectFrom('aidant')
        .select('termsVersion')
        .where('id', '=', aidantId)
        .executeTakeFirstOrThrow();
      if (table === 'aidant')
        await db.updateTable('aidant').set({ mayConclude: false }).where('id', '=', aidantId).execute();
      if (table === 'terms')
        await db.updateTable('aidant').set({ termsVersion: 'old' }).where('id', '=', aidantId).execute();
      if (table === 'organisation')
        await db.updateTable('organisation').set({ active: false }).where('id', '=', structure.id).execute();
      if (table === 'membership') await db.deleteFrom('membership').where('aidantId', '=', aidantId).execute();
      const before = await counts(world);
      const concluded = await concludeMandate(world.ctx, {
        aidant: { aidantId, firstName: 'Amina', lastName: 'Berrada', termsVersion },
        draftId: id,
        seen: '',
        ownEmail: null,
        sign: async () => 'accepted',
      });
      expect(concluded).toEqual({ ok: false, reason: expect.stringMatching(/^(may-not|not-found)$/) });
      expect(await counts(world)).toEqual(before);
    }
  });
});

describe('a silence of 15 minutes on page 3', () => {
  test('the code in the form is the reprise: asked once, and the mandate is concluded', async () => {
    const aidant = await newAidant();
    const desk = await world.at(aidant);
    const { id, page } = await desk.prepare('josette', { themes: ['etranger'], duration: 'SHORT' });
    world.clock.advance(16 * MINUTE);
    const accepted = await desk.accept(id, page, world.newCode(aidant));
    expect(accepted.location).toMatch(/\/document$/);
    expect(await mandateOf(world, id)).toBeDefined();
  });

  test('without a code, the form is kept and comes back filled; nothing is accepted meanwhile', async () => {
    const aidant = await newAidant();
    const desk = await world.at(aidant);
    const { id, page } = await desk.prepare('josette', { themes: ['etranger'], duration: 'SHORT' });
    world.clock.advance(16 * MINUTE);
    const held = await desk.accept(id, page, '');
    expect(held.location).toMatch(/^\/reprise/);
    const back = await desk.agent.post('/reprise', { suite: draft(id, '/verification'), code: world.newCode(aidant) });
    const filled = await desk.agent.get(back.location ?? '');
    expect(filled.text).toMatch(/name="samePerson"[^>]*checked/);
    expect(await mandateOf(world, id)).toBeUndefined();
    expect((await desk.accept(id, filled, world.newCode(aidant))).location).toMatch(/\/document$/);
  });
});
