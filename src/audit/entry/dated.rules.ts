import type { Entry } from '#journal';
import { MINUTE } from '#platform/time/clock.ts';

/** What an act says of its own date, for the kinds that have one beside the time of writing. */
const DATES: Readonly<Record<string, string>> = {
  'mandate.concluded': 'startsAt',
  'mandate.ended': 'endedAt',
  'authorisation.ended': 'endedAt',
};

const NEAR = 15 * MINUTE;

/** The instant of which an act is dated, when its entry was not written then; undefined for every other. */
export function datedOtherwise({ kind, clear, writtenAt }: Entry): Date | undefined {
  const said = clear[DATES[kind] ?? ''];
  const dated = typeof said === 'string' ? new Date(said) : undefined;
  if (!dated || Number.isNaN(dated.getTime())) return undefined;
  return Math.abs(writtenAt.getTime() - dated.getTime()) > NEAR ? dated : undefined;
}
