import type { LogName } from '../event.ts';
import type { HeadState } from './head.queries.ts';
import { type SealingProblem, withCode } from './sealing-state.ts';

/** How far somebody else has seen the tree: the signer, a witness, the mirror, this program before. */
export type KnownSize = { who: string; size: bigint };

/** Why nothing may be built on this head, with what to do; undefined when all is well. */
export function headProblem(
  log: LogName,
  { head, cluster, isAhead, leaves, signed }: HeadState,
  known: readonly KnownSize[] = [],
): SealingProblem<'sequencer'> | undefined {
  const size = head?.size ?? 0n;
  const furthest = [
    { who: 'the database itself has leaves', size: leaves },
    { who: 'the database itself has a checkpoint', size: signed },
    ...known.map(({ who, size: seen }) => ({ who: `${who} knows it`, size: seen })),
  ].find((one) => one.size > size);
  if (furthest) {
    return withCode(
      'rolled-back',
      `the tree of « ${log} » ends at ${size}, and ${furthest.who} up to ${furthest.size}: the database was taken back to ` +
        `an older state. Nothing is sealed until the lost part is put back from the mirror: stop the workers, then run ` +
        `« npm run cli -- journal reconcile --log ${log} »${last(log)}`,
    );
  }
  if (head && (head.systemIdentifier !== cluster || isAhead)) {
    const why = isAhead
      ? `its last transaction (${head.cursor.xid}) has not happened yet here`
      : `it was sealed in the cluster ${head.systemIdentifier} and this is ${cluster}`;
    return withCode(
      'restored-cluster',
      `the tree of « ${log} » comes from another PostgreSQL cluster: ${why}. The database was restored from a dump. ` +
        `Nothing is sealed until the entries are looked at again: run « npm run cli -- journal rebaseline --log ${log} »`,
    );
  }
  return undefined;
}

/** What to do when the tables of the tree do not make up the root that was stored. */
export function brokenProblem(log: LogName, size: bigint, fault: string): SealingProblem<'sequencer'> {
  return withCode(
    'broken-tree',
    `the tree of « ${log} » at ${size} is damaged: ${fault}. Nothing is sealed on it. Run « npm run cli -- journal check » ` +
      `to learn what was changed, and put it back from the mirror or a backup${last(log)}`,
  );
}

/** What is left when the lost part exists nowhere. */
function last(log: LogName): string {
  return `. If it is lost everywhere, mirror included, the log is closed and succeeded: « npm run cli -- journal succeed --log ${log} »`;
}
