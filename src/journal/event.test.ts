import { expect, test } from 'vitest';
import { z } from 'zod';
import { uuidv7 } from '#platform/ids/ids.ts';
import { defineEvent } from './event.ts';

const definition = {
  kind: 'test.happened',
  log: 'actes',
  version: 1,
  clear: z.strictObject({ count: z.int().min(0) }),
  committed: ['name', 'motive'],
  sentence: () => 'Il s’est passé quelque chose.',
} as const;
const happened = defineEvent(definition);
const subject = { kind: 'usager', id: uuidv7(new Date(0)) } as const;

test.each([
  ['a kind without its domain', { ...definition, kind: 'happened' }],
  ['a kind with capitals', { ...definition, kind: 'Test.happened' }],
  ['version 0', { ...definition, version: 0 }],
  [
    'a schema that lets unknown members in',
    { ...definition, clear: z.object({}) as unknown as typeof definition.clear },
  ],
  ['a committed name twice', { ...definition, committed: ['name', 'name'] }],
  ['a committed name that is not a word', { ...definition, committed: ['first name'] }],
])('a kind is not defined with %s', (_what, given) => {
  expect(() => defineEvent(given as typeof definition)).toThrow(TypeError);
});

test.each([
  ['an unknown clear member', { clear: { count: 1, other: 2 } }, /other/],
  ['a missing clear member', { clear: {} }, /count/],
  ['a clear member of the wrong kind', { clear: { count: 'one' } }, /count/],
  ['an unknown committed name', { committed: { email: 'a@b.fr' }, subject }, /email/],
  ['a committed value that is not a text', { committed: { name: 3 }, subject }, /name/],
  ['a committed lone surrogate', { committed: { name: '\ud800' }, subject }, /name/],
  ['something committed for nobody', { committed: { name: 'Zoé' } }, /subject/],
  ['a number without its mandate', { mandate: { alias: 'm', mn: 1 } }, /number/],
  ['a subject whose id is not a UUID', { committed: { name: 'Zoé' }, subject: { kind: 'usager', id: '12' } }, /UUID/],
])('an event is refused with %s', (_what, given, message) => {
  const input = { actor: {}, result: 'ok', clear: { count: 1 }, ...given };
  expect(() => happened.event(input as unknown as Parameters<typeof happened.event>[0])).toThrow(message);
});

test('a committed name may be left out, or be undefined', () => {
  const input = { actor: {}, result: 'ok', clear: { count: 1 } } as const;
  expect(happened.event(input).committed).toEqual([]);
  expect(happened.event({ ...input, committed: { name: undefined } }).committed).toEqual([]);
  expect(happened.event({ ...input, committed: { motive: '' }, subject }).committed).toEqual([['motive', '']]);
});
