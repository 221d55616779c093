import type { AppContext } from '#platform/context.ts';
import { readCallback } from './callback.rules.ts';
import { createDiscover, type Discover } from './discover.ts';
import { type Relation, readUserinfo, redeemCode, type Tokens } from './exchange.ts';
import { faultOf, refusalOf } from './failure.rules.ts';
import type { Refused } from './franceconnect.errors.ts';
import type { Address, Franceconnect, Redemption } from './franceconnect.types.ts';
import { readIdentity } from './identity.rules.ts';
import { prove } from './proof.rules.ts';
import { createSigningKeys, type SigningKeys } from './signing-keys.ts';

const ACR = 'eidas1';
const SCOPE = 'openid identite_pivot preferred_username email idp_id idp_birthdate';
/** Seconds given to each request; FranceConnect itself gives 6 to those it calls (federation.md §2.3). */
const TIMEOUT = 8;

type Answer = Parameters<Franceconnect['redeem']>[0];
type Link = Pick<AppContext, 'config' | 'clock' | 'logger'> & {
  discover: Discover;
  keys: SigningKeys;
  timeout: number;
};

/** The relying party of this process. Asks nothing of the network until it is used. */
export function createFranceconnect(
  ctx: Pick<AppContext, 'config' | 'clock' | 'logger'>,
  { timeout = TIMEOUT }: { timeout?: number } = {},
): Franceconnect {
  const discover = createDiscover(ctx.config.franceconnect, { clock: ctx.clock, timeout });
  const link: Link = { ...ctx, discover, keys: createSigningKeys(ctx.clock), timeout };
  const publicUrl = ctx.config.publicUrl;
  return {
    // No PKCE, no prompt: FranceConnect refuses the one (Y030007) and replaces the other (federation.md §1.2).
    authorizationUrl: ({ state, nonce }) =>
      address(link, 'authorization_endpoint', {
        client_id: ctx.config.franceconnect.clientId,
        response_type: 'code',
        redirect_uri: `${publicUrl}/franceconnect/retour`,
        scope: SCOPE,
        acr_values: ACR,
        state,
        nonce,
      }),
    redeem: (answer) => redeem(link, answer),
    endSessionUrl: ({ idTokenHint, state }) =>
      address(link, 'end_session_endpoint', {
        ...(idTokenHint === null ? { client_id: ctx.config.franceconnect.clientId } : { id_token_hint: idTokenHint }),
        state,
        post_logout_redirect_uri: `${publicUrl}/franceconnect/fin`,
      }),
  };
}

async function address(
  link: Link,
  endpoint: 'authorization_endpoint' | 'end_session_endpoint',
  parameters: Record<string, string>,
): Promise<Address> {
  try {
    const url = new URL((await link.discover())[endpoint]);
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return { ok: true, url: url.href };
  } catch (error) {
    const { reason } = refusalOf(error);
    link.logger.warn({ reason, fault: faultOf(error), step: endpoint }, 'FranceConnect cannot be reached');
    return { ok: false, reason: reason === 'unavailable' ? reason : 'invalid-answer' };
  }
}

async function redeem(link: Link, { callbackParameters, state, nonce }: Answer): Promise<Redemption> {
  const { issuer } = link.config.franceconnect;
  const callback = readCallback(callbackParameters, { state, issuer });
  if (!callback.ok) {
    const { fault, ...refused } = callback;
    link.logger.info({ ...inLog(refused), fault }, 'FranceConnect gave no code');
    return refused;
  }
  const callbackUrl = new URL(`${link.config.publicUrl}/franceconnect/retour?${callbackParameters}`);
  const redeemed = await accepted(link, async () => {
    const relation = await relationOf(link);
    return { ok: true as const, relation, tokens: await redeemCode(relation, { callbackUrl, state, nonce }) };
  });
  if (!redeemed.ok) return redeemed;
  const redemption = await accepted(link, () => identify(link, { ...redeemed, nonce }));
  return redemption.ok ? redemption : { ...redemption, idTokenHint: redeemed.tokens.idToken };
}

/** The outcome of one step; what FranceConnect did wrong is an outcome too, and is logged. */
async function accepted<Done extends { ok: true }>(
  link: Link,
  step: () => Promise<Done | Refused>,
): Promise<Done | Refused> {
  try {
    const outcome = await step();
    if (!outcome.ok) link.logger.info(inLog(outcome), 'FranceConnect identified somebody who is not accepted');
    return outcome;
  } catch (error) {
    const refused = refusalOf(error);
    link.logger.warn({ ...inLog(refused), fault: faultOf(error) }, 'an answer of FranceConnect was refused');
    return refused;
  }
}

async function relationOf({ config, discover, keys, clock, timeout }: Link): Promise<Relation> {
  return { config: config.franceconnect, addresses: await discover(), keys, clock, timeout };
}

async function identify(
  link: Link,
  { relation, tokens, nonce }: { relation: Relation; tokens: Tokens; nonce: string },
): Promise<Redemption> {
  const { issuer, clientId, ownIdpId } = link.config.franceconnect;
  const raw = { idToken: tokens.idToken, ...(await readUserinfo(relation, tokens)) };
  const now = link.clock.now();
  const { idToken, userinfo } = await prove(
    { ...raw, accessToken: tokens.accessToken },
    { issuer, clientId, nonce, now },
  );
  if (idToken.acr !== ACR) return { ok: false, reason: 'acr-too-low' };
  if (!userinfo.idp_id) return { ok: false, reason: 'idp-missing' };
  if (userinfo.idp_id.toLowerCase() === ownIdpId.toLowerCase()) return { ok: false, reason: 'own-idp' };
  const read = readIdentity(userinfo);
  if (!read.ok) return { ok: false, reason: 'incomplete-identity', fields: read.fields };
  const evidence = { ...raw, idpId: userinfo.idp_id, acr: idToken.acr, receivedAt: now.toISOString() };
  return { ok: true, identity: read.identity, evidence };
}

/** What support needs, and FranceConnect's support asks for (federation.md §1.7). */
function inLog({ reason, fields, reference }: Refused) {
  return {
    reason,
    ...(fields && { fields }),
    ...(reference && { incident: [reference.code, reference.id].join(' ') }),
  };
}
