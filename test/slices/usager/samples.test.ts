import { join } from 'node:path';
import { expect, test } from 'vitest';
import { journalRegistry } from '#journal';
import { expectSampleToParse, journalSamples } from '#support/journal.ts';
import { usagerEvents } from '#usager';

// What was written once must be read for ever: stored entries are never edited, only added to.

const samples = journalSamples(join(import.meta.dirname, 'samples'));
const registry = journalRegistry(usagerEvents);

test.each(samples)('$file still parses', ({ sample }) => {
  expectSampleToParse(sample, registry);
});

test('every kind about a person has a sample, named after it', () => {
  const expected = usagerEvents.map(({ kind, version }) => `${kind}.v${version}.json`).sort();
  expect(samples.map(({ file }) => file)).toEqual(expected);
});
