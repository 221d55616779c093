import { randomBytes } from 'node:crypto';
import express from 'express';
import { exportJWK, generateKeyPair } from 'jose';
import Provider, { type Configuration } from 'oidc-provider';
import { providerStore } from '#app/demo/franceconnect/adapter.ts';
import { listen } from '#app/demo/web/listen.ts';

/** What the identity provider answers to the next person; change it between two connections. */
export interface MiniAnswers {
  claims: Record<string, unknown>;
  repScope: string[] | undefined;
  acr: string;
  refuses: boolean;
}

export const mandateIdentity = {
  given_name: 'Josette Marie',
  family_name: 'LEFÈVRE',
  birthdate: '1948-03-12',
  gender: 'female',
  birthplace: '62041',
  birthcountry: '99100',
  email: 'josette.lefevre@courriel.example',
};

export interface MiniIdentityProviderOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
  readonly postLogoutRedirectUri: string;
  readonly hmacAndJson?: boolean;
}

/** The smallest identity provider that FranceConnect can use: nobody is asked anything. Not Entremise's code. */
export async function startMiniIdentityProvider(options: MiniIdentityProviderOptions) {
  const answers: MiniAnswers = { claims: { ...mandateIdentity }, repScope: [], acr: 'eidas1', refuses: false };
  const requests: URL[] = [];
  const logouts: URL[] = [];
  const configuration = await configurationOf(options, answers);
  const port = await listen({ port: 0 }, (url) => {
    const provider = new Provider(url, configuration);
    const app = express();
    app.get('/authorize', (request, _response, next) => {
      requests.push(new URL(request.originalUrl, url));
      next();
    });
    app.get('/session/end', (request, _response, next) => {
      logouts.push(new URL(request.originalUrl, url));
      next();
    });
    app.get('/userinfo-of-somebody-else', (_request, response) => {
      response.json({ sub: 'somebody-else', ...answers.claims });
    });
    app.get('/interaction/:uid', async (request, response) => {
      const { params } = await provider.interactionDetails(request, response);
      if (answers.refuses) return provider.interactionFinished(request, response, { error: 'access_denied' });
      const accountId = `person-${randomBytes(4).toString('hex')}`;
      const grant = new provider.Grant({ accountId, clientId: String(params.client_id) });
      grant.addOIDCScope('openid profile email birth');
      grant.addOIDCClaims(['acr', 'auth_time', 'rep_scope']);
      const login = { accountId, acr: answers.acr, remember: false };
      return provider.interactionFinished(request, response, { login, consent: { grantId: await grant.save() } });
    });
    app.use(provider.callback());
    return app;
  });
  return { url: port.url, answers, requests, logouts, close: () => port.close() };
}

export type MiniIdentityProvider = Awaited<ReturnType<typeof startMiniIdentityProvider>>;

async function configurationOf(options: MiniIdentityProviderOptions, answers: MiniAnswers): Promise<Configuration> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const key = { ...(await exportJWK(privateKey)), use: 'sig', alg: 'ES256' };
  const jwks = { keys: [key] } as NonNullable<Configuration['jwks']>;
  return {
    adapter: providerStore(
      () => undefined,
      () => new Date(),
    ).factory,
    jwks,
    clients: [
      {
        client_id: options.clientId,
        client_secret: options.clientSecret,
        redirect_uris: [options.redirectUri],
        post_logout_redirect_uris: [options.postLogoutRedirectUri],
        response_types: ['code'],
        token_endpoint_auth_method: 'client_secret_post',
        id_token_signed_response_alg: options.hmacAndJson ? 'HS256' : 'ES256',
        ...(options.hmacAndJson ? {} : { userinfo_signed_response_alg: 'ES256' }),
      },
    ],
    enabledJWA: { idTokenSigningAlgValues: ['ES256', 'HS256'] },
    acrValues: ['eidas1', 'eidas2'],
    scopes: ['openid'],
    claims: {
      openid: ['sub'],
      profile: ['given_name', 'family_name', 'birthdate', 'gender', 'preferred_username'],
      birth: ['birthplace', 'birthcountry'],
      email: ['email'],
      rep_scope: null,
    },
    features: {
      devInteractions: { enabled: false },
      claimsParameter: { enabled: true },
      jwtUserinfo: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => {
          ctx.body = form;
        },
      },
    },
    routes: { authorization: '/authorize', token: '/token', userinfo: '/userinfo', end_session: '/session/end' },
    pkce: { required: () => false },
    cookies: {
      keys: ['k'],
      names: { interaction: 'mini_interaction', resume: 'mini_resume', session: 'mini_session' },
    },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    ttl: { Interaction: 600, Session: 600, Grant: 600, IdToken: 300, AccessToken: 60, AuthorizationCode: 30 },
    findAccount: (_ctx, accountId) => ({
      accountId,
      claims: () => ({
        sub: accountId,
        ...answers.claims,
        ...(answers.repScope ? { rep_scope: answers.repScope } : {}),
      }),
    }),
  };
}
