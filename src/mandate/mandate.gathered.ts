import type { EventKind } from '#journal';
import type { Job } from '#platform/jobs/jobs.ts';
import {
  concludeEvents,
  consentDeclined,
  consentIdentified,
  consentRefused,
  consentSessionLeftOpen,
} from './conclude/conclude.events.ts';
import { sendMandateConcludedMail } from './conclude/concluded-mail.jobs.ts';
import { wipeDraftsJob } from './conclude/wipe-drafts.ts';
import { documentEvents } from './document/document.events.ts';
import { sendMandateEndedMail } from './follow/ended-mail.jobs.ts';
import { expireMandates } from './follow/expire.jobs.ts';
import { followEvents } from './follow/follow.events.ts';
import { authorisationEnded, mandateEnded } from './mandate.events.ts';
import { retentionJobs } from './retain/retention.jobs.ts';
import { useEvents } from './use/use.events.ts';

/** Every kind of entry that the life of a mandate writes. */
export const mandateEvents: readonly EventKind[] = [
  ...concludeEvents,
  ...followEvents,
  ...documentEvents,
  ...useEvents,
  mandateEnded,
  authorisationEnded,
];

export const mandateJobs: readonly Job[] = [
  wipeDraftsJob,
  sendMandateConcludedMail,
  expireMandates,
  sendMandateEndedMail,
  ...retentionJobs,
];

/** The kinds of entry that a draft writes, under its alias, before there is a mandate. */
export const draftKinds: readonly string[] = [
  consentIdentified,
  consentDeclined,
  consentRefused,
  consentSessionLeftOpen,
].map(({ kind }) => kind);

/** The kinds of entry that close a mandate: the last number is theirs. */
export const closingKinds: readonly string[] = [mandateEnded.kind];
