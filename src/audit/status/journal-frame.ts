import { type LogName, treeStatus } from '#journal';
import type { AppContext } from '#platform/context.ts';
import type { JournalFrame } from '#platform/http/frame.ts';
import { countExamined, findSince } from './status.queries.ts';
import { alarmsOf, factsOf, saidOnce } from './status.rules.ts';

const LOGS = [
  { log: 'actes', name: 'Journal des actes' },
  { log: 'acces', name: 'Journal des accès' },
] as const;

const NONE: Readonly<Record<LogName, number>> = { actes: 0, acces: 0 };

/** How both logs stand now, for the header of every auditor's page. Nothing is kept from one page to the next. */
export async function journalFrame(
  ctx: Pick<AppContext, 'db' | 'readerDb' | 'config' | 'clock'>,
): Promise<JournalFrame> {
  const [since, ...statuses] = await Promise.all([
    findSince(ctx.readerDb),
    ...LOGS.map(({ log }) => treeStatus(ctx, log)),
  ]);
  const examined = statuses.some(({ quarantined }) => quarantined > 0) ? await countExamined(ctx) : NONE;
  const now = ctx.clock.now();
  const known = statuses.map((status) => ({ ...status, ...since[status.log], examined: examined[status.log] }));
  return {
    alarms: saidOnce(known.flatMap((status) => alarmsOf(status, now))),
    logs: known.map((status, index) => ({ name: LOGS[index]?.name ?? status.log, facts: factsOf(status, now) })),
  };
}
