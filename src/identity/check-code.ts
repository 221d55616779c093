import type { AppContext } from '#platform/context.ts';
import type { Trx } from '#platform/db/database.ts';
import { countHit, forgetHits } from '#platform/db/hits.ts';
import { HttpError } from '#platform/http/errors.ts';
import { findFactor, takeStep } from './aidant.queries.ts';
import { CODE_ATTEMPTS } from './attempts.ts';
import type { AidantAtWork } from './guards.tsx';
import { openTotpSecret } from './second-factor.ts';
import { dateFactor } from './session.queries.ts';
import { matchingStep, NO_STEP } from './totp.rules.ts';

export type CodeVerdict = 'accepted' | 'refused';

/**
 * The aidant's signature inside a form: a code of six digits, accepted once. Accepted at once when the same code, in the
 * same form, has just reopened a session that had fallen asleep. Call it first in the transaction (it locks the aidant's
 * row) and let the transaction commit when it refuses: the attempt counts. Throws a 429 after ten refusals in 15 minutes.
 */
export async function checkCode(ctx: AppContext, trx: Trx, who: AidantAtWork, code: string): Promise<CodeVerdict> {
  if (who.codeAccepted) return 'accepted';
  const verdict = await acceptCode(ctx, trx, who.aidantId, code);
  if (verdict === 'accepted') await dateFactor(trx, who.sessionIdHash, ctx.clock.now());
  return verdict;
}

/** Takes a code of an active aidant, if it is right and new. Throws a 429 when too many were refused. */
export async function acceptCode(ctx: AppContext, trx: Trx, aidantId: string, code: string): Promise<CodeVerdict> {
  const { hits } = await countHit(ctx, trx, CODE_ATTEMPTS, aidantId);
  if (hits > CODE_ATTEMPTS.max) throw new HttpError(429, 'limite-code');
  const factor = await findFactor(trx, aidantId);
  if (!factor) return 'refused';
  const secret = openTotpSecret(ctx.keys, aidantId, factor.totpSecret);
  const step = matchingStep(secret, code, { now: ctx.clock.now(), last: factor.lastTotpStep });
  if (step === NO_STEP || !(await takeStep(trx, aidantId, step))) return 'refused';
  if (hits > 1) await forgetHits(ctx, trx, CODE_ATTEMPTS, aidantId);
  return 'accepted';
}
