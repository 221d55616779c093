import { sql } from 'kysely';
import type { AppContext } from '../context.ts';
import type { Trx } from '../db/database.ts';

/** What the worker does for one task. The payload holds ids only; everything else is read again when the job runs. */
export type Job = { task: string; run(ctx: AppContext, payload: Record<string, string>): Promise<void>; cron?: string };

/** Puts a job in the queue, in the act's own transaction: it runs if and only if the act is kept. */
export async function enqueue(trx: Trx, task: string, payload: Record<string, string>): Promise<void> {
  await sql`select enqueue_job(${task}, ${JSON.stringify(payload)}::json)`.execute(trx);
}
