import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { AppContext } from '#platform/context.ts';
import { pageOf } from '#platform/http/page-of.ts';
import { ErrorPage } from '#views/errors/error-page.tsx';

const STATUSES: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** What Node cannot read as HTTP never reaches the routes: it would answer without a word. The same calm page is given here. */
export function answerUnreadable(server: Server, ctx: AppContext): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return socket.destroy();
    const id = randomBytes(8).toString('hex');
    const code = 'demande-illisible';
    ctx.logger.info({ id, code, fault: error.code }, 'refused');
    const frame = {
      ...{ nonce: '', csrfToken: '', path: '/', requestId: id, person: null, notice: null },
      operator: ctx.config.operator,
    };
    const body = pageOf(ErrorPage({ frame, status: 400, code }));
    const head = [
      `HTTP/1.1 ${STATUSES[error.code ?? ''] ?? '400 Bad Request'}`,
      'content-type: text/html; charset=utf-8',
      `content-length: ${Buffer.byteLength(body)}`,
      `x-request-id: ${id}`,
      'cache-control: no-store',
      'x-content-type-options: nosniff',
      "content-security-policy: default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:",
      'connection: close',
    ];
    return socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  });
}
