// A succession in a process of its own, for tests that kill it.
import { succeed } from '#journal';
import type { Config, Sealing } from '#platform/config/config.ts';
import { parseKeyring } from '#platform/crypto/keys.ts';
import { openDatabase } from '#platform/db/database.ts';
import { createLogger } from '#platform/log/logger.ts';
import { systemClock } from '#platform/time/clock.ts';

/** What it is told, as JSON in its first argument. */
export type SucceedGiven = {
  ownerUrl: string;
  keys: string;
  journal: Config['journal'];
  sealing: Sealing;
  confirmed: string;
};

const { ownerUrl, keys, journal, sealing, confirmed } = JSON.parse(process.argv[2] ?? '{}') as SucceedGiven;
const db = openDatabase(ownerUrl, { max: 2, onError: () => undefined });
const ctx = {
  config: { publicUrl: 'http://localhost', journal } as Config,
  keys: parseKeyring(keys),
  db,
  readerDb: db,
  clock: systemClock,
  logger: createLogger('error'),
  mailer: { send: async () => undefined, close: () => undefined },
};
const answer = await succeed(ctx, 'actes', sealing, { reason: 'tree-lost', confirmed });
process.stdout.write(JSON.stringify(answer, (_, value) => (typeof value === 'bigint' ? String(value) : value)));
await db.destroy();
