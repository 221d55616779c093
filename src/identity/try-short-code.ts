import type { AppContext } from '#platform/context.ts';
import type { Entrance } from './entrance.ts';
import { type FinishLogin, finishLogin } from './finish-login.ts';
import { countShortCodeTry } from './login.queries.ts';
import { isShortCodeOf, SHORT_CODE_TRIES } from './login-link.rules.ts';

type Outcome =
  | { ok: true; returnTo: string }
  | { ok: false; reason: 'wrong'; triesLeft: number }
  | { ok: false; reason: 'gone' };

/**
 * The eight digits of the mail, typed in the browser that waits. The try is counted, and kept, before the code is looked
 * at: twenty tries at once are five. `gone`: nothing waits in this browser any more, or all tries are spent.
 */
export async function tryShortCode(
  ctx: AppContext,
  entrance: Entrance,
  { typed, ...how }: Pick<FinishLogin, 'browser' | 'address'> & { typed: string },
): Promise<Outcome> {
  const counted = await countShortCodeTry(ctx.db, entrance.door, {
    browserHash: how.browser.idHash,
    now: ctx.clock.now(),
    max: SHORT_CODE_TRIES,
  });
  if (counted.length === 0) return { ok: false, reason: 'gone' };
  const match = counted.find(({ id }) => isShortCodeOf(ctx.keys, id, typed));
  if (!match) {
    const triesLeft = SHORT_CODE_TRIES - Math.min(...counted.map(({ shortCodeTries }) => shortCodeTries));
    return triesLeft > 0 ? { ok: false, reason: 'wrong', triesLeft } : { ok: false, reason: 'gone' };
  }
  const finished = await finishLogin(ctx, entrance, { ...how, loginId: match.id, by: 'short-code' });
  return finished.ok ? finished : { ok: false, reason: 'gone' };
}
