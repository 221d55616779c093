import { z } from 'zod';
import { defineEvent, type EventKind } from '#journal';

/** An aidant opened the page of a person: identity, mandates, connections. */
export const usagerRead = defineEvent({
  kind: 'usager.read',
  log: 'acces',
  version: 1,
  clear: z.strictObject({}),
  committed: [],
  sentence: () => 'Un aidant a consulté la fiche de la personne.',
});

/** An aidant searched a person by name. What was typed is committed under the aidant's key. */
export const usagersSearched = defineEvent({
  kind: 'usagers.searched',
  log: 'acces',
  version: 1,
  clear: z.strictObject({ found: z.int().min(0) }),
  committed: ['typed'],
  always: { names: ['typed'], of: 'aidant' },
  sentence: ({ found }, { typed }) =>
    `Recherche${typed ? ` «\u00a0${typed}\u00a0»` : ''} parmi les personnes de la structure\u00a0: ${found} trouvée${found > 1 ? 's' : ''}.`,
});

export const followEvents: readonly EventKind[] = [usagerRead, usagersSearched];
