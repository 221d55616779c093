import type { Db } from '#platform/db/database.ts';
import { readLeaf } from '../verify/index.ts';
import {
  type ActsWanted,
  numberedAfter,
  type Place,
  type RowPutBack,
  rowsOfIds,
  rowsOfKinds,
} from './acts-put-back.queries.ts';
import { type JudgedAct, judgeActs } from './judge-acts.ts';

/**
 * The acts of these kinds that the index ties to an alias and to no mandate, in the order of the tree: acts of mandates that
 * `reconcile` put back, and acts of drafts. Only what was sealed and says itself what the index says of it; and whether a
 * registered node signed it, since the worker gives places. Needs the owner's rights.
 */
export async function actsPutBack(db: Db, wanted: ActsWanted): Promise<JudgedAct[]> {
  const acts = await judged(await rowsOfKinds(db, wanted));
  return acts.map(({ id, leaf, rogue }) => ({ id, leaf, rogue }));
}

/** The greatest number that acts of one mandate have, among those that `reconcile` put back. */
type NumberPutBack = { alias: string; mn: number };

const PAGE = 2_000;

/**
 * Of each mandate that has acts put back, as their leaves say. Only of these does the index know a number and not the mandate.
 * `rogue`: the acts that count for nothing, as above. Needs the owner's rights.
 */
export async function numbersPutBack(db: Db): Promise<{ numbers: NumberPutBack[]; rogue: JudgedAct[] }> {
  const greatest = new Map<string, number>();
  const rogue: JudgedAct[] = [];
  let after: Place | undefined = { alias: '', id: '00000000-0000-0000-0000-000000000000' };
  while (after) {
    const places: Place[] = await numberedAfter(db, after, PAGE);
    const ids = places.map(({ id }) => id);
    for (const { alias, mn, ...act } of await judged(await rowsOfIds(db, ids))) {
      if (act.rogue) rogue.push({ id: act.id, leaf: act.leaf, rogue: act.rogue });
      else if (mn !== null) greatest.set(alias, Math.max(mn, greatest.get(alias) ?? 0));
    }
    after = places.at(-1);
  }
  return { numbers: [...greatest].map(([alias, mn]) => ({ alias, mn })), rogue };
}

/** What a leaf does not say of itself is left out. */
async function judged(rows: readonly RowPutBack[]): Promise<(RowPutBack & JudgedAct)[]> {
  return (await judgeActs(rows)).filter((act) => act.rogue || saysSo(act));
}

function saysSo({ leaf, kind, alias, mn }: RowPutBack): boolean {
  const read = readLeaf(leaf);
  return read.ok && read.leaf.type === kind && read.leaf.m === alias && (read.leaf.mn ?? null) === mn;
}
