import { z } from 'zod';
import { defineEvent, type EventKind } from '../event.ts';
import { ROGUE_REASONS, type RogueReason } from './check-entries.ts';

const log = z.enum(['actes', 'acces']);
const uuid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

/** Why an entry is put aside, in French. */
export const ROGUE_WORDS: Readonly<Record<RogueReason, string>> = {
  'unknown-node': 'aucun serveur inscrit ne l’a écrite',
  'revoked-node': 'la clé du serveur qui l’a signée était révoquée',
  'bad-signature': 'sa signature est fausse',
  'not-canonical': 'elle n’a pas la forme d’une entrée',
  'other-log': 'elle appartient à l’autre journal',
  'other-entry': 'elle reprend le contenu d’une autre',
  twice: 'elle est écrite deux fois',
};

/** An entry was found that no registered node wrote: it is put aside and never sealed. */
export const rogueEntry = defineEvent({
  kind: 'journal.rogue-entry',
  log: 'actes',
  version: 1,
  clear: z.strictObject({ log, entry: uuid, reason: z.enum(ROGUE_REASONS) }),
  committed: [],
  sentence: ({ log: where, entry, reason }) =>
    `Une entrée étrangère a été mise à l’écart du journal « ${where} » (${entry}) : ${ROGUE_WORDS[reason]}.`,
});

const size = z.int().min(0);

/** The database was restored from a dump into another cluster: every entry without a place was looked for anew. */
export const rebaselinedActes = defineEvent({
  kind: 'journal.rebaselined',
  log: 'actes',
  version: 1,
  clear: z.strictObject({ size }),
  committed: [],
  sentence: ({ size: entries }) =>
    `Le journal « actes », restauré dans une nouvelle base après ${entries} entrées, a été relu en entier et continue.`,
});

/** The same, in the other log. */
export const rebaselinedAcces = defineEvent({
  kind: 'journal.rebaselined-acces',
  log: 'acces',
  version: 1,
  clear: z.strictObject({ size }),
  committed: [],
  sentence: ({ size: entries }) =>
    `Le journal « acces », restauré dans une nouvelle base après ${entries} entrées, a été relu en entier et continue.`,
});

/** Entries that the database had lost were put back from the mirror, at their places. */
export const reconciled = defineEvent({
  kind: 'journal.reconciled',
  log: 'actes',
  version: 1,
  clear: z.strictObject({ log, from: size, to: size, cosigned: size }),
  committed: [],
  sentence: ({ log: where, from, to, cosigned }) =>
    `La base avait perdu la fin du journal « ${where} » : les entrées ${from} à ${to - 1} ont été remises à leur place ` +
    `depuis le miroir (${cosigned} entrées étaient cosignées par les témoins).`,
});

export const sealKinds: readonly EventKind[] = [rogueEntry, rebaselinedActes, rebaselinedAcces, reconciled];
