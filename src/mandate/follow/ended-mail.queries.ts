import type { Db } from '#platform/db/database.ts';
import type { EndCause } from '../mandate.rules.ts';

export type EndToTell = {
  number: string;
  organisationId: string;
  /** Null when the whole mandate ended. */
  theme: string | null;
  endedAt: Date;
  endCause: EndCause;
  endChannel: string | null;
  email: string | null;
};

/** The end of a mandate, or of one of its themes, and where to tell the person; undefined when it did not end. */
export async function findEndToTell(
  db: Db,
  { mandateId, authorisationId }: { mandateId: string; authorisationId?: string | undefined },
): Promise<EndToTell | undefined> {
  const mandate = await db
    .selectFrom('mandate')
    .innerJoin('usager', 'usager.id', 'mandate.usagerId')
    .select(['number', 'organisationId', 'endedAt', 'endCause', 'endChannel', 'usager.email'])
    .where('mandate.id', '=', mandateId)
    .executeTakeFirst();
  if (!mandate) return undefined;
  if (!authorisationId) return told({ ...mandate, theme: null });
  const authorisation = await db
    .selectFrom('authorisation')
    .select(['theme', 'endedAt', 'endCause'])
    .where('id', '=', authorisationId)
    .where('mandateId', '=', mandateId)
    .executeTakeFirst();
  return authorisation && told({ ...mandate, ...authorisation, endChannel: null });
}

type Row = Omit<EndToTell, 'endedAt' | 'endCause'> & { endedAt: Date | null; endCause: string | null };

function told({ endedAt, endCause, ...row }: Row): EndToTell | undefined {
  return endedAt && endCause ? { ...row, endedAt, endCause: endCause as EndCause } : undefined;
}
