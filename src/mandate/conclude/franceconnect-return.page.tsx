import type { Franceconnect, Redemption } from '#franceconnect';
import type { AidantAtWork } from '#identity';
import { randomToken } from '#platform/crypto/hashes.ts';
import { html, type Reply, redirect } from '#platform/http/reply.ts';
import type { Page, PageRequest } from '#platform/http/route.ts';
import { ReturnUnknown } from '#views/mandate/conclude/return-unknown.tsx';
import { startClosing } from './close-session.ts';
import { draftPath, RETURN_UNKNOWN } from './conclude.paths.ts';
import { browserOf } from './draft-page.ts';
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
    if (request.browser.lastingHash) request.browser.remember();
    const redemption = await franceconnect.redeem({ callbackParameters, state, nonce });
    return keep(franceconnect, request, taken, redemption);
  };
}

async function keep(
  franceconnect: Franceconnect,
  request: Returning,
  { draftId, number, attempt }: Taken,
  redemption: Redemption,
): Promise<Reply> {
  const { ctx, who } = request;
  const whose = { aidantId: who.aidantId, draftId, number };
  if (!redemption.ok) {
    await keepFailure(ctx, whose, redemption);
    // somebody may have identified before giving up; out of order, FranceConnect would keep the browser on a page of its own
    return redirect(draftPath(draftId, redemption.reason === 'unavailable' ? 'outcome' : 'closeSession'));
  }
  const { identity, evidence } = redemption;
  const kept = await keepIdentity(ctx, { ...whose, attempt, identity, evidence });
  if (kept !== 'gone') return redirect(draftPath(draftId, 'closeSession'));
  const closing = await startClosing(ctx, { draftId, browser: browserOf(request), idTokenHint: evidence.idToken });
  return closeAnyway(franceconnect, closing ?? { idTokenHint: evidence.idToken, state: randomToken() });
}

/** The draft ended during the identification: nothing of it is kept, but its session has to be closed all the same. */
async function closeAnyway(
  franceconnect: Franceconnect,
  closing: { idTokenHint: string | null; state: string },
): Promise<Reply> {
  const address = await franceconnect.endSessionUrl(closing);
  return redirect(address.ok ? address.url : RETURN_UNKNOWN);
}

/** Where everything lands that belongs to no preparation of this session. */
export const returnUnknownPage: Page<AidantAtWork> = async ({ frame }) => html(<ReturnUnknown frame={frame} />);
