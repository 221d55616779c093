import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { events } from '#app/wiring.ts';
import { journalRegistry } from '#journal';
import { uuidv7 } from '#platform/ids/ids.ts';
import { parisDay } from '#platform/time/paris.ts';
import { readAddress, readPlainFilters, searchHref } from '../../../src/audit/search/filters.rules.ts';
import { EVERYTHING, groupOf, KIND_CHOICES, kindsAsked } from '../../../src/audit/search/kinds.rules.ts';
import { endOfDay, idAt, instantOf, startOfDay } from '../../../src/audit/search/period.rules.ts';
import { readBirthdate, readSought } from '../../../src/audit/search/sought.rules.ts';

describe('kinds', () => {
  const registry = journalRegistry(events);

  test('each kind of the journal is in one group, and the last one keeps only what is no one’s', () => {
    const groups = Map.groupBy(new Set(events.map(({ kind }) => kind)), groupOf);
    const choices = KIND_CHOICES.map(({ value }) => value).filter((value) => value !== '' && value !== EVERYTHING);
    for (const group of groups.keys()) expect(choices).toContain(group);
    const asked = choices.flatMap((choice) => kindsAsked(choice, registry).kinds ?? []);
    expect(asked.toSorted()).toEqual([...new Set(events.map(({ kind }) => kind))].sort());
    const domains = new Set((groups.get('autres') ?? []).map((kind) => kind.split('.')[0]));
    for (const domain of ['mandate', 'use', 'consent', 'aidant', 'usager', 'organisation', 'auditor', 'audit'])
      expect(domains).not.toContain(domain);
  });

  test('nothing chosen asks for what was done, « tout » for both logs', () => {
    expect(kindsAsked('', registry)).toEqual({ log: 'actes' });
    expect(kindsAsked(EVERYTHING, registry)).toEqual({});
    expect(kindsAsked('refus', registry)).toEqual({ kinds: ['use.refused'] });
  });
});

describe('days in Paris', () => {
  test('begin at midnight there, in summer, in winter and when the hour changes', () => {
    expect(startOfDay('2026-01-15')?.toISOString()).toBe('2026-01-14T23:00:00.000Z');
    expect(startOfDay('2026-07-15')?.toISOString()).toBe('2026-07-14T22:00:00.000Z');
    expect(endOfDay('2026-03-29')?.toISOString()).toBe('2026-03-29T22:00:00.000Z');
    expect(endOfDay('2026-10-25')?.toISOString()).toBe('2026-10-25T23:00:00.000Z');
    expect(endOfDay('2025-12-31')?.toISOString()).toBe('2025-12-31T23:00:00.000Z');
  });

  test('every day begins on that day, and ends where the next begins', () => {
    const days = fc.date({ min: new Date('1980-01-01'), max: new Date('2200-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(days, (date) => {
        const day = date.toISOString().slice(0, 10);
        const start = startOfDay(day);
        const end = endOfDay(day);
        expect(start && parisDay(start)).toBe(day);
        expect(end && parisDay(new Date(end.getTime() - 1))).toBe(day);
        expect(end && parisDay(end)).not.toBe(day);
      }),
    );
  });

  test.each(['', 'x', '2026-02-30', '2026-13-01', '29/03/2026', '2026-3-9', '2026-03-29T00:00', '9999999-01-01'])(
    '« %s » is none',
    (day) => {
      expect(startOfDay(day)).toBeUndefined();
      expect(endOfDay(day)).toBeUndefined();
    },
  );

  test('ids before and after an instant are told apart', () => {
    const now = new Date('2026-11-22T09:00:00.000Z');
    const earlier = uuidv7(new Date(now.getTime() - 1));
    expect([idAt(now) < uuidv7(now), earlier < idAt(now)]).toEqual([true, true]);
    expect(instantOf(uuidv7(now))).toEqual(now);
    expect(idAt(new Date(-5))).toBe('00000000-0000-0000-0000-000000000000');
  });
});

describe('the address', () => {
  test('is read back as it was written', () => {
    const filters = {
      ...{ from: '2026-03-01', to: '2026-03-31', kinds: 'refus', theme: 'famille', result: 'refused' as const },
      ...{ organisationId: uuidv7(new Date(1)), aidantId: uuidv7(new Date(2)), kept: uuidv7(new Date(3)) },
      number: '7KQ2X9MB04ZTRC8H',
    };
    const edge = { after: uuidv7(new Date(4)) };
    const href = searchHref(filters, edge);
    const query = Object.fromEntries(new URL(href, 'https://entremise.example').searchParams);
    expect(readAddress(query)).toEqual({ filters, edge, errors: {}, forged: false });
    expect(searchHref({ kinds: '' })).toBe('/auditeur/recherche');
  });

  test('whatever stands in it, it is read or told, never thrown', () => {
    const names = [
      'du',
      'au',
      'quoi',
      'theme',
      'resultat',
      'mandat',
      'structure',
      'aidant',
      'personne',
      'apres',
      'avant',
    ];
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), fc.string({ unit: 'binary' })), (query) => {
        const { filters, errors, forged } = readAddress(query);
        if (!forged && Object.keys(errors).length === 0) searchHref(filters);
      }),
    );
  });

  test('a period that ends before it begins is told beside its end', () => {
    expect(Object.keys(readPlainFilters({ du: '2026-03-02', au: '2026-03-01' }).errors)).toEqual(['au']);
    expect(readPlainFilters({ du: '2026-03-01', au: '2026-03-01' }).errors).toEqual({});
  });
});

describe('a person', () => {
  test.each([
    ['12/04/1950', '1950-04-12'],
    ['1/4/1950', '1950-04-01'],
    ['12.04.1950', '1950-04-12'],
    ['00/04/1950', '1950-04-00'],
    ['00/00/1950', '1950-00-00'],
    ['29/02/2000', '2000-02-29'],
    ['29/02/2001', undefined],
    ['31/04/1950', undefined],
    ['12/00/1950', undefined],
    ['12/13/1950', undefined],
    ['1950-04-12', undefined],
    ['hier', undefined],
  ])('born « %s » is %s', (typed, birthdate) => {
    expect(readBirthdate(typed)).toBe(birthdate);
  });

  test('is asked for in one way, or not at all', () => {
    expect(readSought({})).toEqual({ ok: true, sought: undefined });
    expect(readSought({ familyName: ' ', motive: '' })).toEqual({ ok: true, sought: undefined });
    expect(readSought({ personMandate: '7kq2 x9mb 04zt rc8h' })).toEqual({
      ok: true,
      sought: { by: 'mandate', number: '7KQ2X9MB04ZTRC8H' },
    });
    expect(readSought({ motive: 'Réclamation reçue' })).toMatchObject({ ok: false });
  });
});
