import { makeWorkerUtils } from 'graphile-worker';
import { openPool } from '#platform/db/pool.ts';

/** Takes the mails of the seeded acts out of the queue: they are months old, and nobody waits for them. */
export async function forgetQueuedMails(workerUrl: string): Promise<void> {
  const pgPool = openPool(workerUrl, () => undefined);
  try {
    const utils = await makeWorkerUtils({ pgPool });
    const ids = await utils.withPgClient(async (client) => {
      const { rows } = await client.query<{ id: string }>(
        "select id from graphile_worker.jobs where task_identifier like 'send-mandate-%'",
      );
      return rows.map(({ id }) => id);
    });
    await utils.completeJobs(ids);
    await utils.release();
  } finally {
    await pgPool.end();
  }
}
