import { sql } from 'kysely';

/**
 * Joins to rows `i` of `journal.entry_index` their place `l` and the leaf that was sealed there, `sealed.leaf`, once each. Whoever
 * may write rows may put other bytes, or the same ones again, under an id that is there: what nobody sealed is not joined. Decode
 * `sealed.leaf` in the select list of a subquery that ends in `offset 0`, and read it as JSON outside only: the database may
 * otherwise read a stranger's bytes before it knows that nothing sealed them. The leaf says its kind itself: compare it. An entry
 * without a place yet is not found. `audit_entries` (0014) has the same words.
 */
export const withSealedLeaf = sql`
  join journal.leaf l on l.entry_id = i.id and l.log_id = i.log_id
  cross join lateral (
    select e.leaf from journal.entry e
    where e.id = i.id and e.log_id = i.log_id and l.leaf_hash = sha256('\\x00'::bytea || e.leaf)
      and e.recorded_at between i.recorded_at - interval '1 day' and i.recorded_at + interval '1 day'
    limit 1
  ) as sealed`;
