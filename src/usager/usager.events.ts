import { z } from 'zod';
import { defineEvent, type EventKind, type JournalEvent } from '#journal';
import { type Change, sideOf } from './changes.rules.ts';
import { CHANGEABLE_FIELDS, type ChangeableField } from './usager.ts';

const FIELD_WORDS: Record<ChangeableField, string> = {
  familyName: 'nom de naissance',
  givenName: 'prénoms',
  birthdate: 'date de naissance',
  gender: 'genre',
  birthplace: 'lieu de naissance',
  birthcountry: 'pays de naissance',
  preferredUsername: 'nom d’usage',
  idpBirthdate: 'date de naissance déclarée',
  email: 'adresse e-mail',
  sub: 'identifiant chez FranceConnect',
};

/** A person is known from now on. The committed values are those of FranceConnect, field by field. */
export const usagerAdded = defineEvent({
  kind: 'usager.added',
  log: 'actes',
  version: 1,
  clear: z.strictObject({}),
  committed: [
    'givenName',
    'familyName',
    'preferredUsername',
    'gender',
    'birthdate',
    'birthplace',
    'birthcountry',
    'email',
  ],
  always: { names: ['givenName', 'familyName', 'gender', 'birthdate', 'birthplace', 'birthcountry'], of: 'usager' },
  sentence: (_clear, { givenName, familyName }) =>
    givenName && familyName
      ? `Première identification de ${givenName} ${familyName} par FranceConnect.`
      : 'Première identification d’un usager par FranceConnect.',
});

/** Something changed of a known person. `before` and `after` are canonical JSON objects of the changed fields only. */
export const usagerChanged = defineEvent({
  kind: 'usager.changed',
  log: 'actes',
  version: 1,
  clear: z.strictObject({
    fields: z.array(z.enum(CHANGEABLE_FIELDS)).min(1),
    source: z.enum(['franceconnect', 'usager']),
  }),
  committed: ['before', 'after'],
  always: { names: ['before', 'after'], of: 'usager' },
  sentence: ({ fields, source }) => {
    const words = fields.map((field) => FIELD_WORDS[field]).join(', ');
    return source === 'usager'
      ? `Changé dans la fiche de l’usager, à sa demande\u00a0: ${words}.`
      : `Changé dans la fiche de l’usager d’après FranceConnect\u00a0: ${words}.`;
  },
});

/** Who was there when it happened; empty for the system. */
export type Actor = { aidantId?: string | undefined; organisationId?: string | undefined };

/** The entry that tells changes of a person: names of fields in clear, old and new values committed under their key. */
export function changeEvent(
  usagerId: string,
  { actor, changes, source }: { actor: Actor; changes: readonly Change[]; source: 'franceconnect' | 'usager' },
): JournalEvent {
  return usagerChanged.event({
    actor,
    about: { usagerId },
    subject: { kind: 'usager', id: usagerId },
    result: 'ok',
    clear: { fields: changes.map(({ field }) => field), source },
    committed: { before: sideOf(changes, 'before'), after: sideOf(changes, 'after') },
  });
}

/** Every kind of entry that this folder writes. */
export const usagerEvents: readonly EventKind[] = [usagerAdded, usagerChanged];
