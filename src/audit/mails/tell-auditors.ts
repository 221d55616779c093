import type { Trx } from '#platform/db/database.ts';
import { enqueue } from '#platform/jobs/jobs.ts';
import { type Asked, whoMayAnswer } from './auditor-mail.queries.ts';

export const AUDITOR_MAIL = 'send-auditor-mail';

/** What a mail is about; `id` is that of the request, the complaint or the case. */
export type Telling = 'identity-asked' | 'identity-answered' | 'complaint-given' | 'case-shared';

/** Queues a mail to one auditor, in the act's own transaction. */
export async function tellAuditor(trx: Trx, told: { about: Telling; id: string; auditorId: string }): Promise<void> {
  await enqueue(trx, AUDITOR_MAIL, told);
}

/** Queues a mail to every auditor who may answer a request. */
export async function tellWhoMayAnswer(trx: Trx, { id, ...request }: Asked & { id: string }): Promise<void> {
  for (const auditorId of await whoMayAnswer(trx, request))
    await tellAuditor(trx, { about: 'identity-asked', id, auditorId });
}
