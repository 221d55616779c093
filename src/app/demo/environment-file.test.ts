import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { environmentFile } from './environment-file.ts';

test('an environment is read back as it was', () => {
  const environment = {
    KEYS: '{"data":[{"id":"a=b"}]}',
    NAME: 'Démonstration d’Entremise # une',
    FOLDER: "/home/jeanne/l'essai $HOME \\n",
    BOTH: `l'un "et" l'autre`,
    EMPTY: '',
  };
  expect(parseEnv(environmentFile(environment))).toEqual(environment);
});

test('what no quote can hold is refused', () => {
  expect(() => environmentFile({ X: `'"\`` })).toThrow(RangeError);
});
