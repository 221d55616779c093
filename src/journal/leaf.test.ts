import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { sha256 } from '#platform/crypto/hashes.ts';
import { uuidv7 } from '#platform/ids/ids.ts';
import { projectRoot } from '#platform/root.ts';
import { expectNoPersonalData, journalSamples } from '#support/journal.ts';
import { defineEvent } from './event.ts';
import { journalKinds } from './journal.events.ts';
import { makeLeaf } from './leaf.ts';
import { journalRegistry, parseEntry } from './parse-entry.ts';
import { checkDisclosure, readLeaf } from './verify/index.ts';

const now = new Date('2026-11-22T09:41:07.123Z');
const newId = () => uuidv7(now);
const written = () => ({ id: newId(), now, node: 'node-test' });
const membersOf = (leaf: Buffer) => {
  const read = readLeaf(leaf);
  if (!read.ok) throw new Error(read.fault);
  return read.leaf;
};

const told = defineEvent({
  kind: 'test.told',
  log: 'acces',
  version: 3,
  clear: z.strictObject({ duration: z.enum(['SHORT', 'LONG']).optional(), count: z.int() }),
  committed: ['name', 'email', 'motive', 'terms-sha256'],
  sentence: ({ count }, { name = '(effacé)' }, { theme }) => `${name} ${count} ${theme ?? '-'}`,
});
const base = { ...told, sentence: () => '' };
const plain = { actor: {}, result: 'ok', clear: { count: 1 } } as const;

test('a leaf has every member that applies, in canonical order, and no other', () => {
  const [aid, org, alias] = [newId(), newId(), newId()];
  const place = written();
  const { leaf, disclosures } = makeLeaf(
    told.event({
      actor: { aidantId: aid, organisationId: org },
      about: { usagerId: newId(), mandateId: newId(), authorisationId: newId() },
      mandate: { alias, mn: 14 },
      theme: 'famille',
      result: 'refused',
      clear: { count: 2, duration: 'LONG' },
      committed: { name: 'Zoé' },
      subject: { kind: 'usager', id: newId() },
    }),
    place,
  );
  const members = membersOf(leaf);
  expect(members).toEqual({
    aid,
    clear: { count: 2, duration: 'LONG' },
    id: place.id,
    log: 'acces',
    m: alias,
    mn: 14,
    n: expect.stringMatching(/^[\w-]{22}$/),
    node: 'node-test',
    org,
    r: 'refused',
    sd: expect.any(Array),
    t: '2026-11-22T09:41:07.123000Z',
    theme: 'famille',
    type: 'test.told',
    v: 3,
  });
  expect(Object.keys(members)).toEqual(Object.keys(members).toSorted());
  const [only] = disclosures;
  expect(checkDisclosure(sha256, members.sd as string[], only?.disclosure ?? '')).toEqual({
    ok: true,
    name: 'name',
    value: 'Zoé',
  });
  const entry = parseEntry(leaf, journalRegistry([told]));
  expect(entry).toMatchObject({ writtenAt: now, mandate: { alias, mn: 14 }, aidantId: aid, organisationId: org });
  expect(entry.sentence({ name: 'Zoé' })).toBe('Zoé 2 famille');
});

test('members that do not apply are absent', () => {
  const members = membersOf(
    makeLeaf(told.event({ ...plain, clear: { count: 1, duration: undefined } }), written()).leaf,
  );
  expect(Object.keys(members)).toEqual(['clear', 'id', 'log', 'n', 'node', 'r', 'sd', 't', 'type', 'v']);
  expect(members.clear).toEqual({ count: 1 });
});

