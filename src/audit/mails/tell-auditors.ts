import type { Db, Trx } from '#platform/db/database.ts';
import { enqueue } from '#platform/jobs/jobs.ts';

export const AUDITOR_MAIL = 'send-auditor-mail';

/** What a mail is about; `id` is that of the request, the complaint or the case. */
export type Telling = 'identity-asked' | 'identity-answered' | 'complaint-given' | 'case-shared';

/** Queues a mail to one auditor, in the act's own transaction. */
export async function tellAuditor(trx: Trx, told: { about: Telling; id: string; auditorId: string }): Promise<void> {
  await enqueue(trx, AUDITOR_MAIL, told);
}

type Request = { askedBy: string; organisationId: string };

/** Every auditor who may answer a request: another than who asks, active, whose départements cover the structure. */
export async function whoMayAnswer(db: Db | Trx, { askedBy, organisationId }: Request): Promise<string[]> {
  const others = await db
    .selectFrom('auditor')
    .innerJoin('organisation', (join) => join.onTrue())
    .select('auditor.id')
    .where('organisation.id', '=', organisationId)
    .where('auditor.id', '<>', askedBy)
    .where('auditor.active', '=', true)
    .where(({ or, eb, fn }) =>
      or([eb('auditor.departements', 'is', null), eb('organisation.departement', '=', fn.any('auditor.departements'))]),
    )
    .orderBy('auditor.id')
    .execute();
  return others.map(({ id }) => id);
}

/** Queues a mail to each of them. */
export async function tellWhoMayAnswer(trx: Trx, { id, ...request }: Request & { id: string }): Promise<void> {
  for (const auditorId of await whoMayAnswer(trx, request))
    await tellAuditor(trx, { about: 'identity-asked', id, auditorId });
}
