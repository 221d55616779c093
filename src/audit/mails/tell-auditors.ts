import type { Trx } from '#platform/db/database.ts';
import { enqueue } from '#platform/jobs/jobs.ts';

export const AUDITOR_MAIL = 'send-auditor-mail';

/** What a mail is about; `id` is that of the request, the complaint or the case. */
export type Telling = 'identity-asked' | 'identity-answered' | 'complaint-given' | 'case-shared';

/** Queues a mail to one auditor, in the act's own transaction. */
export async function tellAuditor(trx: Trx, told: { about: Telling; id: string; auditorId: string }): Promise<void> {
  await enqueue(trx, AUDITOR_MAIL, told);
}

/** Queues a mail to every auditor who may answer a request: another than who asks, whose départements cover the structure. */
export async function tellWhoMayAnswer(
  trx: Trx,
  { id, askedBy, organisationId }: { id: string; askedBy: string; organisationId: string },
): Promise<void> {
  const others = await trx
    .selectFrom('auditor')
    .innerJoin('organisation', (join) => join.onTrue())
    .select('auditor.id as auditorId')
    .where('organisation.id', '=', organisationId)
    .where('auditor.id', '<>', askedBy)
    .where('auditor.active', '=', true)
    .where(({ or, eb, fn }) =>
      or([eb('auditor.departements', 'is', null), eb('organisation.departement', '=', fn.any('auditor.departements'))]),
    )
    .orderBy('auditor.id')
    .execute();
  for (const { auditorId } of others) await tellAuditor(trx, { about: 'identity-asked', id, auditorId });
}