test('the number of digests depends on the kind alone, sorted, so that decoys and commitments look alike', () => {
  const subject = { kind: 'usager', id: newId() } as const;
  const committed = { name: 'Zoé', email: 'zoe@exemple.fr', motive: '', 'terms-sha256': 'ab' };
  for (const given of [{}, { name: 'Zoé' }, committed]) {
    const { leaf, disclosures } = makeLeaf(told.event({ ...plain, committed: given, subject }), written());
    const { sd } = membersOf(leaf);
    expect(sd).toHaveLength(8);
    expect(sd).toEqual([...new Set(sd as string[])].sort());
    expect(disclosures).toHaveLength(Object.keys(given).length);
  }
  const nine = defineEvent({ ...base, committed: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'] });
  expect(membersOf(makeLeaf(nine.event(plain), written()).leaf).sd).toHaveLength(16);
  expect(membersOf(makeLeaf(defineEvent({ ...base, committed: [] }).event(plain), written()).leaf)).not.toHaveProperty(
    'sd',
  );
});

test('two leaves of the same event share no digest and no nonce', () => {
  const event = told.event({ ...plain, committed: { name: 'Zoé' }, subject: { kind: 'usager', id: newId() } });
  const [one, other] = [membersOf(makeLeaf(event, written()).leaf), membersOf(makeLeaf(event, written()).leaf)];
  expect(one.n).not.toBe(other.n);
  expect(new Set([...(one.sd as string[]), ...(other.sd as string[])]).size).toBe(16);
});

describe('what a leaf cannot carry is refused', () => {
  const loose = defineEvent({ ...base, clear: z.strictObject({ value: z.unknown() }), committed: [] });
  test.each([
    ['a fraction', 1.5],
    ['a negative number', -1],
    ['null', null],
    ['a date', now],
    ['a lone surrogate', '\ud800'],
    ['decomposed accents', 'e\u0301'],
    ['more than 16 KiB', 'x'.repeat(16_384)],
    ['many levels', [[[[[[[[[[]]]]]]]]]]],
  ])('%s', (_what, value) => {
    expect(() => makeLeaf(loose.event({ ...plain, clear: { value } }), written())).toThrow(TypeError);
  });

  test.each([
    ['a number of act without a whole value', { mandate: { alias: 'alias', mn: 0 } }],
    ['an alias that is a sentence', { mandate: { alias: 'le mandat de Zoé' } }],
    ['a theme that is a sentence', { theme: 'Papiers - Citoyenneté' }],
    ['an aidant by name', { actor: { aidantId: 'Zoé' } }],
    ['an unknown result', { result: 'perhaps' as 'ok' }],
  ])('%s', (_what, given) => {
    expect(() => makeLeaf(told.event({ ...plain, ...given }), written())).toThrow();
  });

  test('an id that belongs to the index', () => {
    const id = newId();
    const subject = { kind: 'usager', id } as const;
    const leaking = (input: object) => () =>
      makeLeaf(loose.event({ ...plain, clear: { value: [`x${id}`] }, ...input }), written());
    expect(leaking({})).not.toThrow();
    for (const name of ['usagerId', 'mandateId', 'authorisationId']) {
      expect(leaking({ about: { [name]: id } })).toThrow(/index/);
    }
    expect(leaking({ subject })).toThrow(/index/);
    expect(() =>
      makeLeaf(
        loose.event({ ...plain, clear: { value: 1 }, about: { mandateId: id }, mandate: { alias: id } }),
        written(),
      ),
    ).toThrow(/index/);
  });
});

describe('a leaf says nothing about a person', () => {
  const word = fc.string({ unit: 'grapheme', minLength: 3, maxLength: 200 });
  const person = fc.record({
    name: word,
    email: fc.emailAddress(),
    motive: word,
    'terms-sha256': fc
      .uint8Array({ minLength: 32, maxLength: 32 })
      .map((bytes) => Buffer.from(bytes).toString('base64url')),
  });
  const ids = fc.record({
    usagerId: fc.uuid({ version: 7 }),
    mandateId: fc.uuid({ version: 7 }),
    authorisationId: fc.uuid({ version: 7 }),
  });

  test('whatever is committed to, and whoever it is about', () => {
    fc.assert(
      fc.property(person, ids, (committed, about) => {
        const subject = { kind: 'usager', id: about.usagerId } as const;
        const event = told.event({ ...plain, about, committed, subject, theme: 'famille', mandate: { alias: 'm-1' } });
        const values = Object.values(committed).filter((value) => value.length >= 8);
        expectNoPersonalData(makeLeaf(event, written()).leaf, [...Object.values(about), ...values]);
      }),
    );
  });

  const samples = journalSamples(join(projectRoot(), 'test/slices/journal/samples'));

  test.each(journalKinds)('in $kind, a kind of the journal itself', (kind) => {
    const clear = samples.find(({ file }) => file === `${kind.kind}.v${kind.version}.json`)?.sample.clear ?? {};
    fc.assert(
      fc.property(ids, (about) => {
        const subject = { kind: 'usager', id: about.usagerId } as const;
        const { leaf } = makeLeaf(kind.event({ actor: {}, about, subject, result: 'ok', clear }), written());
        expectNoPersonalData(leaf, Object.values(about));
      }),
    );
  });

  test('and the check itself sees a secret in any of its forms', () => {
    const secret = 'Zoé « Léa » d’Ys';
    const forms = [
      secret,
      secret.toUpperCase(),
      'zoe « lea » d’ys',
      JSON.stringify(secret),
      encodeURIComponent(secret),
      Buffer.from(secret).toString('base64'),
      Buffer.from(secret).toString('base64url'),
      Buffer.from(secret).toString('hex'),
      sha256(secret).toString('hex'),
      sha256(secret).toString('base64url'),
    ];
    for (const form of forms) {
      expect(() => expectNoPersonalData(Buffer.from(`{"a":"${form}"}`), [secret])).toThrow();
    }
    expect(() => expectNoPersonalData(Buffer.from('{"a":"Paul"}'), [secret, ''])).not.toThrow();
  });
});
