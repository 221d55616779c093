import type { batchEvent } from '#journal';
import type { Retention } from '#platform/config/retention.ts';

/** What auditors keep of their work, and that has a term. */
export type AuditRule = Extract<Parameters<typeof batchEvent>[0]['rule'], `audit${string}`>;

/**
 * For how many months each is kept once it is closed: answered, decided, drawn, or the account shut. Each follows one of the
 * periods of the service, so that who shortens that one shortens these. Requests of identity, decided alerts and accounts: the
 * journal of accesses, which tells the same readings. Complaints, cases and samples: a mandate in everyday pages, since they
 * answer for it; without its archive. Alerts that nobody decided: the connections that most of them rest on.
 */
export const TERMS: Readonly<Record<AuditRule, keyof Retention>> = {
  'audit-identities': 'access',
  'audit-complaints': 'mandate',
  'audit-cases': 'mandate',
  'audit-alerts': 'access',
  'audit-alerts-undecided': 'federation',
  'audit-samples': 'mandate',
  // last: an account goes once nothing that it signed is left
  'auditor-accounts': 'access',
};

export const AUDIT_RULES = Object.keys(TERMS) as AuditRule[];
