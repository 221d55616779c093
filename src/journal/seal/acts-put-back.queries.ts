import { type RawBuilder, sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';
import type { ActRow } from './judge-acts.ts';

/** A row of an act that was put back, as the index names it; of one act, all rows that have the bytes that were sealed. */
export type RowPutBack = ActRow & { alias: string; mn: number | null };

/** `aliases`: of these mandates and drafts only. */
export type ActsWanted = { kinds: readonly string[]; aliases?: readonly string[] };

/** The rows of the acts of these kinds, in the order of the tree. */
export async function rowsOfKinds(db: Db, { kinds, aliases }: ActsWanted): Promise<RowPutBack[]> {
  const ofAliases = aliases ? sql`mandate_alias = any(${[...aliases]}::text[])` : sql`mn is not null`;
  return sealedRows(db, sql`kind = any(${[...kinds]}::text[]) and ${ofAliases}`);
}

export async function rowsOfIds(db: Db, ids: readonly string[]): Promise<RowPutBack[]> {
  return sealedRows(db, sql`id = any(${[...ids]}::uuid[])`);
}

const ofNoMandate = sql`log_id = 1 and mandate_id is null and mandate_alias is not null`;

/**
 * Nothing is decoded here: what reads as no leaf would stop the statement. Whoever may write rows may put the same bytes again under
 * an id, with a signature that is false: each row with these bytes is given, the true one among them.
 */
async function sealedRows(db: Db, which: RawBuilder<unknown>): Promise<RowPutBack[]> {
  const { rows } = await sql<RowPutBack>`
    select i.id, i.kind, i.mandate_alias as alias, i.mn, sealed.leaf, sealed.node, sealed.node_sig,
      k.public_key as node_key, coalesce(k.revoked_at <= sealed.recorded_at, false) as is_revoked
    from (select * from journal.entry_index where ${ofNoMandate} and ${which} offset 0) as i
    join journal.leaf l on l.entry_id = i.id and l.log_id = i.log_id
    cross join lateral (
      select e.leaf, e.node, e.node_sig, e.recorded_at from journal.entry e
      where e.id = i.id and e.log_id = i.log_id and l.leaf_hash = sha256('\\x00'::bytea || e.leaf)
        and e.recorded_at between i.recorded_at - interval '1 day' and i.recorded_at + interval '1 day'
      offset 0
    ) as sealed
    left join journal.node_key k on k.key_id = sealed.node
    order by l.idx`.execute(db);
  return rows;
}

export type Place = { alias: string; id: string };

/** Those that the index gives a number, after this one, alias by alias: the order of `entry_index_of_drafts`. */
export async function numberedAfter(db: Db, { alias, id }: Place, limit: number): Promise<Place[]> {
  const { rows } = await sql<Place>`
    select mandate_alias as alias, id from journal.entry_index
    where ${ofNoMandate} and mn is not null and (mandate_alias, id) > (${alias}, ${id}::uuid)
    order by mandate_alias, id limit ${limit}`.execute(db);
  return rows;
}
