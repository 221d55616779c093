import type { TreeStatus } from '#journal';
import { type Cause, codeOf, isPassing, SILENT_PARTS, sealingCause, witnessCause } from './causes.rules.ts';

type Told = TreeStatus['sealing'][number];
type Shown<Of> = Of & { problem: string };
type Alarm = Cause & { unseenSince: Date | null };

/** Whatever is told of these keeps entries from being published. */
const DELAYING = new Set(['sequencer', 'horizon', 'mirror', 'signer', 'policy']);

/**
 * What is wrong with a log by what was told of its sealing: one outage is one alarm, under its cause. `explainsDelay`: one of
 * them is why entries wait.
 */
export function toldAlarms({ sealing, witnesses }: Pick<TreeStatus, 'sealing' | 'witnesses'>): {
  alarms: Alarm[];
  explainsDelay: boolean;
} {
  const silent = silentAlarm(sealing);
  const shown = sealing.filter(isShown);
  const failing = witnesses.filter(isShown);
  const isUnmet = shown.some((told) => isNow(told, 'policy', 'quorum-not-met'));
  const alarms = [
    ...(silent ? [silent] : []),
    ...shown
      .filter((told) => !isSaidBy(told, shown, failing.length > 0))
      .map((told) => ({ ...sealingCause(told), unseenSince: told.unseenSince })),
    ...failing.map((witness) => ({ ...witnessCause({ ...witness, isUnmet }), unseenSince: witness.unseenSince })),
  ];
  const explainsDelay = silent?.isDelay || shown.some(({ part, unseenSince }) => !unseenSince && DELAYING.has(part));
  return { alarms, explainsDelay };
}

/** What was told to be wrong, as long as it is seen; and whatever does not pass by itself, seen or not. */
export function isShown<Of extends Pick<Told, 'problem' | 'unseenSince'>>(told: Of): told is Shown<Of> {
  return told.problem !== null && (!told.unseenSince || !isPassing(told.problem));
}

function isNow({ problem, ...told }: Told, part: string, code: string): boolean {
  return problem !== null && !told.unseenSince && told.part === part && codeOf(problem) === code;
}

/** Of one outage, the part that says more speaks for the one that says less. */
function isSaidBy(told: Shown<Told>, shown: readonly Told[], isFailing: boolean): boolean {
  if (told.part === 'signer')
    return isPassing(told.problem) && shown.some((other) => isNow(other, 'sequencer', 'signer-away'));
  if (isNow(told, 'policy', 'quorum-not-met')) return isFailing;
  if (isNow(told, 'erasures', 'not-written')) return shown.some((other) => isNow(other, 'mirror', 'failed'));
  return false;
}

/**
 * The first part that should be told of all the time and is not. A log without a word of its sequencer was never sealed; the
 * other parts may have had no occasion yet, and nothing is copied while nothing is sealed.
 */
function silentAlarm(sealing: readonly Told[]): (Alarm & { isDelay: boolean }) | undefined {
  const of = (name: string) => sealing.find(({ part }) => part === name);
  const isRefused = Boolean(of('sequencer')?.problem);
  const silent = SILENT_PARTS.find(({ part }) => {
    if (part === 'sequencer') return of(part) === undefined || of(part)?.unseenSince;
    return of(part)?.unseenSince && !(part === 'mirror' && isRefused);
  });
  if (!silent) return undefined;
  const { part, ...cause } = silent;
  return { ...cause, unseenSince: of(part)?.unseenSince ?? null, isDelay: part !== 'erasures' };
}
