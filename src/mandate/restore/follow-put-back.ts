import type { FailedAct } from '#journal';
import type { AppContext } from '#platform/context.ts';
import type { Trx } from '#platform/db/database.ts';
import { closeDraftsAgain } from './close-drafts-again.ts';
import { type EndedAgain, endAgain, type LostMandate } from './end-again.ts';
import { goOnCounting } from './go-on-counting.ts';

export type { LostMandate };

export type FollowedPutBack = {
  /** How many mandates go on counting after the acts that came back. */
  counting: number;
  ended: EndedAgain[];
  lost: LostMandate[];
  /** How many drafts were closed. */
  drafts: number;
  /** The acts that were put back and changed nothing: nobody of ours signed them, or they say what the tables do not take. */
  failed: FailedAct[];
};

/**
 * In the transaction of `journal reconcile`: mandates and drafts are again what the acts that were put back say of
 * them, so that nobody uses what a person had ended. What was concluded in these acts is lost, and told. One act that
 * cannot be followed stops no other: it is told. Done again, it changes nothing. Needs the owner's rights.
 */
export async function followPutBack(ctx: Pick<AppContext, 'keys'>, trx: Trx): Promise<FollowedPutBack> {
  const drafts = await closeDraftsAgain(trx); // drafts before mandates: the order in which a conclusion locks them
  const ends = await endAgain(ctx, trx);
  const numbers = await goOnCounting(trx);
  const failed = new Map([drafts, ends, numbers].flatMap((done) => done.failed.map((act) => [act.entryId, act])));
  return {
    ...{ drafts: drafts.closed, ended: ends.ended, lost: ends.lost, counting: numbers.counting },
    failed: [...failed.values()],
  };
}
