import { z } from 'zod';
import { defineEvent, type EventKind } from '../event.ts';

/** Why something may be erased before its term, or at it: a closed list. */
export const GROUNDS = ['retention', 'request', 'unlawful', 'court', 'authority'] as const;
export type Ground = (typeof GROUNDS)[number];

export const GROUND_WORDS: Readonly<Record<Ground, string>> = {
  retention: 'la durée de conservation est écoulée',
  request: 'la personne l’a demandé (RGPD, article 17)',
  unlawful: 'cette donnée n’aurait pas dû être écrite (RGPD, article 17)',
  court: 'une décision de justice l’ordonne',
  authority: 'l’autorité de contrôle l’ordonne',
};

/** Which job erased or archived a batch. */
export const RULES = [
  'mandate-archive',
  'mandate-file',
  'federation-traces',
  'audit-identities',
  'audit-complaints',
  'audit-cases',
  'audit-alerts',
  'audit-alerts-undecided',
  'audit-samples',
  'auditor-accounts',
] as const;
export type Rule = (typeof RULES)[number];

const RULE_WORDS: Readonly<Record<Rule, string>> = {
  'mandate-archive': 'dossiers de mandats archivés',
  'mandate-file': 'dossiers de mandats effacés',
  'federation-traces': 'traces d’échanges avec FranceConnect effacées',
  'audit-identities': 'demandes d’identité effacées',
  'audit-complaints': 'réclamations closes effacées',
  'audit-cases': 'dossiers de contrôle décidés effacés',
  'audit-alerts': 'alertes décidées effacées',
  'audit-alerts-undecided': 'alertes restées sans décision effacées',
  'audit-samples': 'tirages effacés',
  'auditor-accounts': 'comptes d’auditeurs fermés effacés',
};

export const HOLD_GROUNDS = ['complaint', 'litigation', 'investigation', 'audit'] as const;
export type HoldGround = (typeof HOLD_GROUNDS)[number];

const HOLD_WORDS: Readonly<Record<HoldGround, string>> = {
  complaint: 'une réclamation',
  litigation: 'un procès',
  investigation: 'une enquête',
  audit: 'un contrôle',
};

const ground = z.enum(GROUNDS);
const count = z.int().min(0);
const month = z.string().regex(/^[0-9]{4}-(0[1-9]|1[0-2])$/);
const uuid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const target = z.enum(['person', 'mandate', 'period']);
const plural = (many: number, one: string, others = `${one}s`) => `${many}\u00a0${many > 1 ? others : one}`;

/** One value that an entry committed to cannot be opened any more. `entry`: which one; never who. */
export const fieldErased = defineEvent({
  kind: 'erasure.field',
  log: 'actes',
  version: 1,
  clear: z.strictObject({
    entry: uuid,
    field: z.string().regex(/^[a-zA-Z][a-zA-Z0-9_-]{0,63}$/),
    ground,
    openings: count,
  }),
  committed: [],
  sentence: ({ entry, ground: why }) => `Une donnée de l’entrée ${entry} est effacée\u00a0: ${GROUND_WORDS[why]}.`,
});

/** What entries said of one person cannot be opened any more, and nothing links them to that person. Never who. */
export const personErased = defineEvent({
  kind: 'erasure.person',
  log: 'actes',
  version: 1,
  clear: z.strictObject({ ground, openings: count }),
  committed: [],
  sentence: ({ ground: why, openings }) =>
    `Les données d’une personne sont effacées (${plural(openings, 'valeur')})\u00a0: ${GROUND_WORDS[why]}.`,
});

/** The entries of a log in one month are gone; their places and hashes stay. `first`, `last`: their places, when sealed. */
export const periodErased = defineEvent({
  kind: 'erasure.period',
  log: 'actes',
  version: 1,
  clear: z.strictObject({
    log: z.enum(['actes', 'acces']),
    month,
    ground,
    entries: count,
    openings: count,
    first: count.optional(),
    last: count.optional(),
  }),
  committed: [],
  sentence: ({ log, month: when, ground: why, entries }) =>
    `${plural(entries, 'entrée')} du journal «\u00a0${log}\u00a0» ${ofMonth(when)} ${entries > 1 ? 'sont effacées' : 'est effacée'}\u00a0: ${GROUND_WORDS[why]}. Leurs empreintes restent.`,
});

/** The list of past erasures was applied again, after a backup was restored. `list`: SHA-256 of the file. */
export const erasuresReplayed = defineEvent({
  kind: 'erasure.replayed',
  log: 'actes',
  version: 1,
  clear: z.strictObject({ erasures: count, list: z.string().regex(/^[\w-]{43}$/) }),
  committed: [],
  sentence: ({ erasures }) =>
    `${plural(erasures, 'effacement')} ${erasures > 1 ? 'sont appliqués' : 'est appliqué'} de nouveau, après une restauration.`,
});

/** A batch of rows reached its term. `before`: the end of the period whose rows went; `rows`: how many files or traces. */
export const retentionApplied = defineEvent({
  kind: 'retention.applied',
  log: 'actes',
  version: 1,
  clear: z.strictObject({
    rule: z.enum(RULES),
    before: z.iso.datetime(),
    rows: count,
    persons: count,
    openings: count,
  }),
  committed: [],
  sentence: ({ rule, rows, persons }) =>
    `Au terme de leur conservation, ${RULE_WORDS[rule]}\u00a0: ${rows}${persons > 0 ? ` (personnes effacées\u00a0: ${persons})` : ''}.`,
});

const MONTHS = 'janvier février mars avril mai juin juillet août septembre octobre novembre décembre'.split(' ');

/** « 2025-10 » → « d’octobre 2025 ». */
function ofMonth(month: string): string {
  const [year = '', number = ''] = month.split('-');
  const name = MONTHS[Number(number) - 1] ?? '';
  return `${/^[ao]/.test(name) ? 'd’' : 'de '}${name} ${year}`;
}

const WHAT = { person: 'd’une personne', mandate: 'd’un mandat', period: 'd’une période' } as const;

export const holdPlaced = defineEvent({
  kind: 'hold.placed',
  log: 'actes',
  version: 1,
  clear: z.strictObject({
    hold: uuid,
    target,
    ground: z.enum(HOLD_GROUNDS),
    first: month.optional(),
    last: month.optional(),
  }),
  committed: [],
  sentence: ({ target: what, ground: why }) =>
    `Les données ${WHAT[what]} sont gelées, rien n’en sera effacé\u00a0: ${HOLD_WORDS[why]}.`,
});

export const holdLifted = defineEvent({
  kind: 'hold.lifted',
  log: 'actes',
  version: 1,
  clear: z.strictObject({ hold: uuid, target }),
  committed: [],
  sentence: ({ target: what }) => `Les données ${WHAT[what]} ne sont plus gelées.`,
});

export const eraseKinds: readonly EventKind[] = [
  fieldErased,
  personErased,
  periodErased,
  erasuresReplayed,
  retentionApplied,
  holdPlaced,
  holdLifted,
];
