import type { AllClientMetadata } from 'oidc-provider';
import { z } from 'zod';

export const CLIENT_ID = /^[A-Za-z0-9._~-]{3,100}$/;

/** https, or http on this very machine; no fragment, no user, as it will be compared to the letter. */
function isPartnerAddress(text: string): boolean {
  const { protocol, hostname, username, password } = new URL(text);
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  return (protocol === 'https:' || local) && !username && !password && !text.includes('#');
}

const address = z
  .url({ protocol: /^https?$/ })
  .max(1000)
  .refine(isPartnerAddress, 'https (http on this machine only), no user, no fragment');

const encryption = z.strictObject({ alg: z.enum(['ECDH-ES', 'RSA-OAEP', 'RSA-OAEP-256']), enc: z.literal('A256GCM') });

/**
 * What a partner registers. `sector`: partners of one sector see the same subject for the same person. Signatures are ES256;
 * userinfo may be plain JSON (`userinfo: 'json'`); encryption needs the partner's keys, given here or at an https address.
 */
export const clientSchema = z
  .strictObject({
    clientId: z.string().regex(CLIENT_ID, '3 to 100 letters, digits, - . _ ~'),
    name: z.string().trim().min(1).max(100),
    sector: z.string().regex(/^[a-z0-9.-]{3,100}$/, 'a host name'),
    secret: z
      .string()
      .min(32, '32 characters at least')
      .max(256)
      .regex(/^[\x21-\x7e]+$/, 'printable ASCII'),
    redirectUris: z.array(address).min(1).max(20),
    postLogoutRedirectUris: z.array(address).max(20).default([]),
    userinfo: z.enum(['jwt', 'json']).default('jwt'),
    idTokenEncryption: encryption.optional(),
    userinfoEncryption: encryption.optional(),
    jwks: z
      .strictObject({
        keys: z
          .array(z.looseObject({ kty: z.string(), kid: z.string() }))
          .min(1)
          .max(20),
      })
      .optional(),
    jwksUri: z.url({ protocol: /^https$/ }).optional(),
  })
  .refine(({ jwks, jwksUri }) => !(jwks && jwksUri), { path: ['jwks'], error: 'keys or the address of keys, not both' })
  .refine(
    ({ jwks, jwksUri, ...client }) => jwks || jwksUri || !(client.idTokenEncryption || client.userinfoEncryption),
    { path: ['jwks'], error: 'encryption needs keys' },
  )
  .refine(({ jwks }) => !jwks?.keys.some((key) => 'd' in key || 'k' in key), {
    path: ['jwks'],
    error: 'public keys only',
  });

export type ClientInput = z.input<typeof clientSchema>;
export type Client = z.output<typeof clientSchema>;

/** The registration in the words of OpenID Connect Dynamic Registration, the secret apart: what is kept in clear. */
export function metadataOf(client: Client): AllClientMetadata {
  const { redirectUris, idTokenEncryption, userinfoEncryption } = client;
  const hosts = new Set(redirectUris.map((uri) => new URL(uri).host));
  return {
    client_id: client.clientId,
    client_name: client.name,
    redirect_uris: redirectUris,
    post_logout_redirect_uris: client.postLogoutRedirectUris,
    response_types: ['code'],
    grant_types: ['authorization_code'],
    token_endpoint_auth_method: 'client_secret_post',
    subject_type: 'pairwise',
    id_token_signed_response_alg: 'ES256',
    ...(client.userinfo === 'jwt' && { userinfo_signed_response_alg: 'ES256' }),
    ...(idTokenEncryption && {
      id_token_encrypted_response_alg: idTokenEncryption.alg,
      id_token_encrypted_response_enc: idTokenEncryption.enc,
    }),
    ...(userinfoEncryption && {
      userinfo_encrypted_response_alg: userinfoEncryption.alg,
      userinfo_encrypted_response_enc: userinfoEncryption.enc,
    }),
    ...(client.jwks && { jwks: client.jwks as NonNullable<AllClientMetadata['jwks']> }),
    ...(client.jwksUri && { jwks_uri: client.jwksUri }),
    // The sector is ours to say; the library only wants one when the hosts differ.
    ...(hosts.size > 1 && { sector_identifier_uri: `https://${client.sector}/` }),
  };
}
