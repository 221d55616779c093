import type { Trx } from '#platform/db/database.ts';
import { findCandidate, findFirstStructure, lockAidant } from './aidant.queries.ts';
import type { Actor, Entrance } from './entrance.ts';
import { aidantLoggedIn, aidantLoggedOut, aidantResumed } from './identity.events.ts';
import { FIRST_PAGE } from './return-to.rules.ts';

/** The door of the aidants: an active account, in an open structure. */
export const aidantEntrance: Entrance = {
  door: 'aidant',
  accounts: 'aidant',
  root: '',
  firstPage: FIRST_PAGE,
  findCandidate,
  placeFor: structureFor,
  journal: {
    loggedIn: (actor, { by, address }) =>
      aidantLoggedIn.event({
        actor: named(actor),
        result: 'ok',
        clear: { by },
        committed: { address },
        subject: { kind: 'aidant', id: actor.id },
      }),
    resumed: (actor) => aidantResumed.event({ actor: named(actor), result: 'ok', clear: {} }),
    loggedOut: (actor) => aidantLoggedOut.event({ actor: named(actor), result: 'ok', clear: {} }),
  },
};

function named({ id, organisationId }: Actor) {
  return { aidantId: id, organisationId: organisationId ?? undefined };
}

async function structureFor(trx: Trx, aidantId: string): Promise<{ organisationId: string } | undefined> {
  const aidant = await lockAidant(trx, aidantId);
  const organisationId = aidant?.active ? await findFirstStructure(trx, aidantId) : undefined;
  return organisationId === undefined ? undefined : { organisationId };
}
