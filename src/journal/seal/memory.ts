import type { AppContext } from '#platform/context.ts';
import type { LogName } from '../event.ts';
import type { Frontier } from './frontier.ts';
import type { Cursor } from './head.queries.ts';

/**
 * What a program keeps between two batches of a log: the frontier, so that a batch costs what it adds and nothing more, and
 * what it last said. The database decides: whatever differs from it is read again.
 */
export type Memory = {
  /** Of the last head that was read or written, with the root that it had. */
  tree?: { frontier: Frontier; root: Uint8Array; cursor: Cursor };
  /** How many entries are looked at at once: fewer after a failure, on a machine too busy to verify 5 000 in time. */
  batch?: number;
  /** Since when another session has kept the lock without adding anything to the head. */
  lockedOut?: { since: Date; size: bigint };
  said: Map<string, { problem: string | undefined; at: Date }>;
};

const memories = new WeakMap<object, Map<LogName, Memory>>();

/** The memory that goes with these connections: two databases never share one. */
export function memoryOf({ db }: Pick<AppContext, 'db'>, log: LogName): Memory {
  const byLog = memories.get(db) ?? new Map<LogName, Memory>();
  memories.set(db, byLog);
  const memory = byLog.get(log) ?? { said: new Map() };
  byLog.set(log, memory);
  return memory;
}
