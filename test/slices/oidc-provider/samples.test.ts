import { join } from 'node:path';
import { expect, test } from 'vitest';
import { journalRegistry } from '#journal';
import { mandateEvents } from '#mandate';
import { providerEvents } from '#oidc-provider';
import { openPartsOf } from '#support/closed-kinds.ts';
import { expectSampleToParse, journalSamples } from '#support/journal.ts';

// What was written once must be read for ever: stored entries are never edited, only added to.

const kinds = [...mandateEvents.filter(({ kind }) => kind.startsWith('use.')), ...providerEvents];
const samples = journalSamples(join(import.meta.dirname, 'samples'));

test.each(samples)('$file still parses', ({ sample }) => {
  expectSampleToParse(sample, journalRegistry(kinds));
});

test('every kind has a sample, named after it', () => {
  const expected = kinds.map(({ kind, version }) => `${kind}.v${version}.json`).sort();
  expect(samples.map(({ file }) => file)).toEqual(expected);
});

test('nothing in clear could be free text', () => {
  expect(openPartsOf(kinds)).toEqual([]);
});
