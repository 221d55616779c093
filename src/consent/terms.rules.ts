import { z } from 'zod';
import { canonicalJson } from '#platform/crypto/canonical-json.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import type { ConsentText } from './consent-text.schema.ts';

/** How the person agreed. One value is known: they identified themselves with FranceConnect on the aidant's device. */
export const CONSENT_CHANNEL = 'franceconnect-on-aidant-device';

const termsSchema = z.strictObject({
  v: z.literal(1),
  organisation: z.strictObject({ id: z.string(), name: z.string(), siret: z.string() }),
  themes: z.array(z.string()).min(1),
  duration: z.string(),
  channel: z.literal(CONSENT_CHANNEL),
  text: z.strictObject({ version: z.string(), sha256: z.string() }),
});

/** What the person agrees to, reduced to what can be compared byte by byte (decisions, « Federation »). */
export type Terms = z.infer<typeof termsSchema>;

/** The terms of a draft. Themes are sorted and names are in NFC: one agreement has one canonical form. */
export function termsOf(
  organisation: { id: string; name: string; siret: string },
  { themes, duration }: { themes: readonly string[]; duration: string },
  text: ConsentText,
): Terms {
  return {
    v: 1,
    organisation: { id: organisation.id, name: organisation.name.normalize('NFC'), siret: organisation.siret },
    themes: [...themes].sort(),
    duration,
    channel: CONSENT_CHANNEL,
    text: { version: text.version, sha256: sha256(canonicalJson(text)).toString('hex') },
  };
}

/** Reads back the canonical JSON that `canonicalJson(terms)` wrote. Throws when it is something else. */
export function readTerms(json: string): Terms {
  return termsSchema.parse(JSON.parse(json));
}

/**
 * The nonce of the person's FranceConnect request: base64url(SHA-256(UTF-8(JCS(terms)) ‖ salt)), 43 characters. FranceConnect
 * signs it back in the ID token, which binds who identified to which terms. The salt (32 random bytes) keeps the terms
 * from being guessed from the nonce.
 */
export function nonceOf(terms: Terms, salt: Buffer): string {
  if (salt.length !== 32) throw new TypeError('the salt has 32 bytes');
  return sha256(Buffer.concat([Buffer.from(canonicalJson(terms)), salt])).toString('base64url');
}
