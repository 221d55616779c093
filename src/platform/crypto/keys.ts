import type { JWK } from 'jose';
import { z } from 'zod';

const secretKey = z.object({
  id: z.string().regex(/^[a-z0-9-]{1,32}$/, 'a key id is 1 to 32 lower-case letters, digits, hyphens'),
  secret: z
    .string()
    .transform((text) => Buffer.from(text, 'base64url'))
    .refine((key) => key.length === 32, 'a key has 32 bytes (base64url)'),
});
const privateJwk = z
  .object({ kid: z.string().min(1), kty: z.string(), crv: z.string(), x: z.string(), d: z.string(), alg: z.string() })
  .loose();
const ring = <Key extends z.ZodType>(key: Key) => z.tuple([key], key);

/**
 * The secrets of the service: one ring per purpose, the first key is the current one, the others still open and verify.
 * `data` AES-256-GCM at rest; `pseudonym` keyed hashes of FranceConnect's sub; `session` CSRF; `cookie` the provider's cookies;
 * `loginLink` links and short codes; `oidcSigning` ES256 ID tokens; `snapshot` ES256 seals of mandates; `journalNode` Ed25519 leaves.
 */
export const keyringSchema = z.object({
  data: ring(secretKey),
  pseudonym: ring(secretKey),
  session: ring(secretKey),
  cookie: ring(secretKey),
  loginLink: ring(secretKey),
  oidcSigning: ring(privateJwk),
  snapshot: ring(privateJwk),
  journalNode: ring(privateJwk),
});

export type Keyring = z.infer<typeof keyringSchema>;
export type SecretKey = z.infer<typeof secretKey>;
export type PrivateJwk = z.infer<typeof privateJwk> & JWK;

/** Reads the JSON of ENTREMISE_KEYS. Throws a ZodError or a SyntaxError; never prints a key. */
export function parseKeyring(json: string): Keyring {
  return keyringSchema.parse(JSON.parse(json));
}
