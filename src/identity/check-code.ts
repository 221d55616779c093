import type { AppContext } from '#platform/context.ts';
import type { Trx } from '#platform/db/database.ts';
import { countHit, forgetHits } from '#platform/db/hits.ts';
import { HttpError } from '#platform/http/errors.ts';
import { findFactor, takeStep } from './account.queries.ts';
import { CODE_ATTEMPTS } from './attempts.ts';
import { type FactorOf, openTotpSecret } from './second-factor.ts';
import { dateFactor } from './session.queries.ts';
import { matchingStep, NO_STEP } from './totp.rules.ts';

export type CodeVerdict = 'accepted' | 'refused';

/** Who signs with a code: an aidant or an auditor, in their session. */
export type Signer = { sessionIdHash: Buffer; codeAccepted: boolean } & ({ aidantId: string } | { auditorId: string });

/**
 * The signature of an aidant or of an auditor inside a form: a code of six digits, accepted once. Accepted at once when the
 * same code, in the same form, has just reopened a session that had fallen asleep. Call it first in the transaction (it locks
 * the row of the account) and let the transaction commit when it refuses: the attempt counts. Throws a 429 after ten refusals
 * in 15 minutes.
 */
export async function checkCode(ctx: AppContext, trx: Trx, who: Signer, code: string): Promise<CodeVerdict> {
  if (who.codeAccepted) return 'accepted';
  const verdict = await acceptCode(ctx, trx, accountOf(who), code);
  if (verdict === 'accepted') await dateFactor(trx, who.sessionIdHash, ctx.clock.now());
  return verdict;
}

function accountOf(who: Signer): FactorOf {
  return 'auditorId' in who ? { accounts: 'auditor', id: who.auditorId } : { accounts: 'aidant', id: who.aidantId };
}

/** Takes a code of an active account, if it is right and new. Throws a 429 when too many were refused. */
export async function acceptCode(ctx: AppContext, trx: Trx, whose: FactorOf, code: string): Promise<CodeVerdict> {
  const { accounts, id } = whose;
  const { hits } = await countHit(ctx, trx, CODE_ATTEMPTS, id);
  if (hits > CODE_ATTEMPTS.max) throw new HttpError(429, 'limite-code');
  const factor = await findFactor(trx, accounts, id);
  if (!factor) return 'refused';
  const secret = openTotpSecret(ctx.keys, whose, factor.totpSecret);
  const step = matchingStep(secret, code, { now: ctx.clock.now(), last: factor.lastTotpStep });
  if (step === NO_STEP || !(await takeStep(trx, accounts, id, step))) return 'refused';
  if (hits > 1) await forgetHits(ctx, trx, CODE_ATTEMPTS, id);
  return 'accepted';
}
