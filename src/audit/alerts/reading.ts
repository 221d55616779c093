import { type RawBuilder, sql } from 'kysely';
import { idAt } from '../search/period.rules.ts';
import type { Window } from './rule.ts';

/** A name of `entry_index` in the statements of the rules. */
type Alias = 'i' | 'other';

/** Entries of these kinds written in a window: read along the index (kind, id). */
export function writtenIn(kinds: readonly string[], { from, to }: Window, alias: Alias = 'i'): RawBuilder<unknown> {
  const named = sql.ref(`${alias}.kind`);
  const id = sql.ref(`${alias}.id`);
  return sql`${named} = any(${[...kinds]}::text[]) and ${id} >= ${idAt(from)}::uuid and ${id} < ${idAt(to)}::uuid`;
}

/** When an entry was written, as its id says (RFC 9562 §5.7). */
export function writtenAt(alias: Alias = 'i'): RawBuilder<Date> {
  const time = sql`('x' || left(replace(${sql.ref(`${alias}.id`)}::text, '-', ''), 12))::bit(48)::bigint`;
  return sql`to_timestamp(${time} / 1000.0)`;
}

/** Acts of an aidant for somebody: what rules about work count. Readings are not acts. */
export const ACTS = ['mandate.concluded', 'use.chosen'] as const;

/** Entries that no alert of this rule rests on already: facts that grow raise again only for what is new. */
export function notYetIn(rule: string): RawBuilder<unknown> {
  return sql`not exists (select from alert_entry e join alert a on a.id = e.alert_id
    where e.entry_id = i.id and a.rule = ${rule})`;
}
