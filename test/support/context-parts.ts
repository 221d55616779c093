import { Writable } from 'node:stream';
import { registerNode } from '#journal';
import type { Keyring } from '#platform/crypto/keys.ts';
import { openDatabase } from '#platform/db/database.ts';
import { createLogger } from '#platform/log/logger.ts';
import { after } from '#platform/time/clock.ts';
import type { TestDatabase } from './database.ts';

export type MovableClock = { now(): Date; set(instant: Date): void; advance(milliseconds: number): void };

/** When most tests begin, in Paris at ten. Those that follow the clock of a phone or of a partner pass the real time. */
export const MONDAY_MORNING = new Date('2026-03-02T09:00:00.000Z');

/** A clock that stands still until it is moved. */
export function movableClock(start: Date): MovableClock {
  let instant = start;
  return {
    now: () => instant,
    set: (next) => {
      instant = next;
    },
    advance: (milliseconds) => {
      instant = after(instant, milliseconds);
    },
  };
}

/** A logger whose lines can be read back. */
export function readableLogger(level: Parameters<typeof createLogger>[0]) {
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  return { lines, logger: createLogger(level, sink) };
}

/** A pool tells of connections ended by the server; a test drops its database under them. */
export const ignoreClosing = () => undefined;

/** Lets these keys write in the journal of a test database. */
export async function registerTestNode(keys: Keyring, database: TestDatabase): Promise<void> {
  const owner = openDatabase(database.ownerUrl, { max: 1, onError: ignoreClosing });
  await registerNode({ keys }, owner);
  await owner.destroy();
}
