import { sql } from 'kysely';
import type { AppContext } from '#platform/context.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import type { Db } from '#platform/db/database.ts';
import type { LogName } from '../event.ts';
import { readTiles } from '../read/read-tiles.ts';
import { LOG_IDS } from '../record.ts';
import { consistencyRanges, hashRange, tilesFor } from '../verify/index.ts';

export type TreeHead = { size: bigint; root: Buffer };
export type SignedHead = { size: bigint; note: string; signedAt: Date };
export type Progress = {
  head: TreeHead | undefined;
  /** The newest checkpoint, and who cosigned it. */
  checkpoint: SignedHead | undefined;
  cosigned: string[];
  publishedSize: bigint;
};

type Row = {
  size: string | null;
  root: Buffer;
  signedSize: string | null;
  note: string;
  signedAt: Date;
  cosigned: string[];
  publishedSize: string;
};

/** How far the tree has grown, was signed and was published. `upTo`: later heads are left out. */
export async function readProgress(db: Db, log: LogName, upTo?: bigint): Promise<Progress> {
  const id = LOG_IDS[log];
  const { rows } = await sql<Row>`
    select h.size::text, h.root, c.size::text as signed_size, c.note, c.signed_at,
      array(select witness from journal.cosignature where log_id = ${id} and size = c.size) as cosigned,
      (select coalesce(max(size), 0)::text from journal.publication where log_id = ${id}) as published_size
    from (values (1)) as one (row)
    left join lateral (select size, root from journal.tree_head
      where log_id = ${id} and size <= coalesce(${upTo === undefined ? null : String(upTo)}::bigint, size)
      order by size desc limit 1) h on true
    left join lateral (select size, note, signed_at from journal.checkpoint where log_id = ${id}
      order by size desc limit 1) c on true`.execute(db);
  const [row] = rows;
  if (!row) throw new Error('the progress of the journal came back empty');
  const { size, root, signedSize, note, signedAt, cosigned } = row;
  return {
    head: size === null ? undefined : { size: BigInt(size), root },
    checkpoint: signedSize === null ? undefined : { size: BigInt(signedSize), note, signedAt },
    cosigned,
    publishedSize: BigInt(row.publishedSize),
  };
}

/** The proof that the tree of `newSize` begins with the tree of `oldSize`; from the tables, two queries. */
export async function consistencyProof(db: Db, log: LogName, oldSize: bigint, newSize: bigint): Promise<Uint8Array[]> {
  const ranges = consistencyRanges(oldSize, newSize);
  const tileAt = await readTiles(db, log, tilesFor(ranges, newSize));
  return ranges.map((range) => hashRange(sha256, range, tileAt));
}

/** The largest size that this witness is known to have cosigned under the name that the log has now. */
export async function lastCosigned(db: Db, log: LogName, witness: string): Promise<bigint> {
  const { rows } = await sql<{ size: string }>`
    select coalesce(max(size), 0)::text as size from journal.cosignature
    where log_id = ${LOG_IDS[log]} and witness = ${witness}
      and size > coalesce((select max(s.kept) from journal.succession s where s.log_id = ${LOG_IDS[log]}), -1)`.execute(
    db,
  );
  return BigInt(rows[0]?.size ?? 0);
}

/** The lines of the witnesses under a checkpoint, the first that came first. */
export async function cosignatureLines(db: Db, log: LogName, size: bigint): Promise<string[]> {
  const { rows } = await sql<{ line: string }>`
    select line from journal.cosignature where log_id = ${LOG_IDS[log]} and size = ${String(size)}
    order by witnessed_at, witness`.execute(db);
  return rows.map(({ line }) => line);
}

/** Keeps a signed checkpoint. Another worker may have kept it already: the first stays. */
export async function addCheckpointRow(
  { db, clock }: Pick<AppContext, 'db' | 'clock'>,
  log: LogName,
  size: bigint,
  note: string,
): Promise<void> {
  await sql`
    insert into journal.checkpoint (log_id, size, note, signed_at)
    values (${LOG_IDS[log]}, ${String(size)}, ${note}, ${clock.now()}) on conflict do nothing`.execute(db);
}

/** Keeps a cosignature; `time` in seconds since 1970, as it was signed. */
export async function addCosignatureRow(
  db: Db,
  log: LogName,
  { size, witness, line, time }: { size: bigint; witness: string; line: string; time: bigint },
): Promise<void> {
  await sql`
    insert into journal.cosignature (log_id, size, witness, line, witnessed_at)
    values (${LOG_IDS[log]}, ${String(size)}, ${witness}, ${line}, to_timestamp(${String(time)}::float8))
    on conflict do nothing`.execute(db);
}

/** Publishes a checkpoint with the signatures that met the policy; false when it was published already. */
export async function addPublicationRow(
  { db, clock }: Pick<AppContext, 'db' | 'clock'>,
  log: LogName,
  size: bigint,
  note: string,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into journal.publication (log_id, size, note, published_at)
    values (${LOG_IDS[log]}, ${String(size)}, ${note}, ${clock.now()}) on conflict do nothing`.execute(db);
  return numAffectedRows === 1n;
}

/** The size of the newest published tree; 0 when there is none. */
export async function publishedSize(db: Db, log: LogName): Promise<bigint> {
  const { rows } = await sql<{ size: string }>`
    select coalesce(max(size), 0)::text as size from journal.publication where log_id = ${LOG_IDS[log]}`.execute(db);
  return BigInt(rows[0]?.size ?? 0);
}

/** The newest published checkpoint, with the signatures that met the policy. */
export async function publishedNote(db: Db, log: LogName): Promise<string | undefined> {
  const { rows } = await sql<{ note: string }>`
    select note from journal.publication where log_id = ${LOG_IDS[log]} order by size desc limit 1`.execute(db);
  return rows[0]?.note;
}

/** What a part of the sealing last met, as it was told. */
export async function problemTold(db: Db, log: LogName, part: string): Promise<string | null | undefined> {
  const { rows } = await sql<{ problem: string | null }>`
    select problem from journal.sealing_state where log_id = ${LOG_IDS[log]} and part = ${part}`.execute(db);
  return rows[0]?.problem;
}
