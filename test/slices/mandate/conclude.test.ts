import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  evidencePlace,
  linesOf,
  openEvidence,
  readSnapshot,
  snapshotJwks,
  snapshotSealHolds,
  verifyConsent,
} from '#consent';
import { DAY } from '#platform/time/clock.ts';
import { expectNoPersonalData } from '#support/journal.ts';
import { authorisationsOf, type ConcludeWorld, concludeWorld, draft, draftRow, mandateOf } from './conclude-support.ts';

let world: ConcludeWorld;

beforeAll(async () => {
  world = await concludeWorld();
});
afterAll(() => world.close());

describe('a mandate agreed at the counter', () => {
  test('rows, journal, snapshot, evidence and mail, all at once', async () => {
    const desk = await world.at();
    const { id, page } = await desk.prepare('josette', { themes: ['logement', 'famille'], duration: 'MONTH' });
    expect(page.text).toContain('Josette Marie LEFÈVRE');
    expect(page.text).toContain('12\u00a0mars\u00a01948');
    expect(page.text).toContain('Arras (62)');
    const code = world.newCode();
    const now = world.clock.now();
    const accepted = await desk.accept(id, page, code);

    const mandate = await mandateOf(world, id);
    expect([accepted.status, accepted.location]).toEqual([303, `/mandats/${mandate?.id}/document`]);
    expect(mandate).toMatchObject({
      organisationId: world.structure.id,
      aidantId: world.aidant.aidantId,
      duration: 'MONTH',
      consentLevel: 'franceconnect-on-aidant-device',
      startsAt: now,
      endsAt: new Date(now.getTime() + 31 * DAY),
      endedAt: null,
      paper: 'missing',
      entryCount: 1,
    });
    expect(mandate?.number).toMatch(/^[0-9A-HJKMNP-TV-Z]{16}$/);
    const endsAt = mandate?.endsAt;
    expect(await authorisationsOf(world, mandate?.id ?? '')).toEqual([
      { theme: 'famille', endsAt, endedAt: null, endCause: null },
      { theme: 'logement', endsAt, endedAt: null, endCause: null },
    ]);

    const closed = await draftRow(world, id);
    expect(closed).toMatchObject({ closedCause: 'concluded', mandateId: mandate?.id, wipedAt: now });
    expect([closed.identitySealed, closed.evidenceSealed, closed.attemptSealed, closed.idTokenHintSealed]).toEqual([
      null,
      null,
      null,
      null,
    ]);
    expect(closed.journalAlias).toBe(mandate?.journalAlias);

    const entries = (await world.journal()).filter(({ mandateAlias }) => mandateAlias === mandate?.journalAlias);
    expect(entries.map(({ kind, mn, result }) => [kind, mn, result])).toEqual([
      ['consent.identified', undefined, 'ok'],
      ['mandate.concluded', 1, 'ok'],
    ]);
    const [, concluded] = entries;
    const { idToken } = await evidenceOf(mandate?.id ?? '');
    for (const { leaf } of entries) {
      const secrets = ['Josette', 'LEFÈVRE', '1948-03-12', 'josette.lefevre@courriel.example', mandate?.usagerId ?? ''];
      expectNoPersonalData(leaf, [...secrets, mandate?.number ?? '', idToken]);
    }
    expect(concluded?.clear).toEqual({
      themes: ['famille', 'logement'],
      duration: 'MONTH',
      startsAt: mandate?.startsAt.toISOString(),
      endsAt: endsAt?.toISOString(),
      consentLevel: 'franceconnect-on-aidant-device',
      textVersion: 'accord-1',
      warnings: [],
    });
    expect(Object.keys(concluded?.opened ?? {}).sort()).toEqual(
      ['idToken', 'jwks', 'number', 'salt', 'shownTexts', 'snapshot', 'terms', 'userinfo'].sort(),
    );
    expect(concluded?.about).toMatchObject({ usagerId: mandate?.usagerId, mandateId: mandate?.id });
    expect((await world.journal(['usager.added'])).map(({ about }) => about.usagerId)).toEqual([mandate?.usagerId]);

    const snapshot = readSnapshot(mandate?.snapshot ?? '');
    expect(snapshot.usager).toEqual({
      givenName: 'Josette Marie',
      familyName: 'LEFÈVRE',
      gender: 'female',
      birthdate: '1948-03-12',
      birthplace: '62041',
      birthcountry: '99100',
    });
    expect(snapshot.themes.map(({ key }) => key)).toEqual(['famille', 'logement']);
    expect(snapshot.declarations).toHaveLength(2);
    expect(linesOf(snapshot.text)[0]).toBe('Mon accord');
    const jwks = snapshotJwks(world.ctx);
    expect(JSON.stringify(jwks)).not.toContain('"d"');
    expect(await snapshotSealHolds(world.ctx, mandate?.snapshot ?? '', mandate?.snapshotJws ?? '')).toBe(true);
    expect(await snapshotSealHolds(world.ctx, `${mandate?.snapshot} `, mandate?.snapshotJws ?? '')).toBe(false);

    const verified = await verifyConsent(world.ctx, mandate?.number ?? '');
    expect(verified?.checks.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
    expect(verified).toMatchObject({ number: mandate?.number, holds: true });

    await world.runJobs();
    const mail = world.mailbox.mails.at(-1);
    expect(mail?.to).toBe('josette.lefevre@courriel.example');
    expect(mail?.text).toContain('Famille - Scolarité');
    expect(mail?.text).toContain(`${world.url}/revoquer`);
    expect(mail?.text).not.toContain(world.aidant.email);
    expect((await desk.agent.get(draft(id))).location).toBe(draft(id, '/fin'));
  });
});

async function evidenceOf(mandateId: string) {
  const row = await world.ctx.db
    .selectFrom('consentEvidence')
    .selectAll()
    .where('mandateId', '=', mandateId)
    .executeTakeFirstOrThrow();
  return openEvidence(world.ctx, evidencePlace(mandateId), row.sealed);
}
