import { randomBytes } from 'node:crypto';
import { createFranceconnect, type Franceconnect, type Redemption } from '#franceconnect';
import type { Config } from '#platform/config/config.ts';
import type { Clock } from '#platform/time/clock.ts';
import { systemClock } from '#platform/time/clock.ts';
import { readableLogger } from '#support/context-parts.ts';

export const CLIENT_ID = 'entremise-service';
export const CLIENT_SECRET = 'secret-d-entremise-chez-franceconnect';
export const OWN_IDP_ID = 'Entremise-IdP';
export const PUBLIC_URL = 'http://entremise.localhost:3000';

/** The relying party of a process that has just started, as `issuer` configures it. */
export function relyingParty(issuer: string, options: { clock?: Clock; timeout?: number; secret?: string } = {}) {
  const { lines, logger } = readableLogger('debug');
  const clientSecret = options.secret ?? CLIENT_SECRET;
  const franceconnect = { issuer, clientId: CLIENT_ID, clientSecret, ownIdpId: OWN_IDP_ID };
  const config = { publicUrl: PUBLIC_URL, franceconnect } as Config;
  const parts = { config, clock: options.clock ?? systemClock, logger };
  const client: Franceconnect = createFranceconnect(parts, options.timeout ? { timeout: options.timeout } : {});
  return { client, logs: lines };
}

/** State and nonce of one attempt, as consent makes them. */
export function newAttempt() {
  return { state: randomBytes(32).toString('base64url'), nonce: randomBytes(32).toString('base64url') };
}

/** A refusal without the ID token that may come with it to close the person's session: its own tests look at that. */
export function outcomeOf(redemption: Redemption): Redemption {
  if (redemption.ok) return redemption;
  const { idTokenHint: _idTokenHint, ...refused } = redemption;
  return refused;
}
