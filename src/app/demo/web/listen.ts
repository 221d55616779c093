import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Listening {
  readonly port: number;
  /** The public address: the one given, else `http://localhost:PORT`. Never a trailing slash. */
  readonly url: string;
  /** Closes the port: new connections are refused until `resume`. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Binds 127.0.0.1, or `host` in a container, first and asks for the request handler after, because an issuer has to know its own port (0 = any free one).
 */
export async function listen(
  options: { readonly port: number; readonly publicUrl?: string | undefined; readonly host?: string | undefined },
  handlerFor: (url: string) => Promise<RequestListener> | RequestListener,
): Promise<Listening> {
  let handler: RequestListener = (_request, response) => void response.writeHead(503).end();
  const { host = '127.0.0.1' } = options;
  let server = await bind(host, options.port, (request, response) => handler(request, response));
  const { port } = server.address() as AddressInfo;
  const url = (options.publicUrl ?? `http://localhost:${port}`).replace(/\/$/, '');
  try {
    handler = await handlerFor(url);
  } catch (error) {
    await stop(server);
    throw error;
  }
  return {
    port,
    url,
    pause: () => stop(server),
    async resume() {
      if (!server.listening) server = await bind(host, port, (request, response) => handler(request, response));
    },
    close: () => stop(server),
  };
}

function bind(host: string, port: number, handler: RequestListener): Promise<Server> {
  const server = createServer(handler);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve(server);
    });
  });
}

function stop(server: Server): Promise<void> {
  if (!server.listening) return Promise.resolve();
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    server.closeAllConnections();
  });
}
