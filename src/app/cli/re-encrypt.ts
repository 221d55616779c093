import { sql } from 'kysely';
import { rewrapSubjectKeys } from '#journal';
import type { AppContext } from '#platform/context.ts';
import { seal, sealedWith, unseal } from '#platform/crypto/seal.ts';
import { CommandError } from './command.ts';
import { type SealedColumn, sealedColumns } from './sealed-columns.ts';

const BATCH = 500;

type Row = { place: string; key: (string | Buffer)[]; sealed: Buffer };
type Owner = Pick<AppContext, 'db' | 'keys'>;

/**
 * Seals again, with the current `data` key, what another key of the ring sealed: column by column, in batches that each
 * commit, in the order of the primary key. Needs the owner's rights. Returns how many values are still under another key
 * (written meanwhile by a program that has the old ring).
 */
export async function reEncrypt(ctx: Owner, tell: (line: string) => void): Promise<number> {
  let left = 0;
  for (const column of sealedColumns) {
    tell(`${column.table}.${column.column} : ${await reEncryptColumn(ctx, column)}`);
    left += await countOld(ctx, column);
  }
  tell(`journal.subject_key.wrapped : ${await rewrapSubjectKeys(ctx, ctx.db)}`);
  return left;
}

async function reEncryptColumn(ctx: Owner, column: SealedColumn): Promise<number> {
  let done = 0;
  for (let batch = await readBatch(ctx, column); batch.length > 0; ) {
    done += await sealAgain(ctx, column, batch);
    batch = batch.length < BATCH ? [] : await readBatch(ctx, column, batch.at(-1)?.key);
  }
  return done;
}

async function readBatch({ db }: Owner, { table, column, key }: SealedColumn, after?: Row['key']): Promise<Row[]> {
  const columns = key.map((name) => sql.ref(name));
  const beyond = after ? sql`and (${sql.join(columns)}) > (${sql.join(after)})` : sql``;
  const { rows } = await sql<Row & Record<string, string | Buffer>>`
    select ctid::text as place, ${sql.ref(column)} as sealed, ${sql.join(key.map((name, index) => sql`${sql.ref(name)} as ${sql.ref(`key${index}`)}`))}
    from ${sql.table(table)} where ${sql.ref(column)} is not null ${beyond}
    order by ${sql.join(columns)} limit ${BATCH}`.execute(db);
  return rows.map((row) => ({
    place: row.place,
    sealed: row.sealed,
    key: key.map((_, index) => row[`key${index}`] ?? ''),
  }));
}

/** A row that changed meanwhile is at another place, or holds another value: it is left as it is. */
async function sealAgain({ db, keys }: Owner, column: SealedColumn, batch: readonly Row[]): Promise<number> {
  const old = batch.filter(({ sealed }) => sealedWith(sealed) !== keys.data[0].id);
  if (old.length === 0) return 0;
  const again = old.map((row) => sealOne(keys, column, row));
  const name = sql.ref(column.column);
  const { numAffectedRows } = await sql`
    update ${sql.table(column.table)} as target set ${name} = again.sealed
    from unnest(${old.map(({ place }) => place)}::tid[], ${old.map(({ sealed }) => sealed)}::bytea[], ${again}::bytea[])
      as again (place, before, sealed)
    where target.ctid = again.place and target.${name} = again.before`.execute(db);
  return Number(numAffectedRows ?? 0);
}

function sealOne(keys: Owner['keys'], { table, column, rowOf }: SealedColumn, { key, sealed }: Row): Buffer {
  const place = { table, column, row: rowOf(key.map((part) => (Buffer.isBuffer(part) ? part.toString('hex') : part))) };
  if (!keys.data.some(({ id }) => id === sealedWith(sealed))) {
    throw new CommandError(
      `la clé « ${sealedWith(sealed)} » n’est pas dans l’anneau « data », ${table}.${column} en a besoin`,
    );
  }
  return seal(keys.data, place, unseal(keys.data, place, sealed));
}

async function countOld({ db, keys }: Owner, { table, column }: SealedColumn): Promise<number> {
  const name = sql.ref(column);
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from ${sql.table(table)}
    where ${name} is not null
      and substring(${name} from 2 for get_byte(${name}, 0)) <> convert_to(${keys.data[0].id}, 'UTF8')`.execute(db);
  return rows[0]?.count ?? 0;
}
