import { join } from 'node:path';
import { expect, test } from 'vitest';
import { journalRegistry } from '#journal';
import { mandateEvents } from '#mandate';
import { expectSampleToParse, journalSamples } from '#support/journal.ts';

// What pages wrote once must be read for ever: stored entries are never edited, only added to.

const samples = journalSamples(join(import.meta.dirname, 'page-samples'));

test.each(samples)('$file still parses', ({ sample }) => {
  expectSampleToParse(sample, journalRegistry(mandateEvents));
});

test('there is one for each kind that the pages of a mandate and of a person write', () => {
  expect(samples).toHaveLength(5);
});
