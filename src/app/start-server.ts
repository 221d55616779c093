import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { assertNodeRegistered, ensurePartitions } from '#journal';
import type { AppContext } from '#platform/context.ts';
import { createApp } from './app.ts';
import { StartError } from './fail-to-start.ts';
import { closeGently, listen } from './listening.ts';
import { answerUnreadable } from './unreadable.ts';
import { wire } from './wiring.ts';

export type RunningServer = { url: string; close(): Promise<void> };

/** Serves the site. An unregistered journal node does not start. Closing lets the requests in flight finish. */
export async function startServer(ctx: AppContext): Promise<RunningServer> {
  await ensurePartitions(ctx.db);
  await assertNodeRegistered(ctx.db, ctx.keys).catch(readably);
  const server = siteServer(ctx);
  await listen(server, ctx.config);
  const { port } = server.address() as AddressInfo;
  ctx.logger.info({ port }, 'listening');
  if (ctx.config.publicUrl.startsWith('https:') && ctx.config.trustProxy === 0) {
    ctx.logger.warn(
      'PUBLIC_URL is https and TRUST_PROXY is 0: behind a proxy, every limit by address would be one for all',
    );
  }
  return { url: `http://${ctx.config.host}:${port}`, close: () => closeGently(server) };
}

/** The site as an HTTP server that does not listen yet. */
export function siteServer(ctx: AppContext, app: RequestListener = createApp(ctx, wire(ctx))): Server {
  const server = createServer(app);
  server.requestTimeout = 30_000;
  answerUnreadable(server, ctx);
  return server;
}

/** What the journal refuses is said in a sentence; what the database refuses has a code. */
function readably(error: Error): never {
  throw 'code' in error ? error : new StartError(error.message, { cause: error });
}
