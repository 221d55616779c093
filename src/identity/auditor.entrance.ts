import type { Trx } from '#platform/db/database.ts';
import { lockAccount } from './account.queries.ts';
import { auditorLoggedIn, auditorLoggedOut, auditorResumed } from './auditor.events.ts';
import { findAuditorCandidate } from './auditor.queries.ts';
import type { Entrance } from './entrance.ts';

/** The door of the auditors: an active account, of no structure. */
export const auditorEntrance: Entrance = {
  door: 'auditeur',
  accounts: 'auditor',
  root: '/auditeur',
  firstPage: '/auditeur/recherche',
  findCandidate: findAuditorCandidate,
  placeFor: nowhere,
  journal: {
    loggedIn: ({ id: auditor }, { by, address }) =>
      auditorLoggedIn.event({
        actor: {},
        result: 'ok',
        clear: { auditor, by },
        committed: { address },
        subject: { kind: 'auditor', id: auditor },
      }),
    resumed: ({ id: auditor }) => auditorResumed.event({ actor: {}, result: 'ok', clear: { auditor } }),
    loggedOut: ({ id: auditor }) => auditorLoggedOut.event({ actor: {}, result: 'ok', clear: { auditor } }),
  },
};

async function nowhere(trx: Trx, auditorId: string): Promise<{ organisationId: null } | undefined> {
  const auditor = await lockAccount(trx, 'auditor', auditorId);
  return auditor?.active ? { organisationId: null } : undefined;
}
