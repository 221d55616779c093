import { sql } from 'kysely';
import { z } from 'zod';
import type { AppContext } from '#platform/context.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import type { Db, Trx } from '#platform/db/database.ts';
import { record } from '../record.ts';
import { erasuresReplayed, type Ground } from './erase.events.ts';
import { type Erasing, inErasure } from './in-erasure.ts';

const HEADER = '{"list":"entremise-erasures","v":1}';

const ids = z.array(z.uuid());
const lineSchema = z.strictObject({
  id: z.uuid(),
  kind: z.enum(['field', 'person', 'period', 'retention']),
  ground: z.string(),
  keys: ids,
  mandates: ids,
  entries: ids,
  field: z.string().nullable(),
  log_id: z.union([z.literal(1), z.literal(2)]).nullable(),
  month: z.iso.date().nullable(),
  kept: ids,
  indices: z
    .string()
    .regex(/^\{[0-9[\]),(]*\}$/)
    .nullable(),
  openings: z.int(),
  erased_at: z.string(),
});
type Line = z.output<typeof lineSchema>;

/** The list of erasures as a file: a header, then one JSON object a line, in ids that name nobody. Oldest first. */
export async function exportErasures(db: Db | Trx): Promise<string> {
  const { rows } = await sql<{ line: string }>`
    select (to_jsonb(e) - 'xid')::text as line from journal.erasure e order by id`.execute(db);
  return [HEADER, ...rows.map(({ line }) => line), ''].join('\n');
}

/** What a list took when it was applied again. */
export type Replayed = { erasures: number; openings: number; entries: number; persons: number };

/** What the rows of other folders must follow, when an erasure is applied again. */
export type ReplayedErasure = {
  replayId: string;
  erasureId: string;
  persons: readonly string[];
  mandates: readonly string[];
};

/**
 * Applies a list of erasures again, after a backup from before them was restored: in one transaction, with one entry that
 * tells it. `follow` removes the rows of other folders. May be run again: what is gone already stays gone. Needs the owner's
 * rights: a file says what goes. Throws a TypeError when the text is not such a list, and gives up, whole, when a hold that came
 * back with the backup forbids one of them: nothing is then erased.
 */
export async function replayErasures(
  ctx: Pick<AppContext, 'db' | 'keys'>,
  text: string,
  follow: (trx: Trx, erasure: ReplayedErasure) => Promise<void>,
): Promise<Erasing<Replayed>> {
  const lines = readList(text);
  return inErasure(ctx, async (trx) => {
    const clear = { erasures: lines.length, list: sha256(text).toString('base64url') };
    const [replay = ''] = await record(ctx, trx, erasuresReplayed.event({ actor: {}, result: 'ok', clear }));
    const total = { erasures: lines.length, openings: 0, entries: 0, persons: 0 };
    for (const line of lines) {
      const persons = await personsOf(trx, line.keys);
      const { rows } = await sql<{ openings: number; entries: number }>`
        select * from journal.erase_again(${replay}::uuid, ${JSON.stringify(line)}::jsonb)`.execute(trx);
      await follow(trx, { replayId: replay, erasureId: line.id, persons, mandates: line.mandates });
      total.openings += rows[0]?.openings ?? 0;
      total.entries += rows[0]?.entries ?? 0;
      total.persons += persons.length;
    }
    return total;
  });
}

function readList(text: string): Line[] {
  const [header, ...lines] = text.split('\n');
  if (header !== HEADER || lines.pop() !== '')
    throw new TypeError('this is not a list of erasures, or it is cut short');
  return lines.map((line) => lineSchema.parse(JSON.parse(line)));
}

/** The persons whose keys a restored backup brought back. */
async function personsOf(trx: Trx, keys: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ subjectId: string }>`
    select subject_id from journal.subject_key where id = any(${keys}::uuid[]) and subject_kind = 'usager'`.execute(
    trx,
  );
  return rows.map(({ subjectId }) => subjectId);
}

/** An erasure as auditors are told of it. */
export type ErasureTold = { erasureId: string; ground: Ground; erasedAt: Date };

/** Which erasures took the bytes of entries that were sealed, by their ids; the others are absent. */
export async function erasuresOf(db: Db, entryIds: readonly string[]): Promise<Map<string, ErasureTold>> {
  const { rows } = await sql<ErasureTold & { entryId: string }>`
    select l.entry_id, e.id as erasure_id, e.ground, e.erased_at from journal.leaf l
    join journal.erasure e on e.log_id = l.log_id and e.indices @> l.idx
    where l.entry_id = any(${entryIds}::uuid[]) order by e.id`.execute(db);
  return new Map(rows.map(({ entryId, ...erasure }) => [entryId, erasure]));
}

/** Which erasure took the bytes of one entry. */
export async function erasureOf(db: Db, entryId: string): Promise<ErasureTold | undefined> {
  return (await erasuresOf(db, [entryId])).get(entryId);
}
