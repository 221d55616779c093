import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { events } from '#app/wiring.ts';
import { defineEvent, record } from '#journal';
import { sha256 } from '#platform/crypto/hashes.ts';
import { openPartsOf } from '#support/closed-kinds.ts';
import { expectNoPersonalData, type JournalSample, journalOf } from '#support/journal.ts';
import { createFixture, type Fixture, newId } from './fixture.ts';

// Failure table of the journal, rows 26 and 28: what may not be written in a leaf, and what cannot be guessed from one.

let fixture: Fixture;
beforeAll(async () => {
  fixture = await createFixture();
});
afterAll(() => fixture.close());

const slices = join(import.meta.dirname, '..');
const files = readdirSync(slices, { recursive: true })
  .map(String)
  .filter((file) => /\.v\d+\.json$/.test(file));
const samples = files.sort().map((file) => [file, readSample(file)] as const);

function readSample(file: string): JournalSample {
  return JSON.parse(readFileSync(join(slices, file), 'utf8'));
}

type Clear = Record<string, unknown>;
type Said = { clear: Clear; sd?: string[] };

describe('row 28: no unsalted value that could be guessed, in any kind of entry', () => {
  test('every kind has a stored sample', () => {
    const sampled = new Set(files.map((file) => file.split('/').at(-1)?.replace('.json', '')));
    expect(events.map(({ kind, version }) => `${kind}.v${version}`).filter((name) => !sampled.has(name))).toEqual([]);
  });

  test('nothing in clear could be free text, a name or a date of birth', () => {
    expect(openPartsOf(events)).toEqual([]);
    const personal = /name|birth|gender|mail|phone|address|siret|ip$|^sub$|number/i;
    const named = events.flatMap(({ kind, clear }) =>
      Object.keys(clear.shape)
        .filter((key) => personal.test(key))
        .map((key) => `${kind}: ${key}`),
    );
    expect(named).toEqual([]);
  });

  test.each(samples)(
    '%s: what is opened is nowhere in the leaf, in no writing and under no plain hash',
    (_, { leaf, opened }) => {
      expectNoPersonalData(
        Buffer.from(leaf),
        Object.values(opened).filter((value) => value.length > 1),
      );
      const { sd = [] } = JSON.parse(leaf) as Said;
      const guessable = Object.entries(opened).flatMap(([name, value]) => unsalted(name, value));
      expect(sd.filter((digest) => guessable.includes(digest))).toEqual([]);
    },
  );

  test.each(samples)('%s: hashes in clear are of things that have entropy of their own', (_, { leaf }) => {
    const { clear } = JSON.parse(leaf) as Said;
    const hashes = Object.entries(clear).filter(
      ([, value]) => typeof value === 'string' && /^([\w-]{43}|[0-9a-f]{64}|h1:.+)$/.test(value),
    );
    expect(hashes.map(([name]) => name).filter((name) => !HASHES_IN_CLEAR.includes(name))).toEqual([]);
  });

  test('every date of birth of a century, and every gender, tried against the digests of a person: none matches', () => {
    const [, sample] = samples.find(([file]) => file.endsWith('usager.added.v1.json')) ?? [];
    const { sd = [] } = JSON.parse(sample?.leaf ?? '{}') as Said;
    expect(sd.length).toBeGreaterThan(0);
    const digests = new Set(sd);
    let tried = 0;
    for (let day = Date.UTC(1925, 0, 1); day < Date.UTC(2026, 0, 1); day += 86_400_000) {
      for (const guess of unsalted('birthdate', new Date(day).toISOString().slice(0, 10))) {
        tried += 1;
        if (digests.has(guess)) throw new Error(`guessed: ${new Date(day).toISOString()}`);
      }
    }
    for (const gender of ['female', 'male', 'unspecified'])
      for (const guess of unsalted('gender', gender)) expect(digests.has(guess)).toBe(false);
    expect(tried).toBeGreaterThan(200_000);
  });

  test('the same value twice has two digests; as many digests whatever is given, so that a leaf does not tell what was', async () => {
    const subject = { kind: 'usager', id: newId() } as const;
    const known = events.find(({ kind }) => kind === 'usager.added');
    const all = {
      givenName: 'Zoé',
      familyName: 'Z',
      gender: 'female',
      birthdate: '1950-01-01',
      birthplace: '62041',
      birthcountry: '99100',
    };
    const event = (committed: Record<string, string>) => {
      if (!known) throw new Error('usager.added is not a kind any more');
      return known.event({ actor: {}, result: 'ok', clear: {}, committed, subject } as never);
    };
    await fixture.act((trx) =>
      record(fixture, trx, event(all), event(all), event({ ...all, email: 'z@courriel.example' })),
    );
    const entries = await journalOf(fixture.reader, { kinds: ['usager.added'] });
    const digests = entries.flatMap((entry) => entry.digests);
    expect(new Set(digests).size).toBe(digests.length);
    expect(new Set(entries.map((entry) => entry.digests.length))).toEqual(new Set([8]));
    expect(entries.every((entry) => entry.digests.toSorted().join() === entry.digests.join())).toBe(true);
  });
});

/** Keys, roots of trees, hashes of exports, of lists of ids, of a root with its cosignatures, and hashes salted in their own table. */
const HASHES_IN_CLEAR = ['ed25519', 'root', 'list', 'h1', 'structures', 'reason', 'assessment', 'seed'];

/** What a careless digest of a value would be. */
function unsalted(name: string, value: string): string[] {
  const texts = [
    value,
    `${name}:${value}`,
    `${name}=${value}`,
    JSON.stringify([name, value]),
    JSON.stringify(['', name, value]),
    JSON.stringify({ [name]: value }),
  ];
  return texts
    .flatMap((text) => [text, Buffer.from(text).toString('base64url')])
    .map((text) => sha256(text).toString('base64url'));
}

describe('row 26: what has no single canonical form is refused before it is written', () => {
  const loose = defineEvent({
    kind: 'door.measured',
    log: 'actes',
    version: 1,
    clear: z.strictObject({ value: z.unknown() }),
    committed: ['name'],
    sentence: () => 'Une porte a été mesurée.',
  });
  const measured = (value: unknown) => loose.event({ actor: {}, result: 'ok', clear: { value } });

  test.each([
    ['-0', -0],
    ['a negative number', -1],
    ['1e21', 1e21],
    ['2^53', 2 ** 53],
    ['a fraction', 0.5],
    ['not a number', Number.NaN],
    ['a lone surrogate', '\ud800'],
    ['a decomposed accent (NFD)', 'e\u0301'],
    ['a name that is not ASCII', { é: 1 }],
    ['null', null],
    ['a date object', new Date(0)],
    ['depth 9', [[[[[[[[[1]]]]]]]]]],
  ])('%s', async (_, value) => {
    const before = await journalOf(fixture.reader);
    await expect(fixture.act((trx) => record(fixture, trx, measured(value)))).rejects.toThrow();
    expect(await journalOf(fixture.reader)).toHaveLength(before.length);
  });

  test('2^53 − 1, a composed accent and any order of members are written, in their one form', async () => {
    await fixture.act((trx) => record(fixture, trx, measured({ b: 2 ** 53 - 1, a: '\u00e9' })));
    const [entry] = (await journalOf(fixture.reader, { kinds: ['door.measured'] })).slice(-1);
    expect(entry?.leaf.toString()).toContain('"clear":{"value":{"a":"é","b":9007199254740991}}');
  });
});
