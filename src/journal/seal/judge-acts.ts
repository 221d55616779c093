import { type Checked, checkEntries, type RogueReason } from './check-entries.ts';

/** A row of an act, as the index names it. One act may have several: whoever may write rows may put the same bytes again under an id. */
export type ActRow = Omit<Checked, 'sealedHash'> & { kind: string };

/** An act. `rogue`: why no node of ours wrote it, although it may have a place: it says nothing about anybody. */
export type JudgedAct = { id: string; leaf: Buffer; rogue: RogueReason | undefined };

/** One for each act, in the order of their first rows: of its rows, the first that a node of ours signed, if there is any. */
export async function judgeActs<Row extends ActRow>(rows: readonly Row[]): Promise<(Row & JudgedAct)[]> {
  const reasons = await checkEntries('actes', rows);
  const acts = new Map<string, Row & JudgedAct>();
  for (const [at, row] of rows.entries()) {
    const rogue = reasons[at];
    if (!acts.has(row.id) || !rogue) acts.set(row.id, { ...row, rogue });
  }
  return [...acts.values()];
}
