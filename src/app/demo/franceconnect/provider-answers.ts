import { randomUUID } from 'node:crypto';
import { decodeJwt, SignJWT } from 'jose';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Simulation } from './context.ts';
import { errorUri, libraryErrorCode } from './errors.ts';
import type { Faults } from './faults.ts';
import type { SigningKeys } from './keys.ts';

type Next = () => Promise<void>;
type Claims = Record<string, unknown>;

/** Adds `error_uri` to what a service receives, by redirect or as JSON (federation.md §1.7). */
export async function explainErrors(ctx: KoaContextWithOIDC, next: Next): Promise<void> {
  await next();
  const location = String(ctx.response.headers.location ?? '');
  if (location.includes('error=')) {
    const own = ctx.oidc?.entities.Interaction?.result?.fcCode;
    ctx.redirect(explained(new URL(location), typeof own === 'string' ? own : undefined));
    ctx.status = 303;
  } else if (isErrorBody(ctx.body)) {
    const code = libraryErrorCode(ctx.body.error, ctx.body.error_description ?? '');
    ctx.body = { ...ctx.body, error_uri: errorUri(code) };
  }
}

/** The parameters are in the query, or in the fragment where an implicit flow was asked for. */
function explained(url: URL, ownCode: string | undefined): string {
  const inFragment = url.hash.length > 1;
  const params = new URLSearchParams(inFragment ? url.hash.slice(1) : url.search);
  const code = ownCode ?? libraryErrorCode(params.get('error') ?? '', params.get('error_description') ?? '');
  params.set('error_uri', errorUri(code));
  if (inFragment) url.hash = params.toString();
  else url.search = params.toString();
  return url.href;
}

function isErrorBody(body: unknown): body is { error: string; error_description?: string } {
  return typeof body === 'object' && body !== null && typeof (body as Claims).error === 'string';
}

/** The faults that change a token or userinfo answer which was right. */
export function alterAnswers(simulation: Simulation) {
  return async (ctx: KoaContextWithOIDC, next: Next): Promise<void> => {
    await next();
    const faults = simulation.faults.current;
    const body: unknown = ctx.body;
    if (ctx.status !== 200) return;
    if (ctx.oidc?.route === 'token' && hasIdToken(body)) {
      ctx.body = { ...body, id_token: await alteredIdToken(body.id_token, faults, simulation.keys()) };
    } else if (ctx.oidc?.route === 'userinfo' && typeof body === 'string') {
      await alterUserinfo(ctx, body, faults, simulation.keys());
    }
  };
}

function hasIdToken(body: unknown): body is { id_token: string } {
  return typeof body === 'object' && body !== null && typeof (body as Claims).id_token === 'string';
}

async function alteredIdToken(original: string, faults: Faults, keys: SigningKeys): Promise<string> {
  const claims: Claims = decodeJwt(original);
  const iat = Number(claims.iat);
  const changes: Claims = {
    ...(faults.idTokenExpired ? { iat: iat - 3600, exp: iat - 3540 } : {}),
    ...(faults.idTokenOldIat ? { iat: iat - 7 * 86_400 } : {}),
    ...(faults.idTokenWrongNonce ? { nonce: randomUUID() } : {}),
    ...(faults.idTokenAcr === null ? {} : { acr: faults.idTokenAcr }),
    ...(faults.idTokenAzp === null ? {} : { azp: faults.idTokenAzp }),
  };
  const resign = Object.keys(changes).length > 0 || faults.idTokenUnknownKid;
  const token = resign
    ? await sign({ ...claims, ...changes }, keys, faults.idTokenUnknownKid ? 'cle-inconnue' : keys.current.kid)
    : original;
  return faults.idTokenBadSignature ? withBadSignature(token) : token;
}

async function alterUserinfo(
  ctx: KoaContextWithOIDC,
  original: string,
  faults: Faults,
  keys: SigningKeys,
): Promise<void> {
  const claims: Claims = { ...decodeJwt(original), ...(faults.userinfoOtherSub ? { sub: `${'0'.repeat(64)}v1` } : {}) };
  if (faults.userinfoJson) {
    ctx.body = claims;
    return;
  }
  const token = faults.userinfoOtherSub ? await sign(claims, keys, keys.current.kid) : original;
  // Koa chose text/plain or application/jwt when the body was first set: the type has to be said again.
  const type = ctx.response.get('content-type');
  ctx.body = faults.userinfoBadSignature ? withBadSignature(token) : token;
  ctx.set('content-type', type);
}

function sign(claims: Claims, keys: SigningKeys, kid: string): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid }).sign(keys.current.key);
}

/** The same token, with the bits of one character in the middle of its signature changed. */
function withBadSignature(token: string): string {
  const at = token.length - 40;
  return `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
}
