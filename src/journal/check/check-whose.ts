import type { Db } from '#platform/db/database.ts';
import type { LeafMembers } from '../leaf.ts';
import type { IndexRow, OpeningRow } from './entry.queries.ts';
import type { Findings } from './problems.ts';
import { goneOrPutBack } from './waiting-entries.ts';

/** The mandate of an alias, as the domain of mandates says it. */
export type MandateNamed = { mandateId: string; usagerId: string };

/** What the journal does not know by itself of what its entries are about. */
export type Whose = {
  /** The mandates that have these aliases, by alias. */
  mandatesOf(db: Db, aliases: readonly string[]): Promise<ReadonlyMap<string, MandateNamed>>;
  /** Kinds of entry that a draft writes, under its alias, before there is a mandate. */
  ofDrafts: readonly string[];
};

type Placed = { idx: bigint; entry: { id: string }; members: LeafMembers | undefined };
type Known = {
  index: ReadonlyMap<string, IndexRow>;
  openings: ReadonlyMap<string, readonly OpeningRow[]>;
  whose: Whose | undefined;
};

/**
 * Whose entry it is stands in the index alone: it agrees with the mandate whose alias the leaf has, and with the person whose key
 * seals what the entry commits to. Where the mandate was erased, nothing says it any more; what a restore put back, the index
 * lost.
 */
export async function checkWhose(
  db: Db,
  { placed, index, openings, whose }: Known & { placed: readonly Placed[] },
  found: Findings,
): Promise<void> {
  const aliases = placed.flatMap(({ members }) => members?.m ?? []);
  const mandates = (await whose?.mandatesOf(db, aliases)) ?? new Map<string, MandateNamed>();
  const doubts = placed.flatMap((one) => {
    const row = index.get(one.entry.id);
    const mandate = mandates.get(one.members?.m ?? '');
    if (!row) return [];
    const wrong = [
      ...(mandate ? differences(row, mandate, whose?.ofDrafts ?? []) : []),
      ...(isOfAnother(row, openings.get(one.entry.id) ?? []) ? ['clé'] : []),
    ];
    return wrong.length > 0 ? [{ ...one, row, wrong }] : [];
  });
  const lost = await restored(
    db,
    doubts.filter(({ row }) => row.mandateId === null && row.usagerId === null).map(({ entry }) => entry.id),
  );
  for (const { idx, entry, wrong } of doubts)
    if (!lost.has(entry.id)) found.at('whose-differs', idx, [...new Set(wrong)].join(', '));
}

function differences(row: IndexRow, { mandateId, usagerId }: MandateNamed, ofDrafts: readonly string[]): string[] {
  if (row.mandateId === null && row.mn === null && ofDrafts.includes(row.kind)) return [];
  return [...(row.mandateId === mandateId ? [] : ['mandat']), ...(row.usagerId === usagerId ? [] : ['personne'])];
}

function isOfAnother({ usagerId }: IndexRow, openings: readonly OpeningRow[]): boolean {
  return openings.some(({ subjectKind, subjectId }) => subjectKind === 'usager' && subjectId !== usagerId);
}

async function restored(db: Db, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const gone = await goneOrPutBack(
    db,
    ids.map((entryId) => ({ entryId, names: ['*'], of: 'usager' })),
  );
  return new Set(ids.filter((id) => gone.get(id)?.get('*')?.why === 'restored'));
}
