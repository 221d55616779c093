/**
 * The auditor's space: what was done under mandates, found, understood and verified, identities masked. Every page is behind
 * `auditorActive` and every object is checked against the auditor's départements at each request (`scope.ts`). Owns the
 * tables `unmasking`, `complaint`, `audit_case…`, `audit_sample` and `alert…`, and the events of the auditors' own acts. Called by the program only.
 */
import { auditorActive } from '#identity';
import type { EventKind, JournalRegistry } from '#journal';
import { notFound } from '#platform/http/errors.ts';
import { redirect } from '#platform/http/reply.ts';
import { type Route, route } from '#platform/http/route.ts';
import type { Job } from '#platform/jobs/jobs.ts';
import { alertEvents } from './alerts/alerts.events.ts';
import { raiseAlerts } from './alerts/alerts.jobs.ts';
import { alertRoutes } from './alerts/alerts.routes.ts';
import { caseEvents } from './cases/case.events.ts';
import { caseRoutes } from './cases/case.routes.ts';
import { complaintKinds } from './complaint/complaint.events.ts';
import { entryEvents } from './entry/entry.events.ts';
import { entryRoutes } from './entry/entry.routes.ts';
import { sendAuditorMail } from './mails/auditor-mail.jobs.ts';
import { mandateFileEvents } from './mandate-file/mandate-file.events.ts';
import { mandateFileRoutes } from './mandate-file/mandate-file.routes.ts';
import { eraseAuditJob } from './retain/retain.jobs.ts';
import { sampleEvents } from './samples/sample.events.ts';
import { sampleRoutes } from './samples/sample.routes.ts';
import { searchEvents } from './search/search.events.ts';
import { SEARCH } from './search/search.paths.ts';
import { searchRoutes } from './search/search.routes.ts';
import { unmaskKinds } from './unmask/unmask.events.ts';
import { unmaskRoutes } from './unmask/unmask.routes.ts';

export { knownRules } from './alerts/known-rules.ts';
export { runAlertRules } from './alerts/run-rules.ts';
export { type Switched, switchRule } from './alerts/switch-rule.ts';
export { addComplaint, type ComplaintRefusal } from './complaint/add-complaint.ts';
export { assignComplaint } from './complaint/assign-complaint.ts';
export { listComplaints } from './complaint/complaint.queries.ts';
export { auditPowers } from './restore/audit-powers.ts';
export { eraseAuditAtTerm } from './retain/retain.jobs.ts';

export { journalFrame } from './status/journal-frame.ts';

/** What the program hands to the pages: the registry reads entries of every domain. */
export type AuditParts = { registry: JournalRegistry };

export function auditRoutes(parts: AuditParts): readonly Route[] {
  return [
    route('get', '/auditeur', auditorActive, async () => redirect(SEARCH)),
    ...searchRoutes(parts),
    ...entryRoutes(parts),
    ...mandateFileRoutes(parts),
    ...caseRoutes(parts),
    ...sampleRoutes(parts),
    ...alertRoutes(parts),
    ...unmaskRoutes,
    // last: an address that is none is answered in the auditors' own frame
    route('get', '/auditeur/*rest', auditorActive, async () => {
      throw notFound();
    }),
  ];
}

export const auditEvents: readonly EventKind[] = [
  ...searchEvents,
  ...entryEvents,
  ...mandateFileEvents,
  ...caseEvents,
  ...sampleEvents,
  ...unmaskKinds,
  ...complaintKinds,
  ...alertEvents,
];

export const auditJobs: readonly Job[] = [raiseAlerts, sendAuditorMail, eraseAuditJob];
