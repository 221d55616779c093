import { type Configuration, interactionPolicy, type JWK, type KoaContextWithOIDC } from 'oidc-provider';
import type { AppContext } from '#platform/context.ts';
import { MINUTE, SECOND } from '#platform/time/clock.ts';
import { accountFinder, pairwiseIdentifier } from './account.ts';
import { ACR } from './authorize-request.rules.ts';
import { GRANTED_CLAIMS } from './payload.rules.ts';
import { errorRenderer, loggedOutRenderer } from './provider-pages.tsx';
import { ANSWER_PATH, routes } from './provider-paths.ts';

/** Names of our own: cookies ignore ports, and other providers may run on this host. */
export const cookieNames = {
  interaction: 'entremise-op-interaction',
  resume: 'entremise-op-resume',
  session: 'entremise-op-session',
} as const;

/** Seconds. FranceConnect allows no clock difference and six seconds per call (federation.md §2.3, §2.4). */
const ttl = {
  AuthorizationCode: 30,
  AccessToken: 60,
  IdToken: 300,
  Interaction: (20 * MINUTE) / SECOND,
  Session: (20 * MINUTE) / SECOND,
  Grant: (20 * MINUTE) / SECOND,
};

const claims = {
  openid: ['sub'],
  profile: ['given_name', 'family_name', 'birthdate', 'gender', 'preferred_username'],
  birth: ['birthplace', 'birthcountry'],
  email: ['email'],
  acr: null,
  auth_time: null,
  rep_scope: null,
  act: null,
  mandate: null,
};

const signing = ['ES256'] as const;
const keyEncryption = ['ECDH-ES', 'RSA-OAEP', 'RSA-OAEP-256'] as const;

function features(ctx: AppContext): NonNullable<Configuration['features']> {
  return {
    devInteractions: { enabled: false },
    claimsParameter: { enabled: true },
    jwtUserinfo: { enabled: true },
    encryption: { enabled: true },
    revocation: { enabled: true, allowedPolicy: (_request, client, token) => token.clientId === client.clientId },
    rpInitiatedLogout: { enabled: true, postLogoutSuccessSource: loggedOutRenderer(ctx) },
    pushedAuthorizationRequests: { enabled: false },
    dPoP: { enabled: false },
    resourceIndicators: { enabled: false },
    backchannelLogout: { enabled: false },
    deviceFlow: { enabled: false },
    introspection: { enabled: false },
    requestObjects: { enabled: false },
  };
}

/**
 * The grant of an answered request. It has no row of its own (a use is the grant), so it is made again here, and from the
 * code or the token later.
 */
function grantOf({ oidc }: KoaContextWithOIDC) {
  const grantId = oidc.result?.consent?.grantId;
  if (!grantId || !oidc.account || !oidc.client) return undefined;
  const grant = new oidc.provider.Grant({ accountId: oidc.account.accountId, clientId: oidc.client.clientId });
  grant.jti = grantId;
  grant.addOIDCScope(String(oidc.params?.scope));
  grant.addOIDCClaims(GRANTED_CLAIMS);
  return grant;
}

/** Everything about the provider but its storage: the code flow and nothing else, for partners registered beforehand. */
export function providerConfiguration(ctx: AppContext): Configuration {
  const cookie = { signed: true, httpOnly: true, sameSite: 'lax' } as const;
  return {
    // All keys are published; the library signs with the first.
    jwks: { keys: ctx.keys.oidcSigning as unknown as JWK[] },
    routes,
    ttl,
    claims,
    scopes: ['openid'],
    features: features(ctx),
    acrValues: [ACR],
    responseTypes: ['code'],
    subjectTypes: ['pairwise'],
    clientAuthMethods: ['client_secret_post'],
    clientDefaults: { token_endpoint_auth_method: 'client_secret_post', id_token_signed_response_alg: 'ES256' },
    enabledJWA: {
      idTokenSigningAlgValues: signing,
      userinfoSigningAlgValues: signing,
      idTokenEncryptionAlgValues: keyEncryption,
      userinfoEncryptionAlgValues: keyEncryption,
      idTokenEncryptionEncValues: ['A256GCM'],
      userinfoEncryptionEncValues: ['A256GCM'],
    },
    allowOmittingSingleRegisteredRedirectUri: false,
    pkce: { required: () => false },
    clientBasedCORS: () => false,
    expiresWithSession: () => false,
    issueRefreshToken: () => false,
    sectorIdentifierUriValidate: () => false,
    cookies: {
      names: cookieNames,
      keys: ctx.keys.cookie.map(({ secret }) => secret.toString('base64url')),
      short: cookie,
      long: cookie,
    },
    interactions: {
      // The front filter asks for `login` each time: one prompt, met by choosing a person and a theme.
      policy: [
        new interactionPolicy.Prompt({ name: 'login', requestable: true }),
        new interactionPolicy.Prompt({ name: 'consent', requestable: true }),
      ],
      url: (_request, { uid }) => `${ANSWER_PATH}/${uid}`,
    },
    findAccount: accountFinder(ctx),
    loadExistingGrant: grantOf,
    pairwiseIdentifier,
    renderError: errorRenderer(ctx),
  };
}
