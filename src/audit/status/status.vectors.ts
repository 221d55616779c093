import { after, DAY, MINUTE, SECOND } from '#platform/time/clock.ts';
import { alarmsOf, type LogStatus, saidOnce } from './status.rules.ts';

// A log of which all is well, and what may change in it.

export const now = new Date('2026-11-22T09:00:00.000Z');
export const ago = (milliseconds: number) => after(now, -milliseconds);

export const well: LogStatus = {
  log: 'actes',
  size: 120n,
  published: { size: 120n, at: ago(12 * SECOND), cosignedAt: ago(12 * SECOND) },
  unsealed: { count: 0, oldest: null },
  beganAt: ago(30 * DAY),
  sealedSince: null,
  succeededAt: null,
  quarantined: 0,
  examined: 0,
  witnesses: [
    { name: 'un.test', cosignedAt: ago(12 * SECOND), isOnLast: true, problem: null, unseenSince: null },
    { name: 'deux.test', cosignedAt: ago(12 * SECOND), isOnLast: true, problem: null, unseenSince: null },
  ],
  sealing: [{ part: 'sequencer', problem: null, unseenSince: null }],
  sealingProblem: null,
  lastFullCheck: { at: ago(3 * 3600 * SECOND), size: 100n, problems: [] },
};
export const titles = (change: Partial<LogStatus>) =>
  saidOnce(alarmsOf({ ...well, ...change }, now)).map(({ title }) => title.replaceAll('\u00a0', ' '));

/** What was told of these parts, each by its first word; `unseenSince`: of all of them. The sequencer is told of. */
export const told = (problems: Record<string, string | null>, unseenSince: Date | null = null): Partial<LogStatus> => ({
  sealing: Object.entries({ sequencer: null, ...problems }).map(([part, problem]) => ({ part, problem, unseenSince })),
});
/** A witness that was on the last checkpoint, and what is told of it. */
export const witness = (problem: string | null, unseenSince: Date | null = null): LogStatus['witnesses'][number] => ({
  ...{ name: 'deux.test', cosignedAt: ago(12 * SECOND), isOnLast: true, problem, unseenSince },
});
/** Entries have waited for two minutes. */
export const late: Partial<LogStatus> = {
  published: { size: 117n, at: ago(2 * MINUTE), cosignedAt: ago(2 * MINUTE) },
  sealedSince: ago(2 * MINUTE),
};

export const inAll = (alarms: readonly { title: string; meaning: string }[]) =>
  alarms.map(({ title, meaning }) => `${title} ${meaning}`.replaceAll('\u00a0', ' ')).join('\n');
