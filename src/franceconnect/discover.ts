import { allowInsecureRequests, ClientSecretPost, customFetch, discovery, type ServerMetadata } from 'openid-client';
import { z } from 'zod';
import type { Config } from '#platform/config/config.ts';
import { after, type Clock, MINUTE } from '#platform/time/clock.ts';
import { InvalidAnswer } from './franceconnect.errors.ts';
import { guardedFetch } from './http.ts';

const KEPT = 60 * MINUTE;
const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])$/;

export type Addresses = ServerMetadata & {
  authorization_endpoint: string;
  token_endpoint: string;
  userinfo_endpoint: string;
  jwks_uri: string;
  end_session_endpoint: string;
};

export type Discover = () => Promise<Addresses>;

/** Plain http is for a simulator on this very machine; anywhere else openid-client itself refuses it. */
export function maySpeakPlainHttp(issuer: string): boolean {
  const { protocol, hostname } = new URL(issuer);
  return protocol === 'http:' && LOOPBACK.test(hostname);
}

/**
 * FranceConnect's addresses by discovery, asked for when first needed, kept an hour, asked for again after a failure.
 * Throws Unavailable, InvalidAnswer (another issuer, an address elsewhere), or what openid-client throws.
 */
export function createDiscover(
  { issuer, clientId, clientSecret }: Config['franceconnect'],
  { clock, timeout }: { clock: Clock; timeout: number },
): Discover {
  let known: { addresses: Promise<Addresses>; until: Date } | undefined;

  const ask = async (): Promise<Addresses> => {
    const found = await discovery(new URL(issuer), clientId, {}, ClientSecretPost(clientSecret), {
      timeout,
      [customFetch]: guardedFetch(issuer),
      ...(maySpeakPlainHttp(issuer) && { execute: [allowInsecureRequests] }),
    });
    return checked(found.serverMetadata(), issuer);
  };

  return () => {
    const now = clock.now();
    if (known && now < known.until) return known.addresses;
    const asked = { addresses: ask(), until: after(now, KEPT) };
    known = asked;
    asked.addresses.catch(() => {
      if (known === asked) known = undefined;
    });
    return asked.addresses;
  };
}

function checked(metadata: ServerMetadata, issuer: string): Addresses {
  if (metadata.issuer !== issuer) throw new InvalidAnswer('discovery-issuer');
  const { origin } = new URL(issuer);
  const here = z.url().refine((address) => URL.canParse(address) && new URL(address).origin === origin);
  const addresses = z.object({
    authorization_endpoint: here,
    token_endpoint: here,
    userinfo_endpoint: here,
    jwks_uri: here,
    end_session_endpoint: here,
  });
  const parsed = addresses.safeParse(metadata);
  if (!parsed.success) throw new InvalidAnswer(`discovery-${String(parsed.error.issues[0]?.path[0])}`);
  return { ...metadata, ...parsed.data };
}
