import { join } from 'node:path';
import { expect, test } from 'vitest';
import { journalRegistry } from '#journal';
import { openPartsOf } from '#support/closed-kinds.ts';
import { expectSampleToParse, journalSamples } from '#support/journal.ts';
import { alertEvents } from '../../../src/audit/alerts/alerts.events.ts';

// What was written once must be read for ever: stored entries are never edited, only added to.

const samples = journalSamples(join(import.meta.dirname, 'alerts-samples'));
const registry = journalRegistry(alertEvents);

test.each(samples)('$file still parses', ({ sample }) => {
  expectSampleToParse(sample, registry);
});

test('every kind has a sample, named after it', () => {
  const expected = alertEvents.map(({ kind, version }) => `${kind}.v${version}.json`).sort();
  expect(samples.map(({ file }) => file)).toEqual(expected);
});

test('nothing in clear could be free text', () => {
  expect(openPartsOf(alertEvents)).toEqual([]);
});
