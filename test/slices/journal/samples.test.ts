import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineEvent, journalKinds, journalRegistry, parseEntry } from '#journal';
import { openPartsOf } from '#support/closed-kinds.ts';
import { expectSampleToParse, journalSamples } from '#support/journal.ts';
import { opened } from './fixture.ts';

// What was written once must be read for ever: stored entries are never edited, only added to.

const samples = journalSamples(join(import.meta.dirname, 'samples'));
const registry = journalRegistry(journalKinds);

test.each(samples)('$file still parses', ({ sample }) => {
  expectSampleToParse(sample, registry);
});

test('every kind of the journal itself has a sample, named after it', () => {
  expect(samples.map(({ file }) => file)).toEqual(
    journalKinds.map(({ kind, version }) => `${kind}.v${version}.json`).sort(),
  );
});

test('nothing in clear could be free text', () => {
  expect(openPartsOf(journalKinds)).toEqual([]);
});

describe('a kind that changes', () => {
  const opened2 = defineEvent({
    kind: 'door.opened',
    log: 'actes',
    version: 2,
    clear: z.strictObject({ doors: z.array(z.enum(['front', 'back'])) }),
    committed: ['name'],
    sentence: ({ doors }) => `Portes ouvertes : ${doors.join(', ')}.`,
  });
  const leaf = (members: string) =>
    Buffer.from(
      `{"clear":${members},"id":"01a201d2-aae1-7000-afa4-9ba63ed68d95","log":"actes","n":"nrnNsQLku2iLkDxVdvWl2Q",` +
        `"node":"n1","r":"ok","t":"2026-11-22T05:55:13.249000Z","type":"door.opened","v":`,
    );
  const first = Buffer.from(`${leaf('{"count":2}')}1}`);
  const second = Buffer.from(`${leaf('{"doors":["back"]}')}2}`);
  const both = journalRegistry([opened, opened2]);

  test('its old entries parse by their own version, the new ones by theirs', () => {
    expect(parseEntry(first, both).sentence({ name: 'Zoé' })).toBe('Zoé a ouvert 2 portes.');
    expect(parseEntry(second, both).sentence({})).toBe('Portes ouvertes : back.');
    expect(parseEntry(first, both)).toMatchObject({
      kind: 'door.opened',
      version: 1,
      clear: { count: 2 },
      digests: [],
    });
  });

  test('a version that is not in the registry, a version that does not fit, a member too many: an error', () => {
    expect(() => parseEntry(second, journalRegistry([opened]))).toThrow('door.opened@2 is not a kind of the journal');
    expect(() => parseEntry(Buffer.from(`${leaf('{"count":2}')}2}`), both)).toThrow(/doors/);
    expect(() => parseEntry(Buffer.from(`${leaf('{"count":2}')}1,"x":1}`), both)).toThrow(/x/);
    expect(() => parseEntry(Buffer.from(`${leaf('{"count":2}')}1} `), both)).toThrow('not-canonical');
    const misplaced = Buffer.from(first.toString().replace('actes', 'acces'));
    expect(() => parseEntry(misplaced, both)).toThrow('does not belong in the log acces');
  });

  test('one version is not defined twice', () => {
    expect(() => journalRegistry([opened, opened2, opened])).toThrow('door.opened@1 is defined twice');
  });
});

test('free text in clear is seen, however deep', () => {
  const kind = defineEvent({
    kind: 'door.described',
    log: 'actes',
    version: 1,
    clear: z.strictObject({
      text: z.string(),
      short: z.string().max(10).optional(),
      mail: z.email(),
      inside: z.strictObject({ list: z.array(z.object({ any: z.unknown() })) }),
      choice: z.union([z.literal('a'), z.string()]),
      id: z.uuid(),
      code: z.string().regex(/^[A-Z]{3}$/),
      at: z.iso.datetime(),
      count: z.int().optional(),
    }),
    committed: [],
    sentence: () => '',
  });
  expect(openPartsOf([kind])).toEqual([
    'door.described@1: clear.text is free text',
    'door.described@1: clear.short is free text',
    'door.described@1: clear.mail is free text',
    'door.described@1: clear.inside.list[] is not a strict object',
    'door.described@1: clear.inside.list[].any is a unknown',
    'door.described@1: clear.choice is free text',
  ]);
});
