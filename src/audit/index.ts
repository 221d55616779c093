/**
 * The auditor's space: what was done under mandates, found, understood and verified, identities masked. Every page is behind
 * `auditorActive` and every object is checked against the auditor's départements at each request (`scope.ts`). Owns the
 * tables `unmasking` and `complaint`, and the events of the auditors' own acts. Called by the program only.
 */
import { auditorActive } from '#identity';
import type { EventKind, JournalRegistry } from '#journal';
import { redirect } from '#platform/http/reply.ts';
import { type Route, route } from '#platform/http/route.ts';
import type { Job } from '#platform/jobs/jobs.ts';

/** What the program hands to the pages: the registry reads entries of every domain. */
export type AuditParts = { registry: JournalRegistry };

export function auditRoutes(_parts: AuditParts): readonly Route[] {
  return [route('get', '/auditeur', auditorActive, async () => redirect('/auditeur/recherche'))];
}

export const auditEvents: readonly EventKind[] = [];

export const auditJobs: readonly Job[] = [];
