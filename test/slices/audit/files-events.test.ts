import { join } from 'node:path';
import { expect, test } from 'vitest';
import { journalRegistry } from '#journal';
import { openPartsOf } from '#support/closed-kinds.ts';
import { expectSampleToParse, journalSamples } from '#support/journal.ts';
import { caseEvents } from '../../../src/audit/cases/case.events.ts';
import { mandateFileEvents } from '../../../src/audit/mandate-file/mandate-file.events.ts';
import { sampleEvents } from '../../../src/audit/samples/sample.events.ts';

// What was written once must be read for ever: stored entries are never edited, only added to.

const kinds = [...caseEvents, ...sampleEvents, ...mandateFileEvents];
const samples = journalSamples(join(import.meta.dirname, 'files-events'));
const registry = journalRegistry(kinds);

test.each(samples)('$file still parses', ({ sample }) => {
  expectSampleToParse(sample, registry);
});

test('every kind of a case, a sample and a mandate’s file has a stored entry, named after it', () => {
  expect(samples.map(({ file }) => file)).toEqual(kinds.map(({ kind, version }) => `${kind}.v${version}.json`).sort());
});

test('nothing in clear could be free text', () => {
  expect(openPartsOf(kinds)).toEqual([]);
});
