import type { AppContext } from '#platform/context.ts';
import { after } from '#platform/time/clock.ts';
import type { LogName } from '../event.ts';

/** When a part is asked again: not while it is being asked, and the longer it has failed the later. */
export type Patience = {
  /** Whether a round has passed since then. */
  isOver(since: Date): boolean;
  /** Asks the part, unless it is too early or it is being asked. Whether it was asked, and all was well. */
  asking(part: string, ask: () => Promise<boolean>): Promise<boolean>;
};

type Tried = { isUnderWay: boolean; at: Date; failures: number };

const memories = new WeakMap<object, Map<string, Tried>>();

/** The patience that goes with these connections and this log. `every` and `longest` in milliseconds; 0: none at all. */
export function patienceOf(
  { db, clock }: Pick<AppContext, 'db' | 'clock'>,
  log: LogName,
  { every, longest }: { every: number; longest: number },
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
      const tried = memory.get(key) ?? { isUnderWay: false, at: after(clock.now(), -longest), failures: 0 };
      const wait = tried.failures === 0 ? 0 : Math.min(every * 2 ** (tried.failures - 1), longest);
      if (tried.isUnderWay || !isPast(tried.at, wait)) return false;
      memory.set(key, { ...tried, isUnderWay: true });
      let isWell = false;
      try {
        isWell = await ask();
      } finally {
        memory.set(key, { isUnderWay: false, at: clock.now(), failures: isWell ? 0 : tried.failures + 1 });
      }
      return isWell;
    },
  };
}
