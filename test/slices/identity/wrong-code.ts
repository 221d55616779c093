import { after, SECOND } from '#platform/time/clock.ts';

/** Six digits that the site refuses from this phone at an instant: not those of its step, nor of the two around it. */
export function wrongCode({ codeAt }: { codeAt(instant: Date): string }, now: Date): string {
  const right = [-30, 0, 30].map((seconds) => codeAt(after(now, seconds * SECOND)));
  const wrong = ['000000', '000001', '000002', '000003'].find((code) => !right.includes(code));
  if (wrong === undefined) throw new Error('three codes cannot be four');
  return wrong;
}
