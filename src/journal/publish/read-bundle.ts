import { sql } from 'kysely';
import { type AppContext, inTransaction } from '#platform/context.ts';
import type { LogName } from '../event.ts';
import { LOG_IDS, record } from '../record.ts';
import { type BundleAddress, TILE_WIDTH, tileWidth, writeBundle } from '../verify/index.ts';
import { bundleRead } from './publish.events.ts';
import { publishedSize } from './publish.queries.ts';

/**
 * A bundle of entries as they are hashed, once it is written in the log `acces` that this auditor read it; undefined when
 * it is not published, or when a period in it was erased. A stranger may write a row under the id of an entry: the one whose
 * bytes were sealed is the entry.
 */
export async function readBundleFor(
  ctx: AppContext,
  log: LogName,
  { address: { n, width }, auditor }: { address: BundleAddress; auditor: string },
): Promise<Buffer | undefined> {
  if (width > tileWidth(0, n, await publishedSize(ctx.db, log))) return undefined;
  const first = n * BigInt(TILE_WIDTH);
  const { rows } = await sql<{ leaf: Buffer }>`
    select e.leaf from journal.leaf l
    join lateral (select e.leaf from journal.entry e
      where e.id = l.entry_id and sha256('\\x00'::bytea || e.leaf) = l.leaf_hash limit 1) as e on true
    where l.log_id = ${LOG_IDS[log]} and l.idx >= ${String(first)} and l.idx < ${String(first + BigInt(width))}
    order by l.idx`.execute(ctx.readerDb);
  if (rows.length !== width) return undefined;
  const clear = { auditor, of: log, first: Number(first), count: width };
  await inTransaction(ctx, async (trx) => {
    await record(ctx, trx, bundleRead.event({ actor: {}, result: 'ok', clear }));
  });
  return Buffer.from(writeBundle(rows.map(({ leaf }) => leaf)));
}
