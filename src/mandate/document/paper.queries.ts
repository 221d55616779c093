import { sql } from 'kysely';
import type { Db, Trx } from '#platform/db/database.ts';
import { isUuid } from '#platform/ids/ids.ts';
import type { PaperAnswer } from './paper.rules.ts';

/** How many mandates of a structure still miss their paper. */
export async function countMissingPapers(db: Db, organisationId: string): Promise<number> {
  const { count } = await db
    .selectFrom('mandate')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('organisationId', '=', organisationId)
    .where('paper', '=', 'missing')
    .where('archivedAt', 'is', null)
    .executeTakeFirstOrThrow();
  return count;
}

export const PAPERS_PER_PAGE = 25;

export type MissingPaper = {
  mandateId: string;
  number: string;
  startsAt: Date;
  endsAt: Date;
  endedAt: Date | null;
  usagerId: string;
  snapshot: string;
};

/** Mandates of a structure whose paper is missing, newest first: one page, after the mandate `afterId` when it is one of them. */
export async function findMissingPapers(
  db: Db,
  { organisationId, afterId }: { organisationId: string; afterId: string | undefined },
): Promise<{ papers: MissingPaper[]; more: boolean }> {
  const rows = await db
    .selectFrom('mandate')
    .select(['id as mandateId', 'number', 'startsAt', 'endsAt', 'endedAt', 'usagerId', 'snapshot'])
    .where('organisationId', '=', organisationId)
    .where('paper', '=', 'missing')
    .where('archivedAt', 'is', null)
    .$if(afterId !== undefined && isUuid(afterId), (query) => query.where(afterMandate(organisationId, afterId ?? '')))
    .orderBy('startsAt', 'desc')
    .orderBy('id')
    .limit(PAPERS_PER_PAGE + 1)
    .execute();
  return { papers: rows.slice(0, PAPERS_PER_PAGE), more: rows.length > PAPERS_PER_PAGE };
}

function afterMandate(organisationId: string, id: string) {
  const edge = sql<Date>`(select starts_at from mandate where id = ${id} and organisation_id = ${organisationId})`;
  return sql<boolean>`mandate.starts_at <= ${edge} and (mandate.starts_at < ${edge} or mandate.id > ${id})`;
}

/** Writes what became of the paper, if nobody has yet. Returns whether it did. */
export async function updatePaper(trx: Trx, mandateId: string, answer: PaperAnswer, now: Date): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('mandate')
    .set({
      paper: answer.paper,
      paperReason: answer.paper === 'none' ? answer.reason : null,
      paperNote: answer.paper === 'none' ? answer.note : null,
      paperRecordedAt: now,
    })
    .where('id', '=', mandateId)
    .where('paper', '=', 'missing')
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}
