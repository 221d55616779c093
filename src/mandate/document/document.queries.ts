import type { Db, Trx } from '#platform/db/database.ts';
import { isUuid } from '#platform/ids/ids.ts';
import type { EndChannel } from '../mandate.events.ts';
import type { EndCause } from '../mandate.rules.ts';

const COLUMNS = [
  'mandate.id',
  'number',
  'usagerId',
  'startsAt',
  'endsAt',
  'suspendedAt',
  'endedAt',
  'endCause',
  'endChannel',
  'snapshot',
  'snapshotJws',
  'stopCodeSealed',
  'stopCodePrintedAt',
  'paper',
  'paperReason',
  'paperNote',
  'paperRecordedAt',
  'journalAlias',
] as const;

export type DocumentRow = {
  id: string;
  number: string;
  usagerId: string;
  startsAt: Date;
  endsAt: Date;
  suspendedAt: Date | null;
  endedAt: Date | null;
  endCause: EndCause | null;
  endChannel: EndChannel | null;
  snapshot: string;
  snapshotJws: string;
  stopCodeSealed: Buffer | null;
  stopCodePrintedAt: Date | null;
  paper: 'missing' | 'signed' | 'none';
  paperReason: string | null;
  paperNote: string | null;
  paperRecordedAt: Date | null;
  journalAlias: string;
};

/** The stored mandate behind a document, for its own structure only, until it is archived. */
export async function findDocument(
  db: Db,
  { mandateId, organisationId }: { mandateId: string; organisationId: string },
): Promise<DocumentRow | undefined> {
  if (!isUuid(mandateId)) return undefined;
  const row = await db
    .selectFrom('mandate')
    .select(COLUMNS)
    .where('mandate.id', '=', mandateId)
    .where('organisationId', '=', organisationId)
    .where('archivedAt', 'is', null)
    .executeTakeFirst();
  return row as DocumentRow | undefined;
}

export type CheckedRow = Pick<
  DocumentRow,
  'id' | 'number' | 'startsAt' | 'endsAt' | 'suspendedAt' | 'endedAt' | 'endCause' | 'snapshot' | 'snapshotJws'
> & { themes: number; openThemes: number };

/** What the public check reads of the mandate of a number. */
export async function findByNumber(db: Db, number: string): Promise<CheckedRow | undefined> {
  const row = await db
    .selectFrom('mandate')
    .innerJoin('authorisation', 'authorisation.mandateId', 'mandate.id')
    .select([
      'mandate.id',
      'number',
      'startsAt',
      'mandate.endsAt',
      'suspendedAt',
      'mandate.endedAt',
      'mandate.endCause',
      'snapshot',
      'snapshotJws',
    ])
    .select(({ fn }) => [
      fn.count<number>('authorisation.id').as('themes'),
      fn.count<number>('authorisation.id').filterWhere('authorisation.endedAt', 'is', null).as('openThemes'),
    ])
    .where('number', '=', number)
    .groupBy('mandate.id')
    .executeTakeFirst();
  return row as CheckedRow | undefined;
}

/** Writes the stop code of a locked mandate. Returns whether it replaces an earlier one. */
export async function keepStopCode(
  trx: Trx,
  mandateId: string,
  { sealed, now }: { sealed: Buffer; now: Date },
): Promise<boolean> {
  const before = await trx
    .selectFrom('mandate')
    .select('stopCodePrintedAt')
    .where('id', '=', mandateId)
    .executeTakeFirstOrThrow();
  await trx
    .updateTable('mandate')
    .set({ stopCodeSealed: sealed, stopCodePrintedAt: now })
    .where('id', '=', mandateId)
    .execute();
  return before.stopCodePrintedAt !== null;
}

/** The sealed stop code of the mandate of a number. */
export async function findStopCode(
  db: Db,
  number: string,
): Promise<{ id: string; stopCodeSealed: Buffer | null } | undefined> {
  return db.selectFrom('mandate').select(['id', 'stopCodeSealed']).where('number', '=', number).executeTakeFirst();
}
