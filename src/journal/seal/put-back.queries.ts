import { sql } from 'kysely';
import type { Trx } from '#platform/db/database.ts';
import type { LogName } from '../event.ts';
import { LOG_IDS } from '../record.ts';
import { leafHash } from '../verify/index.ts';
import type { FullTile } from './frontier.ts';
import { sha256 } from './hash.ts';
import { BEGINNING, type HeadState } from './head.queries.ts';
import type { Mirrored } from './mirror-files.ts';
import type { MirroredLeaf } from './read-mirror.ts';

/** An entry whose row was gone. */
export type Lost = { index: bigint; id: string; kind: string; writtenAt: string };

type Missing = { first: bigint; entries: readonly MirroredLeaf[]; full: readonly FullTile[]; xid: string };

/**
 * Adds what is missing of these entries at consecutive indices, with the tiles they fill; what is there stays as it is and
 * is judged by the root afterwards. Gives the entries whose row was missing.
 */
export async function putBack(trx: Trx, log: LogName, { first, entries, full, xid }: Missing): Promise<Lost[]> {
  const ids = entries.map(({ id }) => id);
  await ensureMonths(trx, entries);
  const { rows } = await sql<{ id: string }>`
    insert into journal.entry (id, recorded_at, xid, log_id, node, leaf, node_sig)
    select e.id, e.recorded_at, ${xid}::xid8, ${LOG_IDS[log]}, e.node, e.leaf, e.node_sig
    from unnest(${ids}::uuid[], ${entries.map(({ recordedAt }) => recordedAt)}::timestamptz[],
      ${entries.map(({ node }) => node)}::text[], ${entries.map(({ leaf }) => leaf)}::bytea[],
      ${entries.map(({ nodeSig }) => nodeSig)}::bytea[]) as e (id, recorded_at, node, leaf, node_sig)
    where not exists (select from journal.entry there where there.id = e.id and there.recorded_at = e.recorded_at)
    returning id`.execute(trx);
  const gone = new Set(rows.map(({ id }) => id));
  await putIndexBack(
    trx,
    log,
    entries.filter(({ id }) => gone.has(id)),
  );
  await sql`
    insert into journal.leaf (log_id, idx, entry_id, leaf_hash)
    select ${LOG_IDS[log]}, ${String(first)}::bigint + n - 1, id, hash
    from unnest(${ids}::uuid[], ${entries.map(({ leaf }) => leafHash(sha256, leaf))}::bytea[])
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
  return entries.flatMap(({ id, members }, offset) => {
    const { type: kind, t: writtenAt } = members;
    return gone.has(id)
      ? [{ index: first + BigInt(offset), id, kind: String(kind), writtenAt: String(writtenAt) }]
      : [];
  });
}

/** What the leaf itself says: who, for which structure, which alias. Persons are in no leaf: their part of the index is lost. */
async function putIndexBack(trx: Trx, log: LogName, entries: readonly MirroredLeaf[]): Promise<void> {
  if (entries.length === 0) return;
  const column = (name: string) => entries.map(({ members }) => members[name] ?? null);
  await sql`
    insert into journal.entry_index (id, recorded_at, log_id, kind, result, theme, aidant_id, organisation_id, mandate_alias, mn)
    select i.id, i.recorded_at, ${LOG_IDS[log]}, i.kind, i.result, i.theme, i.aidant, i.organisation, i.alias, i.mn
    from unnest(${entries.map(({ id }) => id)}::uuid[], ${entries.map(({ recordedAt }) => recordedAt)}::timestamptz[],
      ${column('type')}::text[], ${column('r')}::text[], ${column('theme')}::text[], ${column('aid')}::uuid[],
      ${column('org')}::uuid[], ${column('m')}::text[], ${column('mn')}::int[])
      as i (id, recorded_at, kind, result, theme, aidant, organisation, alias, mn)
    on conflict do nothing`.execute(trx);
}

/** A backup may be older than the partition of an entry. */
async function ensureMonths(trx: Trx, entries: readonly MirroredLeaf[]): Promise<void> {
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
