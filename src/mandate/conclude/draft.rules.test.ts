import { describe, expect, test } from 'vitest';
import { type DraftFacts, isOpen, stepOf } from './draft.rules.ts';

const now = new Date('2026-03-02T10:00:00Z');
const earlier = new Date('2026-03-02T09:30:00Z');
const later = new Date('2026-03-02T11:00:00Z');

const draft = (more: Partial<DraftFacts> = {}): DraftFacts => ({
  themes: ['famille'],
  duration: 'MONTH',
  identifiedAt: null,
  franceconnectOpenedAt: null,
  logoutSkippedAt: null,
  closedAt: null,
  closedCause: null,
  wipedAt: null,
  expiresAt: later,
  ...more,
});
const identified = { identifiedAt: earlier };
const open = { franceconnectOpenedAt: earlier };
const closed = (closedCause: string) => ({ closedAt: earlier, closedCause });

describe('where a draft stands', () => {
  test.each([
    ['nothing chosen', { themes: [], duration: null }, 'choose'],
    ['a theme without a duration', { duration: null }, 'choose'],
    ['chosen', {}, 'agree'],
    ['identified, session closed', identified, 'verify'],
    ['identified, session open', { ...identified, ...open }, 'close-session'],
    ['identified, session left open after a warning', { ...identified, ...open, logoutSkippedAt: now }, 'verify'],
    ['refused, session open: closed first', open, 'close-session'],
    ['a minor, session open: closed first', { ...closed('minor'), ...open }, 'close-session'],
    ['a minor', closed('minor'), 'declined'],
    ['declined', closed('declined'), 'declined'],
    ['abandoned after identifying', { ...closed('abandoned'), ...identified }, 'declined'],
    ['concluded, even with a session left open', { ...closed('concluded'), ...open, wipedAt: now }, 'concluded'],
    ['expired this very second', { ...identified, expiresAt: now }, 'expired'],
    ['expired and wiped, session never closed', { ...open, expiresAt: earlier, wipedAt: now }, 'expired'],
  ] as const)('%s', (_case, facts, step) => {
    expect(stepOf(draft(facts as Partial<DraftFacts>), now)).toBe(step);
  });

  test('only an open draft may still lead to a mandate', () => {
    expect(isOpen(draft(), now)).toBe(true);
    for (const facts of [closed('declined'), { wipedAt: earlier }, { expiresAt: now }]) {
      expect(isOpen(draft(facts), now)).toBe(false);
    }
  });
});
