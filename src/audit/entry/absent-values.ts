import { sql } from 'kysely';
import type { Entry, Ground } from '#journal';
import type { Db } from '#platform/db/database.ts';
import { type Absence, type ErasedBy, wasGiven } from './absent.rules.ts';

/** An entry, and the names of its values that nothing opens any more. */
export type Lacking = { entry: Entry; names: readonly string[] };

type Row = { entryId: string; ground: Ground; field: string | null; erasedAt: Date };
type Unlinked = { entryId: string; erasures: number; ground: Ground | null; erasedAt: Date | null };

/** Why each of these values cannot be opened, by id of the entry then by name. Two queries at most, none when nothing lacks. */
export async function absencesOf(db: Db, lacking: readonly Lacking[]): Promise<Map<string, Map<string, Absence>>> {
  const some = lacking.filter(({ entry, names }) => names.some((name) => wasGiven(entry, name) !== 'never'));
  const ids = some.map(({ entry }) => entry.id);
  const erasures = ids.length > 0 ? await erasuresOfValues(db, ids) : [];
  const unlinked = ids.length > 0 ? await erasuresOfPersonsSince(db, ids) : [];
  return new Map(
    lacking.map(({ entry, names }) => {
      const theirs = erasures.filter(({ entryId }) => entryId === entry.id);
      const person = unlinked.find(({ entryId }) => entryId === entry.id);
      return [entry.id, new Map(names.map((name) => [name, absenceOf(entry, name, theirs, person)]))];
    }),
  );
}

function absenceOf(entry: Entry, name: string, erasures: readonly Row[], person: Unlinked | undefined): Absence {
  const given = wasGiven(entry, name);
  if (given === 'never') return { why: 'never' };
  const by = erasures.find(({ field }) => field === null || field === name);
  if (by) return { why: 'erased', by: { ground: by.ground, erasedAt: by.erasedAt } };
  if (person && person.erasures > 0) return { why: 'with-person', by: onlyOne(person), given };
  return { why: given === 'always' ? 'taken' : 'unknown' };
}

function onlyOne({ erasures, ground, erasedAt }: Unlinked): ErasedBy | undefined {
  return erasures === 1 && ground && erasedAt ? { ground, erasedAt } : undefined;
}

/** The erasures that name these entries, their mandate, or a key that still stands beside one of their values. Oldest first. */
async function erasuresOfValues(db: Db, ids: readonly string[]): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select i.id as entry_id, e.ground, e.field, e.erased_at
    from journal.entry_index i join journal.erasure e on e.kind <> 'period' and (i.id = any(e.entries)
      or i.mandate_id = any(e.mandates)
      or exists (select from journal.opening o where o.entry_id = i.id and o.subject_key_id = any(e.keys)))
    where i.id = any(${[...ids]}::uuid[]) order by e.id`.execute(db);
  return rows;
}

/**
 * Of entries that are always about a person and that nothing links to one any more: how many erasures of persons followed them,
 * and the first. Which of them it was is what erasing removed.
 */
async function erasuresOfPersonsSince(db: Db, ids: readonly string[]): Promise<Unlinked[]> {
  const { rows } = await sql<Unlinked>`
    select i.id as entry_id, count(*)::int as erasures, min(e.ground) as ground, min(e.erased_at) as erased_at
    from journal.entry_index i join journal.erasure e on e.kind in ('person', 'retention') and cardinality(e.keys) > 0
      and e.erased_at >= i.recorded_at
    where i.id = any(${[...ids]}::uuid[]) and i.kind in ('usager.added', 'usager.changed') and i.usager_id is null
    group by i.id`.execute(db);
  return rows;
}
