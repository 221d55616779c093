import { treeStatus } from '#journal';
import type { AppContext } from '#platform/context.ts';
import type { JournalFrame } from '#platform/http/frame.ts';
import { findSince } from './status.queries.ts';
import { alarmsOf, factsOf, saidOnce } from './status.rules.ts';

const LOGS = [
  { log: 'actes', name: 'Journal des actes' },
  { log: 'acces', name: 'Journal des accès' },
] as const;

/** How both logs stand now, for the header of every auditor's page. Nothing is kept from one page to the next. */
export async function journalFrame(ctx: Pick<AppContext, 'readerDb' | 'config' | 'clock'>): Promise<JournalFrame> {
  const since = await findSince(ctx.readerDb);
  const statuses = await Promise.all(LOGS.map(({ log }) => treeStatus(ctx, log)));
  const now = ctx.clock.now();
  const known = statuses.map((status) => ({ ...status, ...since[status.log] }));
  return {
    alarms: saidOnce(known.flatMap((status) => alarmsOf(status, now))),
    logs: known.map((status, index) => ({ name: LOGS[index]?.name ?? status.log, facts: factsOf(status, now) })),
  };
}
