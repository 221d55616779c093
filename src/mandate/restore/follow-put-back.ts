import type { Trx } from '#platform/db/database.ts';
import { closeDraftsAgain } from './close-drafts-again.ts';
import { type EndedAgain, endAgain, type LostMandate } from './end-again.ts';
import { goOnCounting } from './go-on-counting.ts';

export type FollowedPutBack = {
  /** How many mandates go on counting after the acts that came back. */
  counting: number;
  ended: EndedAgain[];
  lost: LostMandate[];
  /** How many drafts were closed. */
  drafts: number;
};

/**
 * In the transaction of `journal reconcile`: mandates and drafts are again what the acts that were put back say of
 * them, so that nobody uses what a person had ended. What was concluded in these acts is lost, and told. Done again, it
 * changes nothing. Needs the owner's rights.
 */
export async function followPutBack(trx: Trx): Promise<FollowedPutBack> {
  const drafts = await closeDraftsAgain(trx); // drafts before mandates: the order in which a conclusion locks them
  const { ended, lost } = await endAgain(trx);
  return { drafts, ended, lost, counting: await goOnCounting(trx) };
}
