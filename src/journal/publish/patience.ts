import type { AppContext } from '#platform/context.ts';
import { SECOND } from '#platform/time/clock.ts';
import type { LogName } from '../event.ts';

/** When a part is asked again: not while it is being asked, and the longer it has failed the later. */
export type Patience = {
  /** Whether a round has passed since then. */
  isOver(since: Date): boolean;
  /** Asks the part, unless it is too early or it is being asked. Whether it was asked, and all was well. */
  asking(part: string, ask: () => Promise<boolean>): Promise<boolean>;
};

/** `took`: how long the last answer took, in milliseconds. */
type Tried = { isUnderWay: boolean; at: Date; took: number; failures: number };

/** A part that fails at once is asked again within this: so late is it seen to be back. */
const LONGEST = 5 * SECOND;
/** The others wait for one that is slow to fail: it is left alone so many times as long as it kept them waiting. */
const REST = 10;

const memories = new WeakMap<object, Map<string, Tried>>();

/** The patience that goes with these connections and this log. `every` in milliseconds; 0: none at all. */
export function patienceOf(
  { db, clock }: Pick<AppContext, 'db' | 'clock'>,
  log: LogName,
  { every }: { every: number },
): Patience {
  const memory = memories.get(db) ?? new Map<string, Tried>();
  memories.set(db, memory);
  const isPast = (since: Date, wait: number) => {
    const passed = clock.now().getTime() - since.getTime();
    return passed < 0 || passed >= wait; // a clock that was set back must not make us wait for ever
  };
  return {
    isOver: (since) => isPast(since, every),
    async asking(part, ask) {
      const key = `${log} ${part}`;
      const begun = clock.now();
      const tried = memory.get(key) ?? { isUnderWay: false, at: begun, took: 0, failures: 0 };
      const longest = Math.max(LONGEST, REST * tried.took);
      const wait = tried.failures === 0 ? 0 : Math.min(every * 2 ** (tried.failures - 1), longest);
      if (tried.isUnderWay || !isPast(tried.at, wait)) return false;
      memory.set(key, { ...tried, isUnderWay: true });
      let isWell = false;
      try {
        isWell = await ask();
      } finally {
        const at = clock.now();
        const took = at.getTime() - begun.getTime();
        memory.set(key, { isUnderWay: false, at, took, failures: isWell ? 0 : tried.failures + 1 });
      }
      return isWell;
    },
  };
}
