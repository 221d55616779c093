import { randomBytes } from 'node:crypto';
import Provider, { type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import type { ProviderStore } from './adapter.ts';
import { claimsForService, subjectForService } from './claims.ts';
import { prefix, type Simulation } from './context.ts';
import { renderLogout, renderLogoutSuccess } from './logout.ts';
import { providerErrorPage } from './pages.ts';
import { alterAnswers, explainErrors } from './provider-answers.ts';
import { claimsByScope } from './scopes.ts';

/** Cookie names of our own: cookies ignore ports, and Entremise's provider runs on the same host. */
export const sessionCookie = 'fcsim_session';
const cookieNames = { interaction: 'fcsim_interaction', resume: 'fcsim_resume', session: sessionCookie };

const routes = {
  authorization: '/authorize',
  token: '/token',
  userinfo: '/userinfo',
  jwks: '/jwks',
  end_session: '/session/end',
  revocation: '/token/revocation',
};

const features: Configuration['features'] = {
  devInteractions: { enabled: false },
  claimsParameter: { enabled: true },
  jwtUserinfo: { enabled: true },
  revocation: { enabled: true },
  pushedAuthorizationRequests: { enabled: false },
  dPoP: { enabled: false },
  resourceIndicators: { enabled: false },
};

export const cookieKeys = (): string[] => [randomBytes(32).toString('hex')];

/**
 * FranceConnect « low » as a provider, with the options that its own configuration has (federation.md §1.1, §2.8).
 * Built anew at each rotation of keys, over the same store and the same cookie keys.
 */
export function franceconnectProvider(simulation: Simulation, store: ProviderStore, keys: string[]): Provider {
  const provider = new Provider(`${simulation.url}${prefix}`, {
    adapter: store.factory,
    jwks: { keys: [...simulation.keys().all] as NonNullable<Configuration['jwks']>['keys'] },
    responseTypes: ['code'],
    subjectTypes: ['pairwise'],
    pairwiseIdentifier: (_ctx, accountId, client) => subjectForService(simulation, accountId, client.clientId),
    acrValues: ['eidas1'],
    extraParams: ['idp_hint'],
    scopes: ['openid'],
    claims: claimsByScope,
    clientAuthMethods: ['client_secret_post'],
    clientDefaults: { token_endpoint_auth_method: 'client_secret_post', id_token_signed_response_alg: 'ES256' },
    pkce: { required: () => false },
    features: {
      ...features,
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => renderLogout(simulation, ctx, form),
        postLogoutSuccessSource: renderLogoutSuccess,
      },
    },
    cookies: {
      keys,
      names: cookieNames,
      long: { sameSite: 'lax', signed: true, httpOnly: true, path: '/' },
      short: { sameSite: 'lax', signed: true, httpOnly: true, path: '/' },
    },
    ttl: { AuthorizationCode: 30, AccessToken: 60, IdToken: 60, Interaction: 600, Session: 1800, Grant: 1800 },
    routes,
    interactions: { url: (_ctx, interaction) => `${prefix}/interaction/${interaction.uid}` },
    renderError: (ctx, out) => {
      ctx.type = 'html';
      ctx.body = providerErrorPage(out.error, out.error_description ?? '');
    },
    findAccount: (ctx, accountId) => findAccount(simulation, ctx, accountId),
  });
  // The public address is the one configured, whatever name the request came by.
  provider.proxy = true;
  provider.use(explainErrors);
  provider.use(alterAnswers(simulation));
  provider.on('server_error', (_ctx, error) => simulation.log.warn({ error }, 'FranceConnect failed'));
  return provider;
}

function findAccount(simulation: Simulation, ctx: KoaContextWithOIDC, accountId: string) {
  const clientId = ctx.oidc.client?.clientId;
  if (!clientId || !simulation.sessions.account(accountId)) return undefined;
  return {
    accountId,
    // oidc-provider replaces `sub` by the pairwise identifier.
    claims: () => ({ sub: accountId, ...claimsForService(simulation, accountId) }),
  };
}
