import * as client from 'openid-client';
import type { FranceconnectOptions, RelyingPartyOptions } from '#app/demo/franceconnect/options.ts';
import { demoPersonas } from '#app/demo/franceconnect/personas.ts';
import { type FranceconnectSimulator, startFranceconnectSimulator } from '#app/demo/franceconnect/start.ts';
import { testPort } from '#support/ports.ts';
import { CookieBrowser, type Visited } from './cookie-browser.ts';

export const pivotScopes = ['openid', 'identite_pivot', 'preferred_username', 'email', 'idp_id', 'idp_birthdate'];

/** A service at an address where nobody answers: journeys stop before it. */
export function service(clientId: string, more: Partial<RelyingPartyOptions> = {}): RelyingPartyOptions {
  return {
    clientId,
    clientSecret: `secret-of-${clientId}-`.padEnd(40, 'x'),
    entityId: `entity-of-${clientId}`,
    name: `Service ${clientId}`,
    redirectUris: [`http://${clientId}.example/retour`],
    postLogoutRedirectUris: [`http://${clientId}.example/fin`],
    scopes: [...pivotScopes, 'profile', 'birth', 'given_name'],
    repScope: [],
    ...more,
  };
}

/** The test's own clock: real time plus what was added. */
export interface Clock {
  now(): Date;
  advance(minutes: number): void;
}

export function movingClock(): Clock {
  let added = 0;
  return {
    now: () => new Date(Date.now() + added),
    advance: (minutes) => {
      added += minutes * 60_000;
    },
  };
}

export async function startSimulator(options: Partial<FranceconnectOptions> = {}): Promise<FranceconnectSimulator> {
  return startFranceconnectSimulator({
    port: await testPort(), // a fault closes it, and opens it again
    relyingParties: [],
    identityProviders: [],
    personas: demoPersonas,
    now: () => new Date(),
    ...options,
  });
}

export function newBrowser(): CookieBrowser {
  return new CookieBrowser((url) => url.hostname.endsWith('.example'));
}

export interface Login {
  readonly url: URL;
  readonly state: string;
  readonly nonce: string;
}

/** A relying party of the simulator made with openid-client 6, signatures verified. */
export async function relyingParty(simulator: FranceconnectSimulator, party: RelyingPartyOptions) {
  const config = await client.discovery(
    new URL(simulator.issuer),
    party.clientId,
    { id_token_signed_response_alg: 'ES256', userinfo_signed_response_alg: 'ES256' },
    client.ClientSecretPost(party.clientSecret),
    { execute: [client.enableNonRepudiationChecks, client.allowInsecureRequests] },
  );
  return {
    config,
    party,
    /** A valid request; `changes` replaces a parameter, or removes it (null). */
    authorize(changes: Record<string, string | null> = {}): Login {
      const state = client.randomState();
      const nonce = client.randomNonce();
      const url = client.buildAuthorizationUrl(config, {
        redirect_uri: party.redirectUris[0] ?? '',
        scope: pivotScopes.join(' '),
        acr_values: 'eidas1',
        state,
        nonce,
      });
      for (const [name, value] of Object.entries(changes)) {
        if (value === null) url.searchParams.delete(name);
        else url.searchParams.set(name, value);
      }
      return { url, state, nonce };
    },
    redeem(visited: Visited, login: Login) {
      if (!visited.stoppedAt) throw new Error(`the journey ended on ${visited.url} (${visited.status})`);
      return client.authorizationCodeGrant(config, visited.stoppedAt, {
        expectedState: login.state,
        expectedNonce: login.nonce,
        idTokenExpected: true,
      });
    },
    userinfo: (accessToken: string, sub: string) => client.fetchUserInfo(config, accessToken, sub),
    logoutUrl: (idToken: string, state: string) =>
      client.buildEndSessionUrl(config, {
        id_token_hint: idToken,
        post_logout_redirect_uri: party.postLogoutRedirectUris[0] ?? '',
        state,
      }),
  };
}

export type RelyingParty = Awaited<ReturnType<typeof relyingParty>>;
