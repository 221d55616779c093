import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';
import { readLeaf } from '../verify/index.ts';
import { type ActRow, type JudgedAct, judgeActs } from './judge-acts.ts';
import { reconciled } from './seal.events.ts';

/** An act as the journal has it. */
type JournalAct = JudgedAct & {
  /** `reconcile` put its rows back: what else the act did in the database is lost. Else the database still has it. */
  isPutBack: boolean;
};

type Row = ActRow & {
  writer: string;
  own: string;
  isRunning: boolean;
  /** Its row in the index has the same writer. */
  isIndexedSo: boolean;
};

/**
 * The acts of these kinds from the first one on that may have been put back: those that have a place, in the order of the tree, then
 * those that wait for one. An act was put back when its rows, here and in the index, came with a transaction in which a node of ours
 * wrote `journal.reconciled`, or with this very one, and not with its own: nobody chooses the transaction that writes a row. Where the
 * row of the index stayed, somebody removed the entry alone, and no table was taken back. A dump forgets it. Needs the owner's rights.
 */
export async function actsOfKinds(db: Db, kinds: readonly string[]): Promise<JournalAct[]> {
  const acts = await judgeActs(await rowsOf(db, [...kinds, reconciled.kind]));
  const all = acts.map((act) => ({ ...act, rogue: act.rogue ?? (saysKind(act) ? undefined : 'other-entry') }));
  const runs = all.filter(({ kind, rogue, writer, own }) => kind === reconciled.kind && !rogue && writer === own);
  const writers = new Set(runs.map(({ writer }) => writer));
  return all
    .filter(({ kind }) => kinds.includes(kind))
    .map(({ id, leaf, rogue, writer, own, isRunning, isIndexedSo }) => {
      const isByReconcile = writer !== own && (isRunning || writers.has(writer));
      return { id, leaf, rogue, isPutBack: isByReconcile && isIndexedSo };
    });
}

function saysKind({ leaf, kind }: Row): boolean {
  const read = readLeaf(leaf);
  return read.ok && read.leaf.type === kind;
}

/**
 * Whoever may write rows may put the same bytes again under an id: of what has a place, all rows with these bytes, first the one that
 * came with its row of the index (hours are those of a machine, which a restore may have changed). What stands in the
 * tree before all that another transaction wrote was there before what was lost, and is the last act about none of it: years of acts
 * stay in the database.
 */
async function rowsOf(db: Db, kinds: readonly string[]): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select id, kind, leaf, node, node_sig, writer::text, own::text, is_running, is_indexed_so, node_key, is_revoked from (
      select i.id, i.kind, l.idx, e.recorded_at, e.leaf, e.node, e.node_sig, e.xmin as writer, e.xid::xid as own,
        e.xmin = pg_current_xact_id_if_assigned()::xid as is_running, i.xmin = e.xmin as is_indexed_so,
        k.public_key as node_key, coalesce(k.revoked_at <= e.recorded_at, false) as is_revoked,
        min(l.idx) filter (where e.xmin <> e.xid::xid and i.xmin = e.xmin) over () as first
      from journal.entry_index i
      left join journal.leaf l on l.entry_id = i.id and l.log_id = i.log_id
      join journal.entry e on e.id = i.id and e.log_id = i.log_id
        and e.recorded_at between i.recorded_at - interval '1 day' and i.recorded_at + interval '1 day'
        and (l.leaf_hash is null or l.leaf_hash = sha256('\\x00'::bytea || e.leaf))
      left join journal.node_key k on k.key_id = e.node
      where i.log_id = 1 and i.kind = any(${[...kinds]}::text[])
    ) as act
    where idx is null or idx >= first
    order by idx nulls last, id, is_indexed_so desc, recorded_at`.execute(db);
  return rows;
}
