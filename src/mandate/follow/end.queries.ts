import type { Db, Trx } from '#platform/db/database.ts';
import { isUuid } from '#platform/ids/ids.ts';
import type { EndChannel } from '../mandate.events.ts';
import type { EndCause } from '../mandate.rules.ts';

const COLUMNS = [
  'id',
  'number',
  'organisationId',
  'usagerId',
  'journalAlias',
  'startsAt',
  'endsAt',
  'suspendedAt',
  'endedAt',
  'endCause',
  'endKnownAt',
  'endChannel',
  'endedByAidantId',
] as const;

export type MandateToEnd = {
  id: string;
  number: string;
  organisationId: string;
  usagerId: string;
  journalAlias: string;
  startsAt: Date;
  endsAt: Date;
  suspendedAt: Date | null;
  endedAt: Date | null;
  endCause: EndCause | null;
  endKnownAt: Date | null;
  endChannel: EndChannel | null;
  endedByAidantId: string | null;
};

/** A mandate of this structure that is not archived, locked: what ends it and what uses it queue up on its row. */
export async function lockMandate(
  trx: Trx,
  { mandateId, organisationId }: { mandateId: string; organisationId: string },
): Promise<MandateToEnd | undefined> {
  if (!isUuid(mandateId)) return undefined;
  const row = await trx
    .selectFrom('mandate')
    .select(COLUMNS)
    .where('id', '=', mandateId)
    .where('organisationId', '=', organisationId)
    .where('archivedAt', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  return row as MandateToEnd | undefined;
}

/** The mandate of a printed number, locked, with its stop code as it is kept. */
export async function lockMandateOfNumber(
  trx: Trx,
  number: string,
): Promise<(MandateToEnd & { stopCodeSealed: Buffer | null }) | undefined> {
  const row = await trx
    .selectFrom('mandate')
    .select([...COLUMNS, 'stopCodeSealed'])
    .where('number', '=', number)
    .forUpdate()
    .executeTakeFirst();
  return row as (MandateToEnd & { stopCodeSealed: Buffer | null }) | undefined;
}

export type EndedAuthorisation = { id: string; theme: string };
export type EndFacts = { cause: EndCause; at: Date; knownAt: Date; channel: EndChannel; aidantId: string | null };

/** Ends what is still open of a locked mandate: one theme, or all. Returns what it ended. */
export async function endAuthorisations(
  trx: Trx,
  mandateId: string,
  { cause, at, aidantId }: EndFacts,
  theme?: string,
): Promise<EndedAuthorisation[]> {
  return trx
    .updateTable('authorisation')
    .set({ endedAt: at, endCause: cause, endedByAidantId: aidantId })
    .where('mandateId', '=', mandateId)
    .where('endedAt', 'is', null)
    .$if(theme !== undefined, (query) => query.where('theme', '=', theme ?? ''))
    .returning(['id', 'theme'])
    .execute();
}

/** Ends a locked mandate once nothing of it is open any more. Says whether it did: the one update that wins writes the journal. */
export async function endWhenNothingIsOpen(trx: Trx, mandateId: string, end: EndFacts): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('mandate')
    .set({
      endedAt: end.at,
      endCause: end.cause,
      endKnownAt: end.knownAt,
      endChannel: end.channel,
      endedByAidantId: end.aidantId,
    })
    .where('id', '=', mandateId)
    .where('endedAt', 'is', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('authorisation')
            .select('id')
            .whereRef('authorisation.mandateId', '=', 'mandate.id')
            .where('authorisation.endedAt', 'is', null),
        ),
      ),
    )
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

export type AuthorisationState = {
  id: string;
  theme: string;
  endsAt: Date;
  endedAt: Date | null;
  endCause: EndCause | null;
  endedBy: string | null;
};

export type MandateState = MandateToEnd & {
  snapshot: string;
  endedBy: string | null;
  authorisations: AuthorisationState[];
};

/** A mandate of this structure with its themes and who ended them, to show before or after an end. */
export async function findMandateState(
  db: Db,
  { mandateId, organisationId }: { mandateId: string; organisationId: string },
): Promise<MandateState | undefined> {
  if (!isUuid(mandateId)) return undefined;
  const mandate = await db
    .selectFrom('mandate')
    .leftJoin('aidant', 'aidant.id', 'mandate.endedByAidantId')
    .select(COLUMNS.map((column) => `mandate.${column}` as const))
    .select(['mandate.snapshot', 'aidant.firstName', 'aidant.lastName'])
    .where('mandate.id', '=', mandateId)
    .where('mandate.organisationId', '=', organisationId)
    .executeTakeFirst();
  if (!mandate) return undefined;
  const authorisations = await db
    .selectFrom('authorisation')
    .leftJoin('aidant', 'aidant.id', 'authorisation.endedByAidantId')
    .select(['authorisation.id', 'theme', 'endsAt', 'endedAt', 'endCause', 'firstName', 'lastName'])
    .where('mandateId', '=', mandateId)
    .execute();
  const { firstName, lastName, ...rest } = mandate;
  return {
    ...(rest as MandateToEnd & { snapshot: string }),
    endedBy: nameOf({ firstName, lastName }),
    authorisations: authorisations.map(({ firstName, lastName, endCause, ...authorisation }) => ({
      ...authorisation,
      endCause: endCause as EndCause | null,
      endedBy: nameOf({ firstName, lastName }),
    })),
  };
}

function nameOf({ firstName, lastName }: { firstName: string | null; lastName: string | null }): string | null {
  return firstName && lastName ? `${firstName} ${lastName}` : null;
}
