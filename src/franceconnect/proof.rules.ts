import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from 'jose';
import { z } from 'zod';
import { sha256 } from '#platform/crypto/hashes.ts';
import { after, MINUTE } from '#platform/time/clock.ts';
import { InvalidAnswer } from './franceconnect.errors.ts';
import { subject } from './identity.rules.ts';

const ALGORITHM = 'ES256';
const OLDEST = 5 * MINUTE;

export type Expected = { issuer: string; clientId: string; nonce: string; now: Date };

const audience = z.union([z.string().transform((one) => [one]), z.array(z.string()).min(1)]);
const idTokenClaims = z.object({
  iss: z.string(),
  sub: subject,
  aud: audience,
  azp: z.string().optional(),
  exp: z.number(),
  iat: z.number(),
  nonce: z.string(),
  acr: z.string().optional(),
  at_hash: z.string().optional(),
});
const userinfoClaims = z.looseObject({
  iss: z.string(),
  sub: subject,
  aud: audience,
  iat: z.number().optional(),
  idp_id: z.string().max(255).optional(),
});

export type Proved = {
  idToken: z.infer<typeof idTokenClaims>;
  userinfo: z.infer<typeof userinfoClaims>;
};

/**
 * Reads what the raw answers say after verifying them by themselves, with nothing but the JWKS that is kept beside them:
 * what could not be verified again from the evidence is not accepted now. Then the checks that openid-client leaves to its
 * caller (federation.md §4.6): typ, azp, age, at_hash, issuer and audience of the userinfo. Throws InvalidAnswer.
 */
export async function prove(
  raw: { idToken: string; userinfo: string; jwks: string; accessToken: string },
  expected: Expected,
): Promise<Proved> {
  const keys = createLocalJWKSet(JSON.parse(raw.jwks) as JSONWebKeySet);
  const idToken = read(idTokenClaims, await verified(raw.idToken, keys, 'id-token'), 'id-token');
  const userinfo = read(userinfoClaims, await verified(raw.userinfo, keys, 'userinfo'), 'userinfo');
  checkIdToken(idToken, raw.accessToken, expected);
  checkUserinfo(userinfo, expected);
  if (userinfo.sub !== idToken.sub) throw new InvalidAnswer('userinfo-sub');
  return { idToken, userinfo };
}

async function verified(jwt: string, keys: ReturnType<typeof createLocalJWKSet>, what: string): Promise<unknown> {
  const { payload, protectedHeader } = await compactVerify(jwt, keys, { algorithms: [ALGORITHM] }).catch(() => {
    throw new InvalidAnswer(`${what}-signature`);
  });
  if (protectedHeader.typ !== undefined && protectedHeader.typ.toUpperCase() !== 'JWT') {
    throw new InvalidAnswer(`${what}-typ`);
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch {
    throw new InvalidAnswer(`${what}-encoding`);
  }
}

function read<Schema extends z.ZodType>(schema: Schema, claims: unknown, what: string): z.output<Schema> {
  const parsed = schema.safeParse(claims);
  if (parsed.success) return parsed.data;
  throw new InvalidAnswer(`${what}-${String(parsed.error.issues[0]?.path[0] ?? 'claims')}`);
}

function checkIdToken(claims: Proved['idToken'], accessToken: string, expected: Expected): void {
  const { issuer, clientId, nonce, now } = expected;
  if (claims.iss !== issuer) throw new InvalidAnswer('id-token-iss');
  if (!claims.aud.includes(clientId)) throw new InvalidAnswer('id-token-aud');
  if (claims.azp === undefined ? claims.aud.length > 1 : claims.azp !== clientId)
    throw new InvalidAnswer('id-token-azp');
  if (claims.nonce !== nonce) throw new InvalidAnswer('id-token-nonce');
  if (!isRecent(claims.iat, now)) throw new InvalidAnswer('id-token-iat');
  if (claims.at_hash !== undefined && claims.at_hash !== halfHash(accessToken))
    throw new InvalidAnswer('id-token-at_hash');
}

function checkUserinfo(claims: Proved['userinfo'], { issuer, clientId, now }: Expected): void {
  if (claims.iss !== issuer) throw new InvalidAnswer('userinfo-iss');
  if (claims.aud.length !== 1 || claims.aud[0] !== clientId) throw new InvalidAnswer('userinfo-aud');
  if (claims.iat !== undefined && !isRecent(claims.iat, now)) throw new InvalidAnswer('userinfo-iat');
}

/** Five minutes at most from now, before or after: beyond that, an answer was kept, or a clock is wrong. */
function isRecent(iat: number, now: Date): boolean {
  const issued = iat * 1000;
  return issued >= after(now, -OLDEST).getTime() && issued <= after(now, OLDEST).getTime();
}

/** OpenID Connect Core §3.1.3.6. */
function halfHash(accessToken: string): string {
  return sha256(accessToken).subarray(0, 16).toString('base64url');
}
