import { sql } from 'kysely';
import { type LogName, record, type Sequenced, sequence } from '#journal';
import { leafHash } from '#journal/verify';
import type { Config } from '#platform/config/config.ts';
import type { AppContext } from '#platform/context.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import type { Db } from '#platform/db/database.ts';
import { systemClock } from '#platform/time/clock.ts';
import { readableLogger, TEST_JOURNAL } from '#support/context-parts.ts';
import { createFixture, type Fixture, looked, newId, openedBy } from './fixture.ts';

export type SealFixture = Fixture & {
  ctx: AppContext;
  logs: string[];
  write(count: number, log?: LogName): Promise<void>;
  sequence(log: LogName): Promise<Sequenced | { refused: string }>;
};

export async function sealFixture(): Promise<SealFixture> {
  const fixture = await createFixture();
  const { lines, logger } = readableLogger('debug');
  const ctx: AppContext = {
    config: { journal: TEST_JOURNAL } as Config,
    keys: fixture.keys,
    db: fixture.worker,
    readerDb: fixture.worker,
    clock: systemClock,
    logger,
    mailer: { send: async () => undefined, close: () => undefined },
  };
  return {
    ...fixture,
    ctx,
    logs: lines,
    async write(count, log = 'actes') {
      const event = () => (log === 'actes' ? openedBy('Zoé', newId()) : looked());
      await fixture.act((trx) => record(fixture, trx, ...Array.from({ length: count }, event)));
    },
    sequence: (log) => sequence(ctx, log),
  };
}

export async function leavesOf(db: Db, log: LogName) {
  const logId = log === 'actes' ? 1 : 2;
  const { rows } = await sql<{ leaf: Buffer; leafHash: Buffer; idx: string }>`
    select e.leaf, l.leaf_hash, l.idx::text from journal.leaf l join journal.entry e on e.id = l.entry_id where l.log_id = ${logId} order by l.idx`.execute(
    db,
  );
  const heads = await sql<{
    size: string;
    root: Buffer;
  }>`select size::text, root from journal.tree_head where log_id = ${logId} order by size desc limit 1`.execute(db);
  const [h] = heads.rows;
  return {
    rows,
    hashes: rows.map(({ leaf }) => leafHash(sha256, leaf)),
    head: h && { size: BigInt(h.size), root: h.root },
  };
}
