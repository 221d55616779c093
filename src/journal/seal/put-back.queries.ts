import { sql } from 'kysely';
import type { Trx } from '#platform/db/database.ts';
import { type LogName, themesIn } from '../event.ts';
import type { LeafMembers } from '../leaf.ts';
import { LOG_IDS } from '../record.ts';
import type { FullTile } from './frontier.ts';
import { BEGINNING, type HeadState } from './head.queries.ts';
import type { Mirrored } from './mirror-files.ts';
import { type PlacedEntry, placeEntries, toHex, uuidOf } from './place-entries.ts';
import type { MirroredPlace } from './read-mirror.ts';

/** An entry whose row was gone. */
export type Lost = { index: bigint; id: string; kind: string; writtenAt: string };

/** Bytes that were sealed and are no entry of this log; `id`: of the row that has them. */
export type Strange = { index: bigint; id: string };

type Missing = {
  first: bigint;
  places: readonly MirroredPlace[];
  full: readonly FullTile[];
  xid: string;
  /** Ids of erased entries that a backup brought back before they had a place, by the hexadecimal of their hashes. */
  waiting: ReadonlyMap<string, string>;
};

/**
 * Adds what is missing at these consecutive places, with the tiles they fill; what is there stays as it is and is judged by the
 * root afterwards. Of an erased entry, its hash alone; of what is no entry, its bytes, which nothing in the index names. Gives the
 * entries whose row was missing, and all that are none.
 */
export async function putBack(
  trx: Trx,
  log: LogName,
  { first, places: mirrored, full, xid, waiting }: Missing,
): Promise<{ lost: Lost[]; strange: Strange[] }> {
  // nothing outside the database knows the id of an erased entry: where its leaf is gone too, one made of its hash stands for it
  const erasedId = (hash: Uint8Array) => waiting.get(toHex(hash)) ?? uuidOf(hash);
  const places = await placeEntries(trx, log, { first, places: mirrored, erasedId });
  const entries = places.flatMap(({ entry }) => entry ?? []);
  const gone = await putEntriesBack(trx, log, entries, xid);
  const lost = entries.flatMap(({ members, ...entry }) => (members && gone.has(entry.id) ? { ...entry, members } : []));
  await putIndexBack(trx, log, lost);
  await sql`
    insert into journal.leaf (log_id, idx, entry_id, leaf_hash)
    select ${LOG_IDS[log]}, ${String(first)}::bigint + n - 1, id, hash
    from unnest(${places.map(({ id }) => id)}::uuid[], ${places.map(({ hash }) => hash)}::bytea[])
      with ordinality as l (id, hash, n)
    on conflict do nothing`.execute(trx);
  if (full.length > 0) {
    await sql`
      insert into journal.tile (log_id, level, n, hashes, root)
      select ${LOG_IDS[log]}, t.* from unnest(${full.map(({ level }) => level)}::smallint[],
        ${full.map(({ n }) => String(n))}::bigint[], ${full.map(({ hashes }) => hashes)}::bytea[],
        ${full.map(({ root }) => root)}::bytea[]) as t
      on conflict do nothing`.execute(trx);
  }
  return {
    lost: lost.map(({ index, id, members }) => ({ index, id, kind: members.type, writtenAt: members.t })),
    strange: entries.flatMap(({ index, id, members }) => (members ? [] : { index, id })),
  };
}

/** Gives the ids of those whose row was missing. */
async function putEntriesBack(
  trx: Trx,
  log: LogName,
  entries: readonly PlacedEntry[],
  xid: string,
): Promise<Set<string>> {
  await ensureMonths(trx, entries);
  const { rows } = await sql<{ id: string }>`
    insert into journal.entry (id, recorded_at, xid, log_id, node, leaf, node_sig)
    select e.id, e.recorded_at, ${xid}::xid8, ${LOG_IDS[log]}, e.node, e.leaf, e.node_sig
    from unnest(${entries.map(({ id }) => id)}::uuid[],
      ${entries.map(({ recordedAt }) => recordedAt)}::timestamptz[],
      ${entries.map(({ node }) => node)}::text[], ${entries.map(({ leaf }) => leaf)}::bytea[],
      ${entries.map(({ nodeSig }) => nodeSig)}::bytea[]) as e (id, recorded_at, node, leaf, node_sig)
    where not exists (select from journal.entry there where there.id = e.id and there.recorded_at = e.recorded_at)
    returning id`.execute(trx);
  return new Set(rows.map(({ id }) => id));
}

/**
 * Entries of these months (their first days) that have no place, by the hexadecimal of their leaf hashes: a backup may have
 * brought back an erased entry from before it was sealed. It must get its own place, or it would be sealed once more.
 */
