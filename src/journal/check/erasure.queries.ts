import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';
import { exportErasures } from '../erase/erasures.ts';
import { ERASURE_LIST } from '../seal/mirror-erasures.ts';
import type { Findings } from './problems.ts';

/** An erasure, or a hold that was lifted, with what the tree says of the entry that tells it. */
export type ToldRow = {
  /** Of the entry that tells it. */
  id: string;
  kind: 'field' | 'person' | 'period' | 'retention' | 'hold';
  ground: string;
  openings: number;
  field: string | null;
  entry: string | null;
  log: string | null;
  month: string | null;
  first: number | null;
  last: number | null;
  mandates: number;
  hold: string | null;
  idx: string | null;
  leafHash: Buffer | null;
  isAside: boolean;
  isLate: boolean;
  /** Whether a key that it destroyed, or a value that it took, is there. */
  isUndone: boolean;
};

const PAGE = 1_000;

/** The next ones, in the order of the entries that tell them. */
export async function toldAfter(db: Db, after: string): Promise<ToldRow[]> {
  const { rows } = await sql<ToldRow>`
    select t.*, l.idx::text as idx, l.leaf_hash, t.at < clock_timestamp() - interval '60 seconds' as is_late,
      exists (select from journal.quarantine q where q.entry_id = t.id) as is_aside
    from (
      select id, kind, ground, openings, field, entries[1] as entry, (array['actes', 'acces'])[log_id] as log,
        to_char(month, 'YYYY-MM') as month, lower(indices)::float8 as first, (upper(indices) - 1)::float8 as last,
        cardinality(mandates) as mandates, null::uuid as hold, erased_at as at,
        exists (select from journal.subject_key k where k.id = any (x.keys))
          or exists (select from journal.opening o where o.entry_id = any (x.entries) and (x.field is null or o.name = x.field)) as is_undone
      from journal.erasure x where id > ${after}::uuid
      union all
      select coalesce(lifted_by, id), 'hold', ground, 0, null, null, null, null, null, null, 0, id, lifted_at, false
      from journal.hold where lifted_at is not null and coalesce(lifted_by, id) > ${after}::uuid
      order by 1 limit ${PAGE}
    ) as t left join journal.leaf l on l.entry_id = t.id and l.log_id = 1 order by t.id`.execute(db);
  return rows;
}

/**
 * The list of erasures against the one that the mirror keeps: what only the mirror knows is an erasure that the database forgot;
 * what both say, they say alike. What only the database knows is carried over in a minute, and told elsewhere when it is not.
 */
export async function checkErasureList(db: Db, mirror: string, found: Findings): Promise<void> {
  const there = await readFile(join(mirror, ERASURE_LIST), 'utf8').catch(() => undefined);
  const known = byId(await exportErasures(db)) ?? new Map<string, string>();
  if (there === undefined) {
    if (await hasOldErasures(db)) found.aside('erasure-list-differs', 'le miroir n’a pas de liste lisible');
    return;
  }
  const listed = byId(there);
  if (!listed) return found.aside('erasure-list-differs', 'la liste du miroir est illisible');
  for (const [id, line] of listed) {
    if (!known.has(id)) found.aside('erasure-list-differs', `la base ne connaît pas ${id}`);
    else if (known.get(id) !== line) found.aside('erasure-list-differs', `la base dit autre chose de ${id}`);
  }
}

/** The mirror follows in a minute, once a worker runs. */
async function hasOldErasures(db: Db): Promise<boolean> {
  const { rows } = await sql`
    select from journal.erasure where erased_at < clock_timestamp() - interval '10 minutes' limit 1`.execute(db);
  return rows.length > 0;
}

/** Lines in one form, whatever the order of their members; undefined when one cannot be read. */
function byId(list: string): Map<string, string> | undefined {
  const lines = new Map<string, string>();
  const [header = '', ...rest] = list.trimEnd().split('\n');
  if (readMembers(header).list !== 'entremise-erasures') return undefined;
  for (const line of rest) {
    const members = readMembers(line);
    if (typeof members.id !== 'string') return undefined;
    lines.set(members.id, JSON.stringify(Object.entries(members).sort()));
  }
  return lines;
}

/** None when the line is not one JSON object. */
function readMembers(line: string): { id?: unknown; list?: unknown } {
  try {
    return Object(JSON.parse(line)) as { id?: unknown; list?: unknown };
  } catch {
    return {};
  }
}
