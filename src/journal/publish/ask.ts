import { SECOND } from '#platform/time/clock.ts';
import { LONGEST_NOTE, readDecimal } from '../verify/index.ts';
import { type CheckpointRequest, writeCheckpointRequest } from '../witness/checkpoint-request.ts';
import { originHash } from '../witness/head-store.ts';
import { TREE_SIZE } from '../witness/http.ts';

/** What a signer or a witness answered to a checkpoint. `other-size`: it wants a proof from this size. */
export type Asked =
  | { ok: true; body: string }
  | { ok: false; fault: 'other-size'; size: bigint }
  | { ok: false; fault: 'inconsistent' | 'refused' | 'unreachable' | 'too-slow' | 'bad-answer'; detail: string };

export type Address = { url: string; token?: string };

/** How long an answer may take, in milliseconds. */
const PATIENCE = 5 * SECOND;

/** Sends a checkpoint with its proof, as C2SP tlog-witness says. Never throws; waits 5 s at most. */
export async function sendCheckpoint(
  { url, token }: Address,
  path: '/add-checkpoint' | '/sign',
  request: CheckpointRequest,
): Promise<Asked> {
  try {
    const response = await call(`${url.replace(/\/+$/, '')}${path}`, token, {
      method: 'POST',
      body: writeCheckpointRequest(request),
    });
    return asked(response, await limitedText(response));
  } catch (error) {
    return { ok: false, ...failure(error) };
  }
}

/** The last checkpoint that a signer or a witness signed for a log; null when it has none, undefined when it does not say. */
export async function fetchCheckpoint({ url, token }: Address, origin: string): Promise<string | null | undefined> {
  try {
    const response = await call(`${url.replace(/\/+$/, '')}/${originHash(origin)}/checkpoint`, token, {});
    if (response.status === 404) return null;
    return response.status === 200 ? await limitedText(response) : undefined;
  } catch {
    return undefined;
  }
}

function call(url: string, token: string | undefined, init: RequestInit): Promise<Response> {
  return fetch(url, {
    ...init,
    redirect: 'error',
    headers: { 'content-type': 'text/plain; charset=utf-8', ...(token && { authorization: `Bearer ${token}` }) },
    signal: AbortSignal.timeout(PATIENCE),
  });
}

function asked({ status, headers }: Response, body: string): Asked {
  if (status === 200) return { ok: true, body };
  if (status === 409 && headers.get('content-type')?.split(';')[0]?.trim() === TREE_SIZE) {
    const size = readDecimal(body.replace(/\n$/, ''));
    return size === undefined
      ? { ok: false, fault: 'bad-answer', detail: '409 without a size' }
      : { ok: false, fault: 'other-size', size };
  }
  // 409 without a size: what 422 says of two roots of one size was said so before July 2026 (C2SP tlog-witness)
  if (status === 422 || status === 409) return { ok: false, fault: 'inconsistent', detail: String(status) };
  return { ok: false, fault: 'refused', detail: String(status) };
}

function failure(error: unknown): { fault: 'unreachable' | 'too-slow' | 'bad-answer'; detail: string } {
  if (error instanceof TooLong) return { fault: 'bad-answer', detail: 'too long' };
  if (error instanceof Error && error.name === 'TimeoutError')
    return { fault: 'too-slow', detail: `no answer in ${PATIENCE / SECOND} s` };
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no connection';
  return { fault: 'unreachable', detail: code };
}

class TooLong extends Error {}

/** The body, which may come from anybody: no longer than a note may be. */
async function limitedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > LONGEST_NOTE) throw new TooLong();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