export async function waitingIn(trx: Trx, log: LogName, months: readonly string[]): Promise<Map<string, string>> {
  if (months.length === 0) return new Map();
  const { rows } = await sql<{ id: string; hash: string }>`
    select e.id, encode(sha256('\\x00'::bytea || e.leaf), 'hex') as hash
    from unnest(${months}::date[]) as m (month)
    join journal.entry e on e.recorded_at >= (m.month::timestamp at time zone 'UTC')
      and e.recorded_at < ((m.month + interval '1 month') at time zone 'UTC')
    where e.log_id = ${LOG_IDS[log]} and not exists (select from journal.leaf l where l.entry_id = e.id)
      and position(convert_to('"id":"' || e.id || '"', 'UTF8') in e.leaf) > 0 -- not a stranger's copy`.execute(trx);
  return new Map(rows.map(({ id, hash }) => [hash, id]));
}

type PutBack = PlacedEntry & { members: LeafMembers };

/**
 * What the leaf itself says: who, for which structure, which alias. Persons are in no leaf: their part of the index is lost. A row
 * that is there was either written with the entry, whose own row alone was removed: it stays, with the person; or put there since by
 * somebody who may write in the index, to hide what comes back: it is written over. Nobody may choose the hour of such a row.
 */
async function putIndexBack(trx: Trx, log: LogName, entries: readonly PutBack[]): Promise<void> {
  if (entries.length === 0) return;
  const column = (name: keyof LeafMembers) => entries.map(({ members }) => members[name] ?? null);
  // lists of several lengths do not unnest beside the rest: as JSON
  const themes = entries.map(({ members }) => jsonOrNull(themesIn(members.clear)));
  await sql`
    insert into journal.entry_index as there (id, recorded_at, log_id, kind, result, theme, aidant_id, organisation_id,
      mandate_alias, mn, themes)
    select distinct on (i.id) i.id, i.recorded_at, ${LOG_IDS[log]}, i.kind, i.result, i.theme, i.aidant, i.organisation, i.alias, i.mn,
      case when i.themes is not null then array(select jsonb_array_elements_text(i.themes)) end
    from unnest(${entries.map(({ id }) => id)}::uuid[], ${entries.map(({ recordedAt }) => recordedAt)}::timestamptz[],
      ${column('type')}::text[], ${column('r')}::text[], ${column('theme')}::text[], ${column('aid')}::uuid[],
      ${column('org')}::uuid[], ${column('m')}::text[], ${column('mn')}::int[], ${themes}::jsonb[])
      as i (id, recorded_at, kind, result, theme, aidant, organisation, alias, mn, themes)
    on conflict (id) do update set recorded_at = excluded.recorded_at, log_id = excluded.log_id, kind = excluded.kind,
      result = excluded.result, theme = excluded.theme, aidant_id = excluded.aidant_id,
      organisation_id = excluded.organisation_id, mandate_alias = excluded.mandate_alias, mn = excluded.mn,
      themes = excluded.themes, usager_id = null, mandate_id = null, authorisation_id = null
    where there.recorded_at not between excluded.recorded_at - interval '1 second'
      and excluded.recorded_at + interval '1 second'`.execute(trx);
}

const jsonOrNull = (list: readonly string[] | null) => list && JSON.stringify(list);

/** A backup may be older than the partition of an entry. */
async function ensureMonths(trx: Trx, entries: readonly PlacedEntry[]): Promise<void> {
  const months = [...new Set(entries.map(({ recordedAt }) => recordedAt.slice(0, 7)))];
  for (const month of months) {
    const partition = `entry_${month.replace('-', '_')}`;
    await sql`
      select journal.attach_partition(made.name, made.month) from (
        select ${partition}::text as name, ${`${month}-01`}::date as month,
          journal.make_partition(${partition}::text, ${`${month}-01`}::date)
      ) as made where to_regclass('journal.' || ${partition}::text) is null`.execute(trx);
  }
}

/** A head that was there before. Its cursor is that of the restored head: later entries of this database come after it. */
export async function putHead(trx: Trx, logId: number, { size, root }: Mirrored, state: HeadState): Promise<void> {
  const { xid, id } = state.head?.cursor ?? BEGINNING;
  const cluster = state.head?.systemIdentifier ?? state.cluster;
  await sql`
    insert into journal.tree_head (log_id, size, root, last_xid, last_id, system_identifier)
    values (${logId}, ${String(size)}::bigint, ${root}, ${xid}::xid8, ${id}::uuid, ${cluster})
    on conflict do nothing`.execute(trx);
}
