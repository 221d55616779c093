/** What became of one check. `not-checked`: what it needs is not there, or it does not decide. */
export type Status = 'pass' | 'fail' | 'not-checked';

/** The checks by their stable names, in the order in which they are told. */
export const CHECK_NAMES = [
  'archive',
  'sums',
  'manifest',
  'layout',
  'readme',
  'policy',
  'log-signature',
  'witnesses',
  'consistency',
  'entries',
  'root',
  'leaves',
  'node-signatures',
  'node-revocations',
  'counters',
  'disclosures',
  'erasures',
  'dates',
  'timestamps',
  'consent',
] as const;
export type CheckName = (typeof CHECK_NAMES)[number];

/** One check. `line` says, in French, what was found; `details` what exactly does not hold, or what to know. */
export type Check = { name: CheckName; status: Status; line: string; details: readonly string[] };

export const pass = (name: CheckName, line: string, details: readonly string[] = []): Check =>
  ({ name, status: 'pass', line, details }) as const;
export const notChecked = (name: CheckName, line: string, details: readonly string[] = []): Check =>
  ({ name, status: 'not-checked', line, details }) as const;

/** Faults are many when a file was swapped: a dozen tell as much as ten thousand. */
export function fail(name: CheckName, line: string, details: readonly string[] = []): Check {
  return { name, status: 'fail', line, details: shortened(details) };
}

const MOST_DETAILS = 12;

/** The first of many lines, and how many more there are. */
export const shortened = (lines: readonly string[]): readonly string[] => firstTold(lines, (line) => line);

/** The same, of what is told of the first alone: the others may be a million. */
export function firstTold<Item>(items: readonly Item[], tell: (item: Item) => string): readonly string[] {
  const more = items.length - MOST_DETAILS;
  const told = items.slice(0, MOST_DETAILS).map(tell);
  return more > 0 ? [...told, `… et ${more} de plus.`] : told;
}

/** « 1 entrée », « 2 entrées ». */
export const plural = (count: number, one: string, more = `${one}s`): string =>
  `${count}\u00a0${count > 1 ? more : one}`;

/** 0: every check passed; 10: something was not checked; 20: a check failed; 30: what was given cannot be read, and nothing was verified. */
export type ExitCode = 0 | 10 | 20 | 30;

export function exitCodeOf(checks: readonly Check[]): Exclude<ExitCode, 30> {
  const statuses = new Set(checks.map(({ status }) => status));
  if (statuses.has('fail')) return 20;
  return statuses.has('not-checked') ? 10 : 0;
}
