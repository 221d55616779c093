import type { Server } from 'node:http';
import { StartError } from './fail-to-start.ts';

/** Opens the port. Throws a StartError that says what is wrong with it. */
export function listen(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = LISTEN_FAULTS[error.code ?? ''];
      reject(reason ? new StartError(`HOST, PORT: ${host} port ${port} ${reason}`, { cause: error }) : error);
    });
    server.listen(port, host, resolve);
  });
}

const LISTEN_FAULTS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is already used by another program',
  EACCES: 'may not be opened by this user',
  EADDRNOTAVAIL: 'is not an address of this machine',
  ENOTFOUND: 'is not an address of this machine',
};

/** Closes the port; the requests in flight have 10 s to finish. */
export function closeGently(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // a browser keeps its connection open: it is closed as soon as its request is answered
    const idle = setInterval(() => server.closeIdleConnections(), 50);
    const last = setTimeout(() => server.closeAllConnections(), 10_000);
    server.close(() => {
      clearInterval(idle);
      clearTimeout(last);
      resolve();
    });
  });
}
