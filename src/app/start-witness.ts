import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { nodeCrypto, type SigningKey, witnessHandler } from '#journal';
import { parsePolicy, type Vkey } from '#journal/verify';
import type { WitnessConfig } from '#platform/config/config.ts';
import type { Logger } from '#platform/log/logger.ts';
import { type Clock, SECOND, systemClock } from '#platform/time/clock.ts';
import { StartError } from './fail-to-start.ts';
import { type Keeping, rememberedHeads } from './head-care.ts';
import { closeGently, listen } from './listening.ts';
import type { RunningServer } from './start-server.ts';
import { readKey } from './start-signer.ts';

/** The key of a witness. Throws a StartError when it is a log’s. */
export function witnessKey({ key }: Pick<WitnessConfig, 'key'>): SigningKey {
  const read = readKey('WITNESS_KEY', key);
  if (read.vkey.type !== 4) throw new StartError(`WITNESS_KEY: ${read.vkey.name} is the key of a log`);
  return read;
}

/** The keys of the logs it knows: the `log` lines of its file, which may be a whole policy. Throws a StartError. */
function witnessedLogs({ logs }: Pick<WitnessConfig, 'logs'>): Vkey[] {
  const lines = logs.split('\n').map((line) => (/^[ \t]*(log[ \t]|#|$)/.test(line) ? line : ''));
  const read = parsePolicy([...lines, 'quorum none'].join('\n'), nodeCrypto.sha256);
  if (!read.ok) throw new StartError(`WITNESS_LOGS: ${read.fault}, line ${read.line}`);
  if (read.policy.logs.length === 0) throw new StartError('WITNESS_LOGS: no log line');
  return read.policy.logs;
}

/** Where this witness remembers what it cosigned, and of which logs. */
export function witnessKeeping(config: Pick<WitnessConfig, 'logs' | 'state'>): Keeping {
  const origins = [...new Set(witnessedLogs(config).map(({ name }) => name))];
  return { where: { folder: config.state, keeper: 'witness' }, origins };
}

/** Serves logs and monitors. Throws a StartError when its memory is lost. */
export async function startWitness(
  config: WitnessConfig,
  logger: Logger,
  clock: Clock = systemClock,
): Promise<RunningServer> {
  const key = witnessKey(config);
  const logs = witnessedLogs(config);
  const heads = await rememberedHeads(witnessKeeping(config));
  const server = createServer(witnessHandler({ key, logs, heads, clock }, logger));
  server.requestTimeout = 10 * SECOND;
  await listen(server, config);
  const { port } = server.address() as AddressInfo;
  logger.info({ port, key: key.vkey.text, logs: logs.map(({ text }) => text) }, 'the witness listens');
  return { url: `http://${config.host}:${port}`, close: () => closeGently(server) };
}
