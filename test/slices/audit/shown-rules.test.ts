import { describe, expect, test } from 'vitest';
import { events } from '#app/wiring.ts';
import { isOpened, isShownToAll, leavesOpen } from '../../../src/audit/entry/shown.rules.ts';

const NOBODY = { identity: false, mine: false };
const kinds = events.filter(({ committed }) => committed.length > 0);
const opensFor = (may: typeof NOBODY) =>
  kinds.filter(({ kind, committed }) => committed.some((name) => isOpened(kind, name, may))).map(({ kind }) => kind);

describe('what opens', () => {
  test('what is shown to all is shown whole: an export opens an entry wholly or not at all', () => {
    for (const { kind, committed } of kinds) {
      const shown = committed.filter((name) => isShownToAll(kind, name));
      expect([kind, shown]).toEqual([kind, leavesOpen(kind, { identity: false }) ? committed : []]);
    }
  });

  test('with an identity, what tells of the person alone: nothing that an auditor wrote in confidence', () => {
    const toAll = opensFor(NOBODY);
    const more = opensFor({ identity: true, mine: false }).filter((kind) => !toAll.includes(kind));
    expect(more.sort()).toEqual(['mandate.paper-recorded', 'usager.added', 'usager.changed']);
    for (const kind of kinds.map((one) => one.kind).filter((one) => /^(case|unmasking|alert|complaint)\./.test(one)))
      expect([kind, leavesOpen(kind, { identity: true })]).toEqual([kind, kind === 'case.exported']);
  });

  test('to its author, their own words; never the ids that a search committed to', () => {
    const toAll = opensFor(NOBODY);
    const more = opensFor({ identity: false, mine: true }).filter((kind) => !toAll.includes(kind));
    expect(more).not.toContain('audit.searched');
    expect(more).toContain('unmasking.asked');
  });

  test('the hash of a short text is shown to nobody else: it could be guessed', () => {
    for (const kind of ['case.noted', 'case.decided', 'alert.decided'])
      expect(isOpened(kind, 'sha256', { identity: true, mine: false })).toBe(false);
  });
});
