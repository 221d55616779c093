import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { exportJWK, generateKeyPair } from 'jose';
import Provider, { type Configuration } from 'oidc-provider';
import type { Site, Visitor } from './flow-client.ts';

const CLIENT = {
  clientId: 'reference',
  secret: 'un-secret-de-plus-de-trente-deux-caracteres',
  redirectUri: 'https://fcp.example.fr/api/v2/oidc-callback',
};
const IDENTITY = {
  given_name: 'Martine Jeanne',
  family_name: 'Lefèvre',
  birthdate: '1950-04-12',
  gender: 'female',
  birthplace: '62041',
  birthcountry: '99100',
  email: 'martine@example.fr',
};
const DELEGATION = ['rep_scope', 'act', 'mandate'];

/** oidc-provider as its documentation shows it, with its own store in memory, and one POST that answers each request. */
export async function bareSite(clients: number): Promise<Site> {
  const app = express();
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(url, await configuration());
  app.post('/interaction/:uid', express.urlencoded({ extended: false }), async (request, response) => {
    const { params } = await provider.interactionDetails(request, response);
    const accountId = `use:${request.body.person}`;
    const grant = new provider.Grant({ accountId, clientId: String(params.client_id) });
    grant.addOIDCScope(String(params.scope));
    grant.addOIDCClaims(DELEGATION);
    const grantId = await grant.save();
    const login = { accountId, acr: 'eidas1', remember: false };
    await provider.interactionFinished(request, response, { login, consent: { grantId } });
  });
  app.use(provider.callback());
  const visitors = Array.from({ length: clients }, (): Visitor => ({ cookies: new Map(), csrfToken: '' }));
  return {
    url,
    client: CLIENT,
    visitor(index) {
      const visitor = visitors[index] as Visitor;
      visitor.cookies.clear(); // its own session, kept for another account, would ask for a logout first
      return visitor;
    },
    answer: (path, index) => ({ path, fields: { person: String(index) } }),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function configuration(): Promise<Configuration> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const key = { ...(await exportJWK(privateKey)), kid: 'reference', alg: 'ES256', use: 'sig' };
  return {
    jwks: { keys: [key] },
    clients: [
      {
        client_id: CLIENT.clientId,
        client_secret: CLIENT.secret,
        redirect_uris: [CLIENT.redirectUri],
        response_types: ['code'],
        grant_types: ['authorization_code'],
        token_endpoint_auth_method: 'client_secret_post',
        subject_type: 'pairwise',
        id_token_signed_response_alg: 'ES256',
        userinfo_signed_response_alg: 'ES256',
      },
    ],
    routes: {
      authorization: '/authorize',
      token: '/token',
      userinfo: '/userinfo',
      jwks: '/jwks',
      end_session: '/session/end',
    },
    ttl: { AuthorizationCode: 30, AccessToken: 60, IdToken: 300, Interaction: 1200, Session: 1200, Grant: 1200 },
    claims: {
      openid: ['sub'],
      profile: ['given_name', 'family_name', 'birthdate', 'gender'],
      birth: ['birthplace', 'birthcountry'],
      email: ['email'],
      rep_scope: null,
      act: null,
      mandate: null,
    },
    acrValues: ['eidas1'],
    subjectTypes: ['pairwise'],
    responseTypes: ['code'],
    features: {
      devInteractions: { enabled: false },
      claimsParameter: { enabled: true },
      jwtUserinfo: { enabled: true },
      pushedAuthorizationRequests: { enabled: false },
      dPoP: { enabled: false },
      resourceIndicators: { enabled: false },
    },
    pkce: { required: () => false },
    cookies: { keys: ['reference'] },
    pairwiseIdentifier: async (_ctx, accountId) => `pairwise-${accountId}`,
    findAccount: (_ctx, accountId) => ({
      accountId,
      claims: async () => ({
        sub: accountId,
        ...IDENTITY,
        rep_scope: ['Famille-Scolarité'],
        act: { sub: 'aidant', org: { siret: '00000000000000', name: 'Structure' } },
        mandate: { id: 'mandat' },
      }),
    }),
  };
}
