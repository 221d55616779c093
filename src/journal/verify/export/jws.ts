import { fromBase64url } from '../base64url.ts';
import { utf8, utf8Text } from '../bytes.ts';
import type { Es256Verify } from './subject.ts';

export type Json = { readonly [name: string]: unknown };

/** The object that a JSON text is; undefined for anything else, and for one deeper than anything we write. */
export function jsonObject(text: string | undefined): Json | undefined {
  if (text === undefined || isTooDeep(text)) return undefined;
  try {
    const read: unknown = JSON.parse(text);
    return read !== null && typeof read === 'object' && !Array.isArray(read) ? (read as Json) : undefined;
  } catch {
    return undefined;
  }
}

const DEEPEST = 32;

/** Whether arrays and objects lie within each other deeper than `DEEPEST`: what walks such a value could run out of stack. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '"') quoted = !quoted;
    else if (quoted) at += sign === '\\' ? 1 : 0;
    else if (sign === '[' || sign === '{') depth += 1;
    else if (sign === ']' || sign === '}') depth -= 1;
    if (depth > DEEPEST) return true;
  }
  return false;
}

/**
 * The payload of a compact JWS (RFC 7515 §3.1) that one of these keys (a JWK set, RFC 7517) signed with ES256; undefined
 * when none did. `detached` gives the payload of a JWS that has none of its own (appendix F). A `kid` chooses among keys;
 * the algorithm is never taken from the token: ES256 or nothing.
 */
export function jwsPayload(
  es256Verify: Es256Verify,
  jwks: string,
  jws: string,
  detached?: { payload: Uint8Array; type: string },
): Uint8Array | undefined {
  const [head = '', body = '', tail = '', ...more] = jws.split('.');
  const header = jsonObject(utf8Text(fromBase64url(head) ?? new Uint8Array()));
  const payload = detached ? detached.payload : fromBase64url(body);
  const signature = fromBase64url(tail);
  if (more.length > 0 || header?.alg !== 'ES256' || header.crit !== undefined || !payload) return undefined;
  if (signature?.length !== 64 || (detached && (body !== '' || header.typ !== detached.type))) return undefined;
  const message = detached ? joinedInput(head, payload) : utf8(`${head}.${body}`);
  const signs = keysIn(jwks, header.kid).some((key) => verified(es256Verify, key, message, signature));
  return signs ? payload : undefined;
}

function verified(es256Verify: Es256Verify, key: { x: string; y: string }, message: Uint8Array, signature: Uint8Array) {
  try {
    return es256Verify(key, message, signature);
  } catch {
    return false;
  }
}

function joinedInput(head: string, payload: Uint8Array): Uint8Array {
  return utf8(`${head}.${base64url(payload)}`);
}

function base64url(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function keysIn(jwks: string, kid: unknown): { x: string; y: string }[] {
  const { keys } = jsonObject(jwks) ?? {};
  if (!Array.isArray(keys)) return [];
  return keys.slice(0, MOST_KEYS).flatMap((key: Json | null) => {
    const usable = key?.kty === 'EC' && key.crv === 'P-256' && (kid === undefined || key.kid === kid);
    return usable && isCoordinate(key.x) && isCoordinate(key.y) ? [{ x: key.x, y: key.y }] : [];
  });
}

/** FranceConnect publishes a few. */
const MOST_KEYS = 20;

/** 32 bytes in base64url: one way to write a key (RFC 7518 §6.2.1.2). */
const isCoordinate = (value: unknown): value is string => typeof value === 'string' && /^[\w-]{43}$/.test(value);
