import { type Check, type CheckName, fail } from './report.ts';

/** A check whose program fails on what it was handed is a check that fails: nothing in a file may stop the others. */
export function attempt(name: CheckName, check: () => Check): Check {
  return orElse(check, () =>
    fail(name, 'Ce contrôle n’a pas pu aller à son terme\u00a0: un fichier le met en défaut.'),
  );
}

/** What a reading gives, or something else when it fails. */
export function orElse<Result>(read: () => Result, otherwise: () => Result): Result {
  try {
    return read();
  } catch {
    return otherwise();
  }
}
