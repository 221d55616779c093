import { expect, test } from 'vitest';
import { checkDates } from './check-dates.ts';
import type { ExportedEntry } from './entries.ts';
import type { Subject } from './subject.ts';

const HOUR = 3_600_000;

/** Entries written at these hours, one after the other, and a checkpoint that nobody signed. */
function writtenAt(...hours: readonly number[]): Subject {
  const list = hours.map(
    (hour, at) => ({ index: BigInt(at), facts: { type: 'x.y', writtenAt: hour * HOUR } }) as unknown as ExportedEntry,
  );
  const subject = { entries: { list }, manifest: { evidence: [] }, files: new Map(), policy: {}, tools: {} };
  return subject as unknown as Subject;
}

test('dates that do not go forward are counted as people say it', () => {
  expect(checkDates(writtenAt(1, 2, 3))).toMatchObject({ status: 'pass' });
  const one = checkDates(writtenAt(1, 3, 2));
  expect(one).toMatchObject({
    status: 'not-checked',
    line: expect.stringMatching(/^1\u00a0date ne se confirme pas \(/),
  });
  expect(checkDates(writtenAt(3, 1, 2)).line).toMatch(/^2\u00a0dates ne se confirment pas \(/);
});
