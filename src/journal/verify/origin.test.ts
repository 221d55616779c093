import { expect, test } from 'vitest';
import { formatOrigin, parseOrigin } from './origin.ts';

test.each([
  ['journal.example/actes', { service: 'journal.example', log: 'actes', shard: 1 }],
  ['localhost:3000/x/acces/12', { service: 'localhost:3000/x', log: 'acces', shard: 12 }],
  ['journal.example/actes/2/acces', { service: 'journal.example/actes/2', log: 'acces', shard: 1 }],
] as const)('the name %s', (origin, read) => {
  expect(parseOrigin(origin)).toEqual(read);
  expect(formatOrigin(read)).toBe(origin);
});

test.each([
  'journal.example/actes/0',
  'journal.example/actes/1', // the first has no number
  'journal.example/actes/02',
  'journal.example/actes/10000',
  'journal.example/actes/2/3',
  'journal.example/autre',
  'Journal.example/actes',
  'journal.example/actes\n',
  'actes',
  '',
])('%j is the name of no log', (origin) => {
  expect(parseOrigin(origin)).toBeUndefined();
});
