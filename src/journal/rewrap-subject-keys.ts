import { sql } from 'kysely';
import type { AppContext } from '#platform/context.ts';
import { seal, sealedWith, unseal } from '#platform/crypto/seal.ts';
import type { Db } from '#platform/db/database.ts';
import { wrappedAt } from './subject-keys.ts';

type Row = { id: string; wrapped: Buffer };

const BATCH = 1000;
const FIRST = '00000000-0000-0000-0000-000000000000';

/**
 * Wraps again, with the current `data` key, every subject key that an older one wraps; what they seal stays as it is.
 * Needs the owner's rights. May be stopped and run again. Returns how many were wrapped again.
 */
export async function rewrapSubjectKeys({ keys }: Pick<AppContext, 'keys'>, ownerDb: Db): Promise<number> {
  const ctx = { keys, db: ownerDb };
  let done = 0;
  for (
    let batch = await batchAfter(ctx, FIRST);
    batch.length > 0;
    batch = await batchAfter(ctx, batch.at(-1)?.id ?? '')
  ) {
    done += await rewrap(ctx, batch);
  }
  return done;
}

async function batchAfter({ db }: Pick<AppContext, 'db'>, id: string): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select id, wrapped from journal.subject_key where id > ${id}::uuid order by id limit ${BATCH}`.execute(db);
  return rows;
}

/** A key that is destroyed meanwhile is not brought back: the update finds no row. */
async function rewrap({ keys, db }: Pick<AppContext, 'keys' | 'db'>, batch: readonly Row[]): Promise<number> {
  const old = batch.filter(({ wrapped }) => sealedWith(wrapped) !== keys.data[0].id);
  const wrapped = old.map((row) =>
    seal(keys.data, wrappedAt(row.id), unseal(keys.data, wrappedAt(row.id), row.wrapped)),
  );
  if (old.length === 0) return 0;
  await sql`
    update journal.subject_key as k set wrapped = again.wrapped
    from unnest(${old.map(({ id }) => id)}::uuid[], ${wrapped}::bytea[]) as again (id, wrapped)
    where k.id = again.id`.execute(db);
  return old.length;
}
