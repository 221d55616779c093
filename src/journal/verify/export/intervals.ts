import { readDecimal } from '../bytes.ts';

/** Places in a log, as intervals [begin, end) in order. */
export type Intervals = readonly { begin: bigint; end: bigint }[];

/** « 0-255,300 »: first and last place of each interval, both included; empty for none. */
export function formatIntervals(intervals: Intervals): string {
  return intervals.map(({ begin, end }) => (end - begin === 1n ? `${begin}` : `${begin}-${end - 1n}`)).join(',');
}

/** Reads what `formatIntervals` writes; undefined for anything else. */
export function parseIntervals(text: string): Intervals | undefined {
  if (text === '') return [];
  const intervals = text.split(',').map((part) => {
    const [first, last = first, ...more] = part.split('-').map(readDecimal);
    return more.length > 0 || first === undefined || last === undefined ? undefined : { begin: first, end: last + 1n };
  });
  if (!intervals.every((one) => one !== undefined && one.end > one.begin)) return undefined;
  const known = intervals as { begin: bigint; end: bigint }[];
  return formatIntervals(known) === text ? known : undefined;
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
