import type { IncomingMessage, RequestListener } from 'node:http';
import { sameSecret } from '#platform/crypto/hashes.ts';
import type { Logger } from '#platform/log/logger.ts';
import { readCheckpointRequest } from '../witness/checkpoint-request.ts';
import { type Answer, bodyOf, handlerOf, latestCheckpoint, otherSize, pathOf, refusal } from '../witness/http.ts';
import { type SignAnswer, type Signer, signCheckpoint } from './sign-checkpoint.ts';

/**
 * The HTTP face of the signer, for the worker alone (bearer token): POST /sign takes what add-checkpoint takes, with a note
 * that has no signature yet; GET /<hash of the origin>/checkpoint gives the last one signed.
 */
export function signerHandler(signer: Signer, token: string, logger: Logger): RequestListener {
  const origins = [...new Set(signer.keys.map(({ vkey }) => vkey.name))];
  return handlerOf(logger, async (request) => {
    if (!sameSecret(request.headers.authorization ?? '', `Bearer ${token}`)) {
      logger.warn('refused: without the token');
      return refusal(401, 'the bearer token is missing or wrong');
    }
    const path = pathOf(request);
    if (path === '/sign') return request.method === 'POST' ? sign(signer, logger, request) : refusal(405, 'POST only');
    if (request.method !== 'GET' && request.method !== 'HEAD') return refusal(404, 'nothing here');
    return latestCheckpoint(signer.heads, origins, path);
  });
}

async function sign(signer: Signer, logger: Logger, request: IncomingMessage): Promise<Answer> {
  const body = await bodyOf(request);
  const asked = body === undefined ? undefined : readCheckpointRequest(body);
  if (!asked) return refusal(400, 'malformed: not a request to sign');
  const answer = await overtakenOnce(signer, asked);
  tell(logger, answer);
  return answer.ok ? { status: 200, body: answer.lines.map((line) => `${line}\n`).join('') } : refused(answer);
}

/** Whoever was overtaken is told the size that was signed meanwhile. */
async function overtakenOnce(signer: Signer, asked: Parameters<typeof signCheckpoint>[1]): Promise<SignAnswer> {
  const answer = await signCheckpoint(signer, asked);
  return !answer.ok && answer.fault === 'overtaken' ? signCheckpoint(signer, asked) : answer;
}

const STATUS = {
  malformed: [400, 'malformed: not an unsigned checkpoint'],
  'size-goes-back': [400, 'the old size is larger than the size to sign'],
  'unknown-log': [404, 'no key of this log here'],
  inconsistent: [422, 'inconsistent: this tree does not contain the one that was signed before'],
  overtaken: [503, 'busy: ask again'],
} as const;

function refused(answer: SignAnswer & { ok: false }): Answer {
  if (answer.fault === 'other-size') return otherSize(answer.size);
  const [status, reason] = STATUS[answer.fault];
  return refusal(status, reason);
}

function tell(logger: Logger, answer: SignAnswer): void {
  const { origin } = answer;
  if (answer.ok) logger.info({ origin, size: String(answer.size) }, 'signed');
  else if (answer.fault === 'inconsistent')
    logger.error({ origin }, 'refused: a tree that does not contain the one signed before');
  else logger.info({ origin, fault: answer.fault }, 'refused');
}
