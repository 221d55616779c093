import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Below the ports that systems give to outgoing connections and to whoever asks for none in particular (from 32 768 on
// Linux, 49 152 elsewhere): such a port would be taken in the seconds that a program needs before it opens its own.
const FIRST = 10_000;
const SHARE = 5_000;
const SHARES = 4;

const own = FIRST + (Number(process.env.VITEST_POOL_ID ?? 0) % SHARES) * SHARE;
// several checkouts may be tested at once: they do not begin at the same place
let next = randomInt(SHARE);

/**
 * A port of 127.0.0.1 for a program that will open it later. No other test asks for it meanwhile: the processes of a run
 * have a share each, and give each port once.
 */
export async function testPort(): Promise<number> {
  const port = own + (next++ % SHARE);
  return (await isFree(port)) ? port : testPort();
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
