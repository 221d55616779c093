import type { AppContext } from '#platform/context.ts';
import { uuidv7 } from '#platform/ids/ids.ts';
import type { Job } from '#platform/jobs/jobs.ts';
import { after, DAY, systemClock } from '#platform/time/clock.ts';
import { LOGS } from '../seal/index.ts';
import { checkJournal, type DomainsTold, nextToCheck } from './check-journal.ts';

/** How many entries a night hashes again: minutes. A journal of a hundred million is gone through in two months. */
const A_NIGHT = 1_638_400n;
/** What stands outside the tree is looked for among the entries of two months. */
const RECENT = 62 * DAY;

/** Checks each log every night, going on where the night before stopped; the guard-rails and the counters each time, whole. */
export function checkJournalJob(domains: DomainsTold): Job {
  return {
    task: 'check-journal',
    cron: '37 2 * * *',
    async run(ctx: AppContext) {
      const straysFrom = uuidv7(after(systemClock.now(), -RECENT)).slice(0, 13).concat('-0000-0000-000000000000');
      for (const log of LOGS) {
        const since = await nextToCheck(ctx, log);
        const { problems, inWords, first, end } = await checkJournal(ctx, {
          log,
          since,
          most: A_NIGHT,
          straysFrom,
          ...domains,
        });
        if (problems.length > 0) ctx.logger.error({ log, problems: inWords }, 'the journal is not what it should be');
        else ctx.logger.info({ log, first: Number(first), end: Number(end) }, 'the journal was checked');
      }
    },
  };
}
