import type { Franceconnect, Redemption } from '#franceconnect';
import type { AidantAtWork } from '#identity';
import { randomToken } from '#platform/crypto/hashes.ts';
import { html, type Reply, redirect } from '#platform/http/reply.ts';
import type { Page, PageRequest } from '#platform/http/route.ts';
import { ReturnUnknown } from '#views/mandate/conclude/return-unknown.tsx';
import { draftPath, RETURN_UNKNOWN } from './conclude.paths.ts';
import { keepFailure } from './keep-failure.ts';
import { keepIdentity } from './keep-identity.ts';
import { type TakenAttempt, takeAttempt } from './take-attempt.ts';

type Taken = Extract<TakenAttempt, { outcome: 'taken' }>;
type Returning = PageRequest<AidantAtWork>;

/**
 * The browser comes back from FranceConnect. The state is taken first, then the answer is redeemed, whether or not the aidant
 * fell asleep meanwhile; every outcome is a redirect, which takes code and state out of the address.
 */
export function franceconnectReturnPage(franceconnect: Franceconnect): Page<AidantAtWork> {
  return async (request) => {
    const { ctx, who } = request;
    const callbackParameters = new URL(request.url, ctx.config.publicUrl).searchParams;
    const [state, ...others] = callbackParameters.getAll('state');
    if (!state || others.length > 0) return redirect(RETURN_UNKNOWN);
    const taken = await takeAttempt(ctx, { aidantId: who.aidantId, sessionIdHash: who.sessionIdHash, state });
    if (taken.outcome === 'unknown') return redirect(RETURN_UNKNOWN);
    if (taken.outcome === 'over') return redirect(draftPath(taken.draftId, 'outcome'));
    const { nonce } = taken.attempt;
    const redemption = await franceconnect.redeem({ callbackParameters, state, nonce });
    return keep(franceconnect, request, taken, redemption);
  };
}

async function keep(
  franceconnect: Franceconnect,
  { ctx, who }: Returning,
  { draftId, number, attempt }: Taken,
  redemption: Redemption,
): Promise<Reply> {
  const whose = { aidantId: who.aidantId, draftId, number };
  if (!redemption.ok) {
    await keepFailure(ctx, whose, redemption);
    return redirect(draftPath(draftId, redemption.idTokenHint ? 'closeSession' : 'outcome'));
  }
  const { identity, evidence } = redemption;
  const kept = await keepIdentity(ctx, { ...whose, salt: attempt.salt, identity, evidence });
  return kept === 'gone' ? closeAnyway(franceconnect, evidence.idToken) : redirect(draftPath(draftId, 'closeSession'));
}

/** The draft ended during the identification: nothing of it is kept, but its session has to be closed all the same. */
async function closeAnyway(franceconnect: Franceconnect, idTokenHint: string): Promise<Reply> {
  const address = await franceconnect.endSessionUrl({ idTokenHint, state: randomToken() });
  return redirect(address.ok ? address.url : RETURN_UNKNOWN);
}

/** Where everything lands that belongs to no preparation of this session. */
export const returnUnknownPage: Page<AidantAtWork> = async ({ frame }) => html(<ReturnUnknown frame={frame} />);
