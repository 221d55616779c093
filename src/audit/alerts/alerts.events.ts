import { z } from 'zod';
import { defineEvent, type EventKind } from '#journal';

/** Codes of closed lists, written as their form: a list may grow, what was written must still be read. */
const rule = z.string().regex(/^[A-Z][0-9]{1,2}$/);
const hash = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * A rule saw something in the journal. `entries` are the first ones it rests on, `count` how many there are. Says of nobody
 * that they did wrong: whose acts these are stands in the entries themselves.
 */
export const alertRaised = defineEvent({
  kind: 'alert.raised',
  log: 'actes',
  version: 1,
  clear: z.strictObject({
    alert: z.uuid(),
    rule,
    urgent: z.boolean(),
    entries: z.array(z.uuid()).max(200),
    count: z.int().min(0),
  }),
  committed: [],
  sentence: ({ rule: code, count }) =>
    `La règle de contrôle ${code} a levé une alerte${count > 0 ? `, à partir de ${count} entrée${count > 1 ? 's' : ''}` : ''}. Une personne doit l’examiner.`,
});

const DECISION_WORDS: Readonly<Record<string, string>> = {
  normal: 'rien d’anormal',
  'to-follow': 'à suivre',
  reported: 'signalement',
};

/** Once per alert. `sha256` of the reasons, in hexadecimal. */
export const alertDecided = defineEvent({
  kind: 'alert.decided',
  log: 'actes',
  version: 1,
  clear: z.strictObject({
    auditor: z.uuid(),
    alert: z.uuid(),
    rule,
    decision: z.string().regex(/^[a-z][a-z-]{0,39}$/),
  }),
  committed: ['sha256'],
  always: { names: ['sha256'], of: 'auditor' },
  sentence: ({ rule: code, decision }) =>
    `Un auditeur a décidé d’une alerte de la règle ${code}\u00a0: ${DECISION_WORDS[decision] ?? decision}.`,
});

/**
 * Who runs the service switched a rule. `reason` and `assessment` (reference of the impact assessment): SHA-256 of a salt and
 * of the text, both kept in `alert_rule_switch`.
 */
export const alertRuleSwitched = defineEvent({
  kind: 'alert-rule.switched',
  log: 'actes',
  version: 1,
  clear: z.strictObject({ rule, active: z.boolean(), reason: hash, assessment: hash.optional() }),
  committed: [],
  sentence: ({ rule: code, active, assessment }) => {
    const after = assessment ? ', après une étude d’impact' : '';
    return active
      ? `La règle de contrôle ${code} est mise en service${after}.`
      : `La règle de contrôle ${code} est éteinte.`;
  },
});

/** An auditor opened the list, with these filters. */
export const alertsListed = defineEvent({
  kind: 'alert.listed',
  log: 'acces',
  version: 1,
  clear: z.strictObject({
    auditor: z.uuid(),
    state: z.enum(['open', 'decided']),
    rule: rule.optional(),
    organisations: z.array(z.uuid()).max(20).optional(),
    from: z.iso.date().optional(),
    to: z.iso.date().optional(),
    shown: z.int().min(0),
  }),
  committed: [],
  sentence: ({ state, shown }) =>
    `Un auditeur a consulté la liste des alertes ${state === 'open' ? 'à examiner' : 'décidées'} (${shown}).`,
});

export const alertRead = defineEvent({
  kind: 'alert.read',
  log: 'acces',
  version: 1,
  clear: z.strictObject({ auditor: z.uuid(), alert: z.uuid() }),
  committed: [],
  sentence: () => 'Un auditeur a consulté une alerte et les entrées sur lesquelles elle repose.',
});

export const alertRulesRead = defineEvent({
  kind: 'alert-rule.listed',
  log: 'acces',
  version: 1,
  clear: z.strictObject({ auditor: z.uuid() }),
  committed: [],
  sentence: () => 'Un auditeur a consulté les règles de contrôle et ce que leurs alertes sont devenues.',
});

export const alertEvents: readonly EventKind[] = [
  alertRaised,
  alertDecided,
  alertRuleSwitched,
  alertsListed,
  alertRead,
  alertRulesRead,
];
