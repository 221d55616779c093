import type { AdapterPayload } from 'oidc-provider';
import type { IdentityProviderOptions, RelyingPartyOptions } from './options.ts';

/** The identity provider that the simulator brings itself: the personas. */
export const demoIdentityProvider = { uid: 'demo-idp', title: 'Compte de démonstration' } as const;

/** Who is declared at FranceConnect. Entries can be added, or replaced by id, while the simulator runs. */
export interface Registry {
  relyingParty(clientId: string): RelyingPartyOptions | undefined;
  addRelyingParty(options: RelyingPartyOptions): void;
  identityProvider(uid: string): IdentityProviderOptions | undefined;
  identityProviders(): IdentityProviderOptions[];
  addIdentityProvider(options: IdentityProviderOptions): void;
  /** Client metadata in the form that oidc-provider expects. */
  clientMetadata(clientId: string): AdapterPayload | undefined;
}

function demandLongSecret(id: string, secret: string): void {
  if (secret.length < 32)
    throw new TypeError(`the secret of ${id} has ${secret.length} characters, FranceConnect demands 32`);
}

export function registryOf(
  relyingParties: readonly RelyingPartyOptions[],
  identityProviders: readonly IdentityProviderOptions[],
): Registry {
  const parties = new Map<string, RelyingPartyOptions>();
  const providers = new Map<string, IdentityProviderOptions>();
  const registry: Registry = {
    relyingParty: (clientId) => parties.get(clientId),
    addRelyingParty(options) {
      demandLongSecret(options.clientId, options.clientSecret);
      parties.set(options.clientId, options);
    },
    identityProvider: (uid) => providers.get(uid),
    identityProviders: () => [...providers.values()],
    addIdentityProvider(options) {
      demandLongSecret(options.uid, options.clientSecret);
      if (!options.discoveryUrl && !options.endpoints) throw new TypeError(`${options.uid}: discoveryUrl or endpoints`);
      providers.set(options.uid, options);
    },
    clientMetadata(clientId) {
      const party = parties.get(clientId);
      return party && metadataOf(party);
    },
  };
  for (const options of relyingParties) registry.addRelyingParty(options);
  for (const options of identityProviders) registry.addIdentityProvider(options);
  return registry;
}

function metadataOf(party: RelyingPartyOptions): AdapterPayload {
  return {
    client_id: party.clientId,
    client_secret: party.clientSecret,
    client_name: party.name,
    redirect_uris: [...party.redirectUris],
    post_logout_redirect_uris: [...party.postLogoutRedirectUris],
    response_types: ['code'],
    grant_types: ['authorization_code'],
    token_endpoint_auth_method: 'client_secret_post',
    subject_type: 'pairwise',
    id_token_signed_response_alg: 'ES256',
    userinfo_signed_response_alg: 'ES256',
    scope: party.scopes.join(' '),
  };
}
