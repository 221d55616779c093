import { createServer } from 'node:net';

/** The port is used by another program. Its message is made to be shown as it is, without a stack. */
export class PortTakenError extends Error {
  readonly port: number;
  /** The environment variable that chooses another port. */
  readonly envName: string;

  constructor(port: number, envName: string, reason: 'in-use' | 'not-allowed' = 'in-use') {
    const what = reason === 'in-use' ? 'is already used by another program' : 'may not be opened by this user';
    super(
      `Port ${port} of this machine ${what}. Stop that program, or choose another port with the environment variable ` +
        `${envName} (for example ${envName}=${port < 1024 ? port + 8000 : port + 100}).`,
    );
    this.name = 'PortTakenError';
    this.port = port;
    this.envName = envName;
  }
}

function listenOnce(port: number, host = '127.0.0.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : port;
      server.close(() => resolve(bound));
    });
  });
}

/**
 * Resolves if `port` can be opened on 127.0.0.1 now.
 * @param envName the environment variable that people change to choose another port
 * @throws PortTakenError when another program has it, or when the user may not open it (below 1024)
 */
export async function assertPortFree(port: number, envName: string): Promise<void> {
  try {
    await listenOnce(port);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EADDRINUSE') throw new PortTakenError(port, envName);
    if (code === 'EACCES') throw new PortTakenError(port, envName, 'not-allowed');
    throw error;
  }
}

/**
 * The same for a port that browsers reach as `localhost`, which many try on IPv6 first: another program there would answer
 * in our place.
 */
export async function assertLocalPortFree(port: number, envName: string): Promise<void> {
  await assertPortFree(port, envName);
  await listenOnce(port, '::1').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE') throw new PortTakenError(port, envName);
  });
}

/**
 * A port of 127.0.0.1 that nobody uses at this instant. Another program may take it before you do: whoever opens it
 * must be ready to ask for another one.
 */
export function freePort(): Promise<number> {
  return listenOnce(0);
}
