import { z } from 'zod';
import { defineEvent, type EventKind } from '../event.ts';
import { ROGUE_REASONS, type RogueReason } from './check-entries.ts';

const log = z.enum(['actes', 'acces']);
const uuid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

const REASONS: Readonly<Record<RogueReason, string>> = {
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
    `Une ligne étrangère a été mise à l’écart du journal « ${where} » (${entry}) : ${REASONS[reason]}.`,
});

export const sealKinds: readonly EventKind[] = [rogueEntry];
