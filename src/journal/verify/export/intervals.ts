import { readDecimal } from '../bytes.ts';

/** Places in a log, as intervals [begin, end) in order, none of which touches the next. */
export type Intervals = readonly { begin: bigint; end: bigint }[];

/** « 0-255,300 »: first and last place of each interval, both included; empty for none. */
export function formatIntervals(intervals: Intervals): string {
  return intervals.map(({ begin, end }) => (end - begin === 1n ? `${begin}` : `${begin}-${end - 1n}`)).join(',');
}

/** As many as the largest export has entries: twice what their places can make. */
export const MOST_INTERVALS = 500_000;
/** Two numbers of nineteen digits. */
const LONGEST_INTERVAL = 39;

/** Reads what `formatIntervals` writes; undefined for anything else, and for more than `most`. */
export function parseIntervals(text: string, most = MOST_INTERVALS): Intervals | undefined {
  const intervals: { begin: bigint; end: bigint }[] = [];
  // one after the other: split at once, a long text of commas is more than an array holds, and ends the program
  for (let at = 0; at < text.length; ) {
    const comma = text.indexOf(',', at);
    const end = comma < 0 ? text.length : comma;
    const one = end - at <= LONGEST_INTERVAL ? parseInterval(text.slice(at, end)) : undefined;
    if (!one || intervals.length === most || one.begin <= (intervals.at(-1)?.end ?? -1n)) return undefined;
    intervals.push(one);
    at = end + 1;
  }
  return formatIntervals(intervals) === text ? intervals : undefined;
}

function parseInterval(text: string): Intervals[number] | undefined {
  const [first, last = first, ...more] = text.split('-').map(readDecimal);
  if (first === undefined || last === undefined || last < first || more.length > 0) return undefined;
  return { begin: first, end: last + 1n };
}

/** Places in order, as intervals. */
export function intervalsOf(places: readonly bigint[]): Intervals {
  const intervals: { begin: bigint; end: bigint }[] = [];
  for (const place of places) {
    const last = intervals.at(-1);
    if (last?.end === place) last.end = place + 1n;
    else intervals.push({ begin: place, end: place + 1n });
  }
  return intervals;
}

/** Those of these places, given in order, that are in none of the intervals, given in any. */
export function outsideOf(intervals: Intervals, places: readonly bigint[]): bigint[] {
  const sorted = [...intervals].sort((one, other) => (one.begin < other.begin ? -1 : 1));
  let [next, covered] = [0, 0n];
  return places.filter((place) => {
    for (let one = sorted[next]; one && one.begin <= place; one = sorted[next]) {
      if (one.end > covered) covered = one.end;
      next += 1;
    }
    return place >= covered;
  });
}
