import type { AppContext } from '#platform/context.ts';
import type { LogName } from '../event.ts';
import type { KnownSize } from './head.rules.ts';
import { originProblem } from './log.ts';
import { memoryOf } from './memory.ts';
import { openTree } from './open-tree.ts';
import { type SealingProblem, tell } from './sealing-state.ts';

/**
 * Why a log may not be sealed, with what to do; undefined when it may. Asked at start: is it the log of this
 * configuration, do the tables make up the root of the last head, were the transactions of this cluster counted on, and does
 * anybody (`known`: signer, witnesses, mirror) remember more than the database does. Writes what it found in `sealing_state`.
 */
export async function sealingProblem(
  ctx: AppContext,
  log: LogName,
  known: readonly KnownSize[] = [],
): Promise<SealingProblem<'sequencer'> | undefined> {
  const problem = (await originProblem(ctx, log)) ?? (await treeProblem(ctx, log, known));
  await tell(ctx, log, 'sequencer', problem);
  return problem;
}

/** Without the frontier that is remembered: the tables have to make up the root by themselves. */
function treeProblem(
  ctx: AppContext,
  log: LogName,
  known: readonly KnownSize[],
): Promise<SealingProblem<'sequencer'> | undefined> {
  const { tree, said } = memoryOf(ctx, log);
  const remembered = tree ? [{ who: 'this program', size: tree.frontier.size }] : [];
  return ctx.db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (trx) => {
      const opened = await openTree(trx, log, { said }, { known: [...known, ...remembered] });
      return opened.ok ? undefined : opened.refused;
    });
}
