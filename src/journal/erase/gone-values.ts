import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';
import type { EventKind, Subject } from '../event.ts';
import type { Ground } from './erase.events.ts';

/**
 * Why a value that an entry certainly committed to cannot be opened any more. `erased`: an erasure of the list took it.
 * `with-person`: nothing says any more whose entry it was, and a person was erased since: it went with them. `restored`: the
 * entry was put back after a restore, which had lost what the leaf does not say. `untold`: it was taken away.
 */
export type GoneValue =
  | { why: 'erased'; erasureId: string; ground: Ground; erasedAt: Date }
  | { why: 'with-person' | 'restored' | 'untold' };

/** Values of one entry that are not there; `of`: whose key sealed them (`EventKind.always`). */
export type MissingValues = { entryId: string; names: readonly string[]; of: Subject['kind'] };

/** The places [from, to) of a log were put back: what an entry `journal.reconciled` tells. */
export type PutBackRange = { log: string; from: number; to: number };

type ErasedRow = { entryId: string; field: string | null; erasureId: string; ground: Ground; erasedAt: Date };
type LooseRow = { entryId: string; personErased: boolean; restored: boolean };

/** The names that every entry of this kind has, which are not among those that are kept of it. */
export function missingValues(
  kind: Pick<EventKind, 'always'> | undefined,
  entryId: string,
  kept: ReadonlySet<string>,
): MissingValues | undefined {
  const names = kind?.always?.names.filter((name) => !kept.has(name)) ?? [];
  return kind?.always && names.length > 0 ? { entryId, names, of: kind.always.of } : undefined;
}

/**
 * Why each of these values is not there, by entry and name. Two queries, however many they are. Reads entries: for the reader, the
 * worker and the owner. `toldToo`: beside what sealed entries tell of places that were put back; looked at by the caller.
 */
export async function goneValues(
  db: Db,
  missing: readonly MissingValues[],
  toldToo: readonly PutBackRange[] = [],
): Promise<Map<string, Map<string, GoneValue>>> {
  if (missing.length === 0) return new Map();
  const ids = missing.map(({ entryId }) => entryId);
  const [erased, loose] = await Promise.all([erasedBy(db, ids), looselyGone(db, ids, toldToo)]);
  const byEntry = Map.groupBy(erased, ({ entryId }) => entryId);
  const others = new Map(loose.map((row) => [row.entryId, row]));
  return new Map(
    missing.map(({ entryId, names, of }) => {
      const why = (name: string): GoneValue => {
        const found = byEntry.get(entryId)?.find(({ field }) => field === null || field === name);
        if (found) return { why: 'erased', erasureId: found.erasureId, ground: found.ground, erasedAt: found.erasedAt };
        const { restored = false, personErased = false } = others.get(entryId) ?? {};
        if (restored) return { why: 'restored' };
        return { why: of === 'usager' && personErased ? 'with-person' : 'untold' };
      };
      return [entryId, new Map(names.map((name) => [name, why(name)]))];
    }),
  );
}

/** The erasures that name these entries, or their mandates. */
async function erasedBy(db: Db, ids: readonly string[]): Promise<ErasedRow[]> {
  const { rows } = await sql<ErasedRow>`
    select of_entry.entry_id, e.field, e.id as erasure_id, e.ground, e.erased_at
    from journal.erasure e, unnest(e.entries) as of_entry (entry_id) where of_entry.entry_id = any(${ids}::uuid[])
    union all
    select i.id, null, e.id, e.ground, e.erased_at
    from journal.entry_index i
    join (select x.*, of_mandate.id as mandate from journal.erasure x, unnest(x.mandates) as of_mandate (id)) as e
      on e.mandate = i.mandate_id
    where i.id = any(${ids}::uuid[]) order by erasure_id`.execute(db);
  return rows;
}

/**
 * An erased person leaves no link to their entries: the index says of nobody that they are whose, and an erasure with a key came
 * later. An entry that was put back stands in a range that a sealed entry tells, under a transaction number that is not of its
 * place: the last one that the restored database had sealed.
 */
async function looselyGone(db: Db, ids: readonly string[], toldToo: readonly PutBackRange[]): Promise<LooseRow[]> {
  const { rows } = await sql<LooseRow>`
    with told as materialized (
      select (clear ->> 'log') as log, (clear ->> 'from')::bigint as first, (clear ->> 'to')::bigint as stop
      from (
        select convert_from(e.leaf, 'UTF8') as leaf from journal.entry_index i
        join journal.leaf l on l.entry_id = i.id and l.log_id = 1
        join journal.entry e on e.id = i.id and l.leaf_hash = sha256('\\x00'::bytea || e.leaf)
        where i.kind = 'journal.reconciled' offset 0
      ) as sealed cross join lateral (select leaf::jsonb -> 'clear' as clear) as says
      union all select * from unnest(${toldToo.map(({ log }) => log)}::text[], ${toldToo.map(({ from }) => from)}::bigint[],
        ${toldToo.map(({ to }) => to)}::bigint[])
    )
    select i.id as entry_id,
      i.usager_id is null and exists (select from journal.erasure x
        where x.id > i.id and cardinality(x.keys) > 0) as person_erased,
      exists (select from journal.leaf l
        join journal.entry e on e.id = l.entry_id and e.recorded_at between i.recorded_at - interval '1 day' and i.recorded_at + interval '1 day'
        join told on told.log = (array['actes', 'acces'])[l.log_id] and l.idx >= told.first and l.idx < told.stop
        cross join lateral (select h.size, h.last_xid from journal.tree_head h
          where h.log_id = l.log_id and h.size > l.idx order by h.size limit 1) as sealing
        where l.entry_id = i.id and (e.xid = '3'::xid8 or e.xid > sealing.last_xid
          or (e.xid = sealing.last_xid and told.first = 0 and sealing.size >= told.stop)
          or exists (select from journal.tree_head h where h.log_id = l.log_id and h.last_xid = e.xid and h.size <= l.idx)))
        as restored
    from journal.entry_index i where i.id = any(${ids}::uuid[])`.execute(db);
  return rows;
}
