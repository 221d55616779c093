import * as client from 'openid-client';
import type { PortalOptions } from './options.ts';

/** What a login under way has to remember. */
export interface Login {
  readonly state: string;
  readonly nonce: string;
}

export interface Connection {
  readonly idToken: string;
  /** Claims of the signed userinfo. */
  readonly claims: Readonly<Record<string, unknown>>;
}

export type Outcome =
  | { readonly ok: true; readonly connection: Connection }
  | { readonly ok: false; readonly status: number; readonly reason: 'refused' | 'invalid'; readonly detail: string };

const defaultScope = 'openid identite_pivot preferred_username email idp_id';

/**
 * FranceConnect for one site: discovery at each login (it may start after us), state, nonce, both signatures verified,
 * `acr` checked. No PKCE: FranceConnect refuses the parameter.
 */
export function franceconnectClient(options: PortalOptions, url: string) {
  const configuration = () =>
    client.discovery(
      new URL(options.franceconnectIssuer),
      options.clientId,
      { id_token_signed_response_alg: 'ES256', userinfo_signed_response_alg: 'ES256' },
      client.ClientSecretPost(options.clientSecret),
      { execute: [client.enableNonRepudiationChecks, client.allowInsecureRequests], timeout: 10 },
    );

  return {
    async begin(): Promise<Login & { readonly redirectTo: string }> {
      const login = { state: client.randomState(), nonce: client.randomNonce() };
      const redirectTo = client.buildAuthorizationUrl(await configuration(), {
        redirect_uri: `${url}/retour`,
        scope: options.scope ?? defaultScope,
        acr_values: 'eidas1',
        ...login,
      });
      return { ...login, redirectTo: redirectTo.href };
    },

    async finish(callback: URL, login: Login): Promise<Outcome> {
      try {
        return await identityOf(await configuration(), callback, login);
      } catch (error) {
        if (error instanceof client.AuthorizationResponseError && error.error === 'access_denied') {
          return { ok: false, status: 200, reason: 'refused', detail: '' };
        }
        return invalid(error instanceof Error ? error.message : String(error));
      }
    },

    async logoutUrl(idToken: string, state: string): Promise<string> {
      return client.buildEndSessionUrl(await configuration(), {
        id_token_hint: idToken,
        post_logout_redirect_uri: `${url}/`,
        state,
      }).href;
    },
  };
}

async function identityOf(config: client.Configuration, callback: URL, { state, nonce }: Login): Promise<Outcome> {
  const tokens = await client.authorizationCodeGrant(config, callback, {
    expectedState: state,
    expectedNonce: nonce,
    idTokenExpected: true,
  });
  const idToken = tokens.claims();
  if (idToken?.acr !== 'eidas1' || tokens.id_token === undefined) return invalid('acr');
  const claims = await client.fetchUserInfo(config, tokens.access_token, idToken.sub);
  return { ok: true, connection: { idToken: tokens.id_token, claims } };
}

function invalid(detail: string): Outcome {
  return { ok: false, status: 502, reason: 'invalid', detail };
}
