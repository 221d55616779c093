import type { IncomingMessage, RequestListener } from 'node:http';
import type { Logger } from '#platform/log/logger.ts';
import { addCheckpoint, type CosignAnswer, type Witness } from './add-checkpoint.ts';
import { readCheckpointRequest } from './checkpoint-request.ts';
import { type Answer, bodyOf, handlerOf, latestCheckpoint, otherSize, pathOf, refusal } from './http.ts';

/** The HTTP face of a witness (C2SP tlog-witness): POST /add-checkpoint, GET /<hash of the origin>/checkpoint. */
export function witnessHandler(witness: Witness, logger: Logger): RequestListener {
  const origins = [...new Set(witness.logs.map(({ name }) => name))];
  return handlerOf(logger, async (request) => {
    const path = pathOf(request);
    if (path === '/add-checkpoint')
      return request.method === 'POST' ? cosign(witness, logger, request) : refusal(405, 'POST only');
    if (request.method !== 'GET' && request.method !== 'HEAD') return refusal(404, 'nothing here');
    return latestCheckpoint(witness.heads, origins, path);
  });
}

async function cosign(witness: Witness, logger: Logger, request: IncomingMessage): Promise<Answer> {
  const body = await bodyOf(request);
  const asked = body === undefined ? undefined : readCheckpointRequest(body);
  if (!asked) return refusal(400, 'malformed: not an add-checkpoint request');
  const answer = await addCheckpoint(witness, asked);
  tell(logger, answer, asked.note);
  return answer.ok ? { status: 200, body: `${answer.line}\n` } : refused(answer);
}

const STATUS = {
  malformed: [400, 'malformed: not a signed checkpoint'],
  'size-goes-back': [400, 'the old size is larger than the size of the checkpoint'],
  'not-signed': [403, 'not signed by a key of this log that is known here'],
  'unknown-log': [404, 'this log is not known here'],
  inconsistent: [422, 'inconsistent: this checkpoint does not contain the tree that was cosigned before'],
  busy: [503, 'busy: ask again'],
} as const;

function refused(answer: CosignAnswer & { ok: false }): Answer {
  if (answer.fault === 'other-size') return otherSize(answer.size);
  const [status, reason] = STATUS[answer.fault];
  return refusal(status, reason);
}

/** A checkpoint that a log signed and that does not fit what was cosigned is evidence against the log: it is kept whole. */
function tell(logger: Logger, answer: CosignAnswer, note: string): void {
  const { origin } = answer;
  if (answer.ok) logger.info({ origin, size: String(answer.size) }, 'cosigned');
  else if (answer.fault === 'inconsistent')
    logger.error({ origin, note }, 'inconsistent: this log shows two histories');
  else logger.info({ origin, fault: answer.fault }, 'refused');
}
