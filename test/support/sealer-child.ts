// A sealing program of its own, for tests that kill it: both logs are sealed, mirrored, signed and published until it dies.
import { startSealing } from '#journal';
import type { Config, Sealing } from '#platform/config/config.ts';
import { parseKeyring } from '#platform/crypto/keys.ts';
import { openDatabase } from '#platform/db/database.ts';
import { createLogger } from '#platform/log/logger.ts';
import { systemClock } from '#platform/time/clock.ts';

/** What it is told, as JSON in its first argument. */
export type SealerGiven = { workerUrl: string; keys: string; journal: Config['journal']; sealing: Sealing };

const { workerUrl, keys, journal, sealing } = JSON.parse(process.argv[2] ?? '{}') as SealerGiven;
const db = openDatabase(workerUrl, { max: 6, onError: () => undefined });
const ctx = {
  config: { publicUrl: 'http://localhost', journal } as Config,
  keys: parseKeyring(keys),
  db,
  readerDb: db,
  clock: systemClock,
  logger: createLogger('error'),
  mailer: { send: async () => undefined, close: () => undefined },
};
startSealing(ctx, sealing);
process.stdout.write('started\n');
process.stdin.resume().once('end', () => process.exit(0)); // nobody is left to kill it
