import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { testPort } from '#support/ports.ts';

/** A database behind a wire that can be cut. */
export type Severable = {
  url: string;
  /** As when the server stops: who is connected is thrown out, nobody comes in. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  /** As when it hangs: connections are accepted, nothing is ever answered. */
  silence(): void;
  close(): Promise<void>;
};

/** Stands between a program and PostgreSQL. */
export async function severable(databaseUrl: string): Promise<Severable> {
  const { hostname, port } = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let silent = false;
  const forward = (client: Socket) => {
    sockets.add(client);
    client.on('error', () => undefined).on('close', () => sockets.delete(client));
    if (silent) return;
    const server = new (client.constructor as new () => Socket)();
    sockets.add(server);
    server.on('error', () => client.destroy()).on('close', () => sockets.delete(server));
    server.connect(Number(port), hostname);
    client.pipe(server).pipe(client);
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
  };
  const own = await testPort();
  let listener: Server = createServer(forward).listen(own, '127.0.0.1');
  await once(listener, 'listening');
  const url = new URL(databaseUrl);
  url.port = String(own);
  const cut = async () => {
    const closed = once(listener, 'close');
    listener.close();
    for (const socket of sockets) socket.resetAndDestroy();
    await closed;
  };
  return {
    url: url.href,
    cut,
    async mend() {
      silent = false;
      for (const socket of sockets) socket.resetAndDestroy();
      if (listener.listening) return;
      listener = createServer(forward).listen(own, '127.0.0.1');
      await once(listener, 'listening');
    },
    silence() {
      silent = true;
      for (const socket of sockets) socket.resetAndDestroy();
    },
    close: async () => (listener.listening ? cut() : undefined),
  };
}
