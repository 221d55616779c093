import { expect, test } from 'vitest';
import { isUuid } from './ids.ts';
import { orderedId } from './ordered-id.ts';

test('ids come in order, within a millisecond and when the clock steps back', () => {
  const at = new Date('2026-11-22T09:41:07.123Z');
  const ids = Array.from({ length: 10_000 }, () => orderedId(at));
  ids.push(orderedId(new Date(at.getTime() - 3_600_000)), orderedId(new Date(at.getTime() + 60_000)));
  expect(ids).toEqual([...new Set(ids)].sort());
  expect(ids.every(isUuid)).toBe(true);
  expect(ids.every((id) => id[14] === '7' && '89ab'.includes(id[19] ?? ''))).toBe(true);
  expect(Number.parseInt((ids[0] ?? '').slice(0, 13).replace('-', ''), 16)).toBe(at.getTime());
});
