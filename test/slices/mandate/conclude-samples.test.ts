import { join } from 'node:path';
import { expect, test } from 'vitest';
import { journalRegistry } from '#journal';
import { openPartsOf } from '#support/closed-kinds.ts';
import { expectSampleToParse, journalSamples } from '#support/journal.ts';
import { concludeEvents } from '../../../src/mandate/conclude/conclude.events.ts';
import { authorisationEnded, mandateEnded } from '../../../src/mandate/mandate.events.ts';

// What was written once must be read for ever: stored entries are never edited, only added to.

const kinds = [...concludeEvents, mandateEnded, authorisationEnded];
const samples = journalSamples(join(import.meta.dirname, 'conclude-samples'));
const registry = journalRegistry(kinds);

test.each(samples)('$file still parses', ({ sample }) => {
  expectSampleToParse(sample, registry);
});

test('every kind of a conclusion and of an end has a sample, named after it', () => {
  expect(samples.map(({ file }) => file)).toEqual(kinds.map(({ kind, version }) => `${kind}.v${version}.json`).sort());
});

test('nothing in clear could be free text', () => {
  expect(openPartsOf(kinds)).toEqual([]);
});
