import { sql } from 'kysely';
import type { AppContext } from '#platform/context.ts';
import type { Db, Trx } from '#platform/db/database.ts';
import type { JournalEvent } from '../event.ts';
import { asNode } from '../prove-node.ts';
import { record } from '../record.ts';
import { fieldErased, type Ground, personErased, type Rule, retentionApplied } from './erase.events.ts';
import { type Erasing, inErasure, NothingErased } from './in-erasure.ts';

/** What is erased: whole persons (their key, and what names them), the openings of mandates, or those of some entries. */
export type Erased = {
  persons?: readonly string[];
  mandates?: readonly string[];
  entries?: readonly string[];
  /** This name alone. */
  field?: string;
};

type Ids = { keys: string[]; mandates: readonly string[]; entries: readonly string[]; field: string | null };

/**
 * Erases in the journal, inside a transaction of `inErasure`, and writes the entry that `tell` makes of the number of openings.
 * Returns the id of that entry, under which the erasure is listed, and the number. Gives up when a hold forbids it, or when there
 * is nothing left to erase.
 */
export async function eraseOpenings(
  ctx: Pick<AppContext, 'keys' | 'clock'>,
  trx: Trx,
  erased: Erased,
  tell: (openings: number) => JournalEvent,
): Promise<{ erasureId: string; openings: number }> {
  const ids = await idsOf(trx, erased);
  if (ids.keys.length + ids.mandates.length + ids.entries.length === 0) throw new NothingErased('nothing');
  const openings = await countOpenings(trx, ids);
  const [erasureId = ''] = await record(ctx, trx, tell(openings));
  const erase = sql`
    select journal.erase(${erasureId}::uuid, ${ids.keys}::uuid[], ${ids.mandates}::uuid[], ${ids.entries}::uuid[],
      ${ids.field}::text)`;
  await asNode(ctx.keys, trx, erasureId, () => erase.execute(trx));
  return { erasureId, openings };
}

async function idsOf(trx: Trx, { persons = [], mandates = [], entries = [], field }: Erased): Promise<Ids> {
  const { rows } = await sql<{ id: string }>`
    select id from journal.subject_key where subject_kind = 'usager' and subject_id = any(${persons}::uuid[])
    order by id`.execute(trx);
  return { keys: rows.map(({ id }) => id), mandates, entries, field: field ?? null };
}

async function countOpenings(trx: Trx, { keys, mandates, entries, field }: Ids): Promise<number> {
  const { rows } = await sql<{ openings: number }>`
    select journal.count_openings(${keys}::uuid[], ${mandates}::uuid[], ${entries}::uuid[], ${field}::text) as openings
  `.execute(trx);
  return rows[0]?.openings ?? 0;
}

/** Erases one value that an entry committed to. */
export async function eraseField(
  ctx: Pick<AppContext, 'db' | 'keys' | 'clock'>,
  { entryId, field, ground }: { entryId: string; field: string; ground: Ground },
): Promise<Erasing<{ erasureId: string }>> {
  return inErasure(ctx, async (trx) => {
    const erased = await eraseOpenings(ctx, trx, { entries: [entryId], field }, (openings) => {
      if (openings === 0) throw new NothingErased('nothing');
      return fieldErased.event({ actor: {}, result: 'ok', clear: { entry: entryId, field, ground, openings } });
    });
    return { erasureId: erased.erasureId };
  });
}

/** What kind of entry this is and which of its values are still kept; undefined when the index has no such entry. */
export async function valuesOf(db: Db, entryId: string): Promise<{ kind: string; left: string[] } | undefined> {
  const { rows } = await sql<{ kind: string; left: string[] }>`
    select i.kind, array(select o.name from journal.opening o where o.entry_id = i.id order by 1) as left
    from journal.entry_index i where i.id = ${entryId}::uuid`.execute(db);
  return rows[0];
}

/**
 * Erases a person in the journal, inside a transaction of `inErasure` that removes the rest of what is known of them:
 * destroys their key, removes their openings and those of these mandates, and what links entries to them.
 */
export async function erasePersonEntries(
  ctx: Pick<AppContext, 'keys' | 'clock'>,
  trx: Trx,
  { usagerId, mandates, ground }: { usagerId: string; mandates: readonly string[]; ground: Ground },
): Promise<{ erasureId: string; openings: number }> {
  return eraseOpenings(ctx, trx, { persons: [usagerId], mandates }, (openings) =>
    personErased.event({ actor: {}, result: 'ok', clear: { ground, openings } }),
  );
}

export type Batch = { rule: Rule; before: Date; rows: number; persons?: number };

/** The entry of one batch of a retention job. */
export function batchEvent({ rule, before, rows, persons = 0 }: Batch, openings: number): JournalEvent {
  return retentionApplied.event({
    actor: {},
    result: 'ok',
    clear: { rule, before: before.toISOString(), rows, persons, openings },
  });
}
