import type { CustomFetch } from 'openid-client';
import { InvalidAnswer, Unavailable } from './franceconnect.errors.ts';

const LONGEST = 128 * 1024;

/**
 * `fetch` as it is used towards FranceConnect: only addresses of the issuer's own origin (nothing an answer says can make
 * us call elsewhere), no redirect followed, bodies of 128 KiB at most. Throws Unavailable when there is no answer, when it
 * comes too late (the signal is the caller's) or says that FranceConnect cannot (429, 5xx); InvalidAnswer for the rest.
 */
export function guardedFetch(issuer: string): CustomFetch {
  const { origin } = new URL(issuer);
  return async (url, options) => {
    if (new URL(url).origin !== origin) throw new InvalidAnswer('foreign-address');
    const response = await fetch(url, { ...(options as RequestInit), redirect: 'manual' }).catch(noAnswer);
    if (response.status === 429 || response.status >= 500) {
      await response.body?.cancel();
      throw new Unavailable(`http-${response.status}`);
    }
    if (response.status >= 300 && response.status < 400) {
      await response.body?.cancel();
      throw new InvalidAnswer(`http-${response.status}`);
    }
    const body = await readBody(response);
    return new Response(response.status === 204 ? null : body, { status: response.status, headers: response.headers });
  };
}

async function readBody(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  while (reader) {
    const { done, value } = await reader.read().catch(noAnswer);
    if (done) break;
    length += value.length;
    if (length > LONGEST) {
      await reader.cancel();
      throw new InvalidAnswer('body-too-long');
    }
    chunks.push(value);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

function noAnswer(error: unknown): never {
  if (error instanceof Error && error.name === 'TimeoutError') throw new Unavailable('timeout');
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'network';
  throw new Unavailable(code);
}
