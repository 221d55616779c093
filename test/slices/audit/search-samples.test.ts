import { join } from 'node:path';
import { expect, test } from 'vitest';
import { journalRegistry } from '#journal';
import { openPartsOf } from '#support/closed-kinds.ts';
import { expectSampleToParse, journalSamples } from '#support/journal.ts';
import { entryEvents } from '../../../src/audit/entry/entry.events.ts';
import { searchEvents } from '../../../src/audit/search/search.events.ts';

// What was written once must be read for ever: stored entries are never edited, only added to.

const kinds = [...searchEvents, ...entryEvents];
const samples = journalSamples(join(import.meta.dirname, 'search-samples'));
const registry = journalRegistry(kinds);

test.each(samples)('$file still parses', ({ sample }) => {
  expectSampleToParse(sample, registry);
});

test('every kind has a sample, named after it', () => {
  const expected = kinds.map(({ kind, version }) => `${kind}.v${version}.json`).sort();
  expect(samples.map(({ file }) => file)).toEqual(expected);
});

test('nothing in clear could be free text', () => {
  expect(openPartsOf(kinds)).toEqual([]);
});
