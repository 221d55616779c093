import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseSigningKey, type SigningKey, SigningKeyError, signerHandler } from '#journal';
import type { SignerConfig } from '#platform/config/config.ts';
import type { Logger } from '#platform/log/logger.ts';
import { SECOND } from '#platform/time/clock.ts';
import { StartError } from './fail-to-start.ts';
import { type Keeping, rememberedHeads } from './head-care.ts';
import { closeGently, listen } from './listening.ts';
import type { RunningServer } from './start-server.ts';

/** The private keys of a signer. Throws a StartError, which never quotes them, when one is none or is a witness’s. */
export function signerKeys({ keys }: Pick<SignerConfig, 'keys'>): SigningKey[] {
  const read = keys.map((text) => readKey('SIGNER_KEYS', text));
  const wrong = read.find(({ vkey }) => vkey.type !== 1);
  if (wrong) throw new StartError(`SIGNER_KEYS: ${wrong.vkey.name} is the key of a witness`);
  return read;
}

/** Where this signer remembers what it signed, and for which logs. */
export function signerKeeping(config: Pick<SignerConfig, 'keys' | 'state'>): Keeping {
  const origins = [...new Set(signerKeys(config).map(({ vkey }) => vkey.name))];
  return { where: { folder: config.state, keeper: 'signer' }, origins };
}

/** Serves the worker. Throws a StartError when its memory is lost. */
export async function startSigner(config: SignerConfig, logger: Logger): Promise<RunningServer> {
  const keys = signerKeys(config);
  const heads = await rememberedHeads(signerKeeping(config));
  const server = createServer(signerHandler({ keys, heads }, config.token, logger));
  server.requestTimeout = 10 * SECOND;
  await listen(server, config);
  const { port } = server.address() as AddressInfo;
  logger.info({ port, keys: keys.map(({ vkey }) => vkey.text) }, 'the signer listens');
  return { url: `http://${config.host}:${port}`, close: () => closeGently(server) };
}

/** The private key in a variable. Throws a StartError that names the variable and quotes nothing. */
export function readKey(variable: string, text: string): SigningKey {
  try {
    return parseSigningKey(text);
  } catch (error) {
    throw error instanceof SigningKeyError ? new StartError(`${variable}: ${error.message}`) : error;
  }
}
