import { expect, test } from 'vitest';
import { events } from '../wiring.ts';
import { powers } from './follow-put-back.ts';

// What a restore does about each kind of act that is lost: docs/journal.md, « What a restore does about each act », says the same.

/** `nodes`: node keys, before all else. `mandates`: src/mandate/restore. */
const OTHERWISE = {
  nodes: ['node.revoked'],
  mandates: [
    ...['mandate.concluded', 'mandate.ended', 'authorisation.ended', 'authorisation.replaced'],
    ...['consent.declined', 'consent.refused'],
  ],
  /** Told by `reconcile`; `journal erasures replay` erases again. */
  erasures: ['erasure.field', 'erasure.person', 'erasure.period', 'retention.applied', 'erasure.replayed'],
  /** They give something, or begin it: nobody has it after the restore, until it is done again. */
  given: [
    ...['aidant.added', 'auditor.added', 'organisation.added', 'client.added', 'node.registered', 'usager.added'],
    ...['aidant.terms-accepted', 'unmasking.asked', 'complaint.received', 'case.opened', 'case.shared'],
    ...['consent.identified', 'consent.session-left-open', 'mandate.paper-recorded'],
  ],
  /** Sessions end with the restore, and what was under way in them. */
  sessions: [
    'organisation.switched',
    'use.chosen',
    'use.code-issued',
    'use.token-issued',
    'use.identity-given',
    'use.refused',
  ],
  /** Facts, judgements, copies: the entry is all there is to keep. */
  facts: [
    ...['usager.changed', 'case.entry-added', 'case.noted', 'case.decided', 'case.exported', 'audit.mandate-exported'],
    ...['alert.raised', 'alert.decided', 'sample.drawn'],
    ...['journal.succeeded', 'journal.rogue-entry', 'journal.rebaselined', 'journal.reconciled'],
  ],
} as const;

test('of every kind of act it is said what a restore does about it, once', () => {
  const kinds = new Set(events.filter(({ log }) => log === 'actes').map(({ kind }) => kind));
  const said = [...powers.map(({ kind }) => kind.kind), ...Object.values(OTHERWISE).flat()];
  expect([...said].sort()).toEqual([...kinds].sort());
});
