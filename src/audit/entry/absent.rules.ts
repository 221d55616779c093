import type { Entry, Ground } from '#journal';
import { GROUND_WORDS } from '#journal';
import { inWords } from '#platform/time/paris.ts';

/** An erasure of values, as the list of erasures tells it. */
export type ErasedBy = { ground: Ground; erasedAt: Date };

/**
 * Why a value that an entry may commit to cannot be opened. `never`: the leaf itself says that it was not given; `erased`: an
 * erasure says so; `with-person`: the person was erased with all that leads to them, this entry among it (`by` when only one
 * erasure can have done it); `taken`: it was given, and no erasure explains that it is gone; `unknown`: it was taken so, or never
 * given, and nothing tells which.
 */
export type Absence =
  | { why: 'never' | 'taken' | 'unknown' }
  | { why: 'erased'; by: ErasedBy }
  | { why: 'with-person'; by: ErasedBy | undefined; given: Given };

/** Whether an entry committed to a value under this name, as far as its leaf tells. */
export type Given = 'always' | 'never' | 'unknown';

/** Of some kinds, the names that are there for some entries only, and what the leaf says of it. */
const SOMETIMES: Readonly<Record<string, (name: string, clear: Entry['clear']) => Given>> = {
  'usager.added': (name) => (name === 'preferredUsername' || name === 'email' ? 'unknown' : 'always'),
  'organisation.changed': (name, { fields }) => given(OF_FIELDS[name]?.some((field) => has(fields, field))),
  'mandate.paper-recorded': (_name, { reason }) => given(reason === 'other'),
  'audit.searched': (name, { by }) => given(has(by, name)),
  'audit.person-sought': (name, { by }) => given(name === 'motive' || (name === 'mandate') === (by === 'mandate')),
};

/** Of which fields of a structure each value is made. */
const OF_FIELDS: Readonly<Record<string, readonly string[]>> = {
  name: ['name'],
  siret: ['siret'],
  address: ['address', 'zipCode', 'city'],
  phone: ['phone'],
  email: ['email'],
};

const given = (is: boolean | undefined): Given => (is ? 'always' : 'never');
const has = (list: unknown, name: string) => Array.isArray(list) && list.includes(name);

/** Every other kind commits to each of its names, always. */
export function wasGiven({ kind, clear }: Pick<Entry, 'kind' | 'clear'>, name: string): Given {
  return SOMETIMES[kind]?.(name, clear) ?? 'always';
}

/** In French, beside the name of the value. */
export function absenceInWords(absence: Absence): string {
  if (absence.why === 'erased') return `Effacé ${whenAndWhy(absence.by)}`;
  if (absence.why === 'with-person') {
    const never = absence.given === 'unknown' ? ', ou jamais donné' : '';
    if (absence.by) return `Effacé avec la personne${never}, ${whenAndWhy(absence.by)}`;
    return `Effacé avec la personne${never}. Rien ne relie plus cette entrée à elle, ni à la date\u00a0: elle est dans l’une des entrées qui disent un effacement.`;
  }
  return {
    never: 'Jamais donné',
    taken: 'Retiré sans effacement inscrit',
    unknown: 'Jamais donné, ou retiré sans effacement inscrit\u00a0: l’entrée ne dit pas lequel',
  }[absence.why];
}

/** « le … à …, motif : … ». */
export function whenAndWhy({ erasedAt, ground }: ErasedBy): string {
  return `le ${inWords(erasedAt)}, motif\u00a0: ${GROUND_WORDS[ground]}`;
}
