import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Logger } from '#platform/log/logger.ts';
import { LONGEST_REQUEST } from './checkpoint-request.ts';
import { type HeadStore, originHash } from './head-store.ts';

/** What a signer or a witness answers: one media type, one text. */
export type Answer = { status: number; type?: string; body: string };

export const TREE_SIZE = 'text/x.tlog.size';
const TEXT = 'text/plain; charset=utf-8';

/** A line that says what is wrong, for people: programs read the status. */
export function refusal(status: number, reason: string): Answer {
  return { status, body: `${reason}\n` };
}

/** 409, with the size from which a proof is wanted (C2SP tlog-witness, add-checkpoint). */
export function otherSize(size: bigint): Answer {
  return { status: 409, type: TREE_SIZE, body: `${size}\n` };
}

/** A handler that logs the method, the path it knows and the status, never a header or a body. What fails is a 500. */
export function handlerOf(logger: Logger, answer: (request: IncomingMessage) => Promise<Answer>): RequestListener {
  return async (request, response) => {
    const given = await answer(request).catch((error: unknown): Answer => {
      logger.error({ err: error }, 'failed');
      return refusal(500, 'failed: the log of this program says why');
    });
    send(request, response, given);
  };
}

function send(request: IncomingMessage, response: ServerResponse, { status, type = TEXT, body }: Answer): void {
  if (!request.complete) response.setHeader('connection', 'close'); // what was not read is not waited for
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** The body of a request as text; undefined when it is longer than any request may be, or not UTF-8. */
export async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > LONGEST_REQUEST) return undefined;
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  return text.includes('\ufffd') ? undefined : text;
}

/** The path of a request, as it was written, without its query. */
export function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?')[0] ?? '';
}

/** For monitors: the last checkpoint signed for a log, at `/<SHA-256 of its origin>/checkpoint` (C2SP tlog-witness). */
export async function latestCheckpoint(heads: HeadStore, origins: readonly string[], path: string): Promise<Answer> {
  const origin = origins.find((one) => path === `/${originHash(one)}/checkpoint`);
  const head = origin === undefined ? undefined : await heads.latest(origin);
  return head && head.size > 0n ? { status: 200, body: head.note } : refusal(404, 'no such checkpoint');
}
