import { auditEvents, auditJobs, auditRoutes, journalFrame } from '#audit';
import { consentJobs } from '#consent';
import { createFranceconnect } from '#franceconnect';
import {
  type AuditorAtWork,
  aidantOrNobody,
  auditorActive,
  auditorLoginRoutes,
  identityEvents,
  identityJobs,
  identityRoutes,
} from '#identity';
import {
  checkJournalJob,
  type DomainsTold,
  type EventKind,
  ensurePartitions,
  eraseOldAccessesJob,
  journalEntriesRoutes,
  journalKinds,
  journalRegistry,
  journalRoutes,
} from '#journal';
import {
  closingKinds,
  draftKinds,
  leadsToFranceconnect,
  mandateEvents,
  mandateJobs,
  mandateRoutes,
  mandatesAfter,
  mandatesOfAliases,
  publicMandateRoutes,
} from '#mandate';
import {
  actingFrame,
  createProvider,
  leadsToPartner,
  oidcProviderJobs,
  providerEvents,
  providerPaths,
  providerRoutes,
} from '#oidc-provider';
import { organisationEvents } from '#organisation';
import type { AppContext } from '#platform/context.ts';
import type { Job } from '#platform/jobs/jobs.ts';
import { usagerEvents } from '#usager';
import type { Parts } from './app.ts';
import { verifierRoutes } from './site/verifier.page.ts';
import { controlRulesRoutes, siteRoutes } from './site.routes.tsx';

/** Every kind of event the journal may hold: old kinds stay here for as long as one entry of theirs does. */
export const events: readonly EventKind[] = [
  ...journalKinds,
  ...organisationEvents,
  ...identityEvents,
  ...usagerEvents,
  ...mandateEvents,
  ...providerEvents,
  ...auditEvents,
];

const ensureJournalPartitions: Job = {
  task: 'ensure-journal-partitions',
  cron: '17 3 * * *',
  run: (ctx) => ensurePartitions(ctx.db),
};

/** What `journal check` is told of the domains. */
export const domainsTold: DomainsTold = {
  closing: closingKinds,
  kinds: events,
  whose: { mandatesOf: mandatesOfAliases, ofDrafts: draftKinds },
  mandates: mandatesAfter,
};

export const jobs: readonly Job[] = [
  ...identityJobs,
  ...mandateJobs,
  ...oidcProviderJobs,
  ...auditJobs,
  ...consentJobs,
  ensureJournalPartitions,
  eraseOldAccessesJob,
  checkJournalJob(domainsTold),
];

/** Builds each domain's own client from the context and hands it on. */
export function wire(ctx: AppContext): Parts {
  const franceconnect = createFranceconnect(ctx);
  const provider = createProvider(ctx);
  // bundles hold the entries of every département: an auditor of some of them may not read them
  const readerOf = ({ departements, auditorId }: AuditorAtWork) => (departements === null ? auditorId : undefined);
  return {
    provider: { paths: providerPaths, handler: provider.handler },
    routes: [
      { door: 'auditeur', table: journalEntriesRoutes(auditorActive, { readerOf, login: '/auditeur' }) },
      { door: 'public', table: [...publicMandateRoutes(), ...journalRoutes(), ...verifierRoutes()] },
      {
        door: 'aidant',
        frame: { acting: actingFrame },
        table: [
          ...siteRoutes(aidantOrNobody),
          ...controlRulesRoutes(aidantOrNobody),
          ...identityRoutes({ leadsAway: (path) => leadsToFranceconnect(path) || leadsToPartner(path) }),
          ...mandateRoutes({ franceconnect }),
          ...providerRoutes(provider),
        ],
      },
      {
        door: 'auditeur',
        frame: { journal: ({ ctx }) => journalFrame(ctx) },
        table: [...auditorLoginRoutes(), ...auditRoutes({ registry: journalRegistry(events) })],
      },
    ],
  };
}
