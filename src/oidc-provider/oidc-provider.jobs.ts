import type { Db } from '#platform/db/database.ts';
import type { Job } from '#platform/jobs/jobs.ts';
import { after, MINUTE } from '#platform/time/clock.ts';

/** A request that is gone still knows the way back to its partner, for an aidant who was called away. */
const REQUESTS_KEPT_FOR = 60 * MINUTE;
const TOKENS_KEPT_FOR = MINUTE;

/** Forgets requests, codes and tokens that have expired. Uses stay: they are the trace. */
export const sweepProviderPayloads: Job = {
  task: 'sweep-provider-payloads',
  cron: '*/10 * * * *',
  async run({ db, clock }) {
    const now = clock.now();
    await sweep(db, ['AuthorizationCode', 'AccessToken'], after(now, -TOKENS_KEPT_FOR));
    await sweep(db, ['Interaction'], after(now, -REQUESTS_KEPT_FOR));
  },
};

async function sweep(db: Db, models: readonly string[], before: Date): Promise<void> {
  await db.deleteFrom('oidcPayload').where('model', 'in', models).where('expiresAt', '<', before).execute();
}

export const oidcProviderJobs: readonly Job[] = [sweepProviderPayloads];
