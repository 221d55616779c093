import type { Sealing } from '#platform/config/config.ts';
import type { AppContext } from '#platform/context.ts';
import type { Trx } from '#platform/db/database.ts';
import type { LogName } from '../event.ts';
import { LOG_IDS, record } from '../record.ts';
import { nodeProblem } from '../register-node.ts';
import { emptyFrontier, type Frontier, grow } from '../seal/frontier.ts';
import { readHead } from '../seal/head.queries.ts';
import { originProblem, shardOf } from '../seal/log.ts';
import { memoryOf } from '../seal/memory.ts';
import { headAt } from '../seal/mirror.queries.ts';
import { mirrorOf } from '../seal/mirror.ts';
import { type Mirrored, readMirrored } from '../seal/mirror-files.ts';
import { inSealing, takeLock } from '../seal/open-tree.ts';
import { insertTiles, sealBatch } from '../seal/seal-batch.ts';
import { allowMinutes, BATCH, type Candidate, entriesById, ownEntries } from '../seal/unsealed.queries.ts';
import { formatOrigin, type SuccessionReason, sameBytes } from '../verify/index.ts';
import { type Closing, closingCheckpoint } from './closing-checkpoint.ts';
import { keptPlaces, leafPages } from './kept-places.ts';
import { keepSuccession, nextNumber, placeless, setAside } from './succeed.queries.ts';
import { succeededAcces, succeededActes } from './succession.events.ts';

/** What a succession does, before or after it is done. */
export type Succeeding = {
  log: LogName;
  /** The origin that ends, at this size; `seen`: the largest that anybody remembers of it. */
  closed: string;
  size: bigint;
  seen: bigint;
  /** The origin that goes on, with the places before `kept` as they were. */
  origin: string;
  kept: bigint;
};
export type Succeeded = Succeeding & { n: number; sealed: number };

export type SucceedAsked = {
  reason: SuccessionReason;
  /** The last checkpoint that was published, when neither witnesses nor mirror nor database give it. */
  note?: string;
  policyText?: string;
  /** The origin that is to end, typed: without it nothing is done, and what would be is told. */
  confirmed?: string;
};

class Refusal extends Error {}

/** The last of all ids: the cursor stands behind every entry of its transaction. */
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/**
 * Closes a log that cannot go on under its name, and lets another one go on in its place: the tables of the trees are set aside
 * whole, the new tree begins with the places that they still prove, then comes the entry that tells it, then every entry without a
 * place. Acts go on meanwhile. Needs the owner's rights, and workers that are stopped; one transaction: the old log, or the new
 * one. Its key is then announced, and its signer and witnesses begin with it.
 */
export async function succeed(
  ctx: AppContext,
  log: LogName,
  sealing: Sealing,
  asked: SucceedAsked,
): Promise<{ done: Succeeded } | { planned: Succeeding } | { refused: string }> {
  const origin = await originProblem(ctx, log);
  if (origin) return { refused: origin };
  const closing = await closingCheckpoint(ctx, log, sealing, asked);
  if ('refused' in closing) return closing;
  const mirrored = await readMirrored(mirrorOf(sealing.mirror, log)).catch((error: Error) => error.message);
  if (typeof mirrored === 'string')
    return {
      refused: `the mirror cannot be read (${mirrored}): mend it, or put its folder « ${log} » aside. Nothing was changed`,
    };
  try {
    const answer = await inSealing(ctx, async (trx) => {
      if (!(await takeLock(trx, log))) throw new Refusal('another program is sealing this log: stop the workers first');
      await allowMinutes(trx);
      const plan = await planOf(ctx, trx, { log, closing, mirrored });
      if (asked.confirmed === undefined) return { planned: plan };
      if (asked.confirmed !== plan.closed)
        throw new Refusal(
          `« ${asked.confirmed} » is not the log that is to end, « ${plan.closed} »: nothing was changed`,
        );
      return { done: await carryOut(ctx, trx, { plan, closing, reason: asked.reason }) };
    });
    delete memoryOf(ctx, log).tree;
    return answer;
  } catch (error) {
    if (error instanceof Refusal) return { refused: error.message };
    throw error;
  }
}

type Ground = { log: LogName; closing: Closing; mirrored: Mirrored | undefined };

async function planOf(ctx: AppContext, trx: Trx, { log, closing, mirrored }: Ground): Promise<Succeeding> {
  const problem = await nodeProblem(trx, ctx.keys);
  if (problem) throw new Refusal(problem); // what an unregistered node writes is put aside
  const kept = await keptPlaces(trx, log, closing);
  const { origin: closed, size, seen } = closing;
  const head = mirrored && (await headAt(trx, LOG_IDS[log], mirrored.size));
  if (mirrored && (mirrored.size > kept || !head || !sameBytes(head.root, mirrored.root)))
    throw new Refusal(mirrorProblem(log, mirrored.size, kept));
  const origin = formatOrigin({ service: ctx.config.journal.origin, log, shard: shardOf(ctx, log) + 1 });
  return { log, closed, size, seen, origin, kept };
}

function mirrorProblem(log: LogName, mirrored: bigint, kept: bigint): string {
  return (
    `the mirror of « ${log} » says that it has ${mirrored} entries, and the database proves the first ${kept} alone. Try ` +
    `« npm run cli -- journal reconcile --log ${log} » (with --whole) first: nothing is then lost. If it cannot, the mirror is ` +
    `incomplete: put its folder « ${log} » aside (mv ${log} ${log}-closed, keep it), and run this again. Nothing was changed`
  );
}

type Work = { plan: Succeeding; closing: Closing; reason: SuccessionReason };

async function carryOut(ctx: AppContext, trx: Trx, { plan, closing, reason }: Work): Promise<Succeeded> {
  const { log, closed, size, seen, origin, kept } = plan;
  const n = await nextNumber(trx);
  await setAside(trx, { n, log, kept });
  const before = await rebuildTiles(trx, log, kept);
  const [kind, root] = [log === 'actes' ? succeededActes : succeededAcces, Buffer.from(closing.root)];
  const clear = {
    ...{ closed, size: Number(size), root: root.toString('base64url'), seen: Number(seen) },
    ...{ origin, kept: Number(kept), reason },
  };
  const [entryId = ''] = await record(ctx, trx, kind.event({ actor: {}, result: 'ok', clear }));
  const told = { ...plan, n, note: closing.note, root, reason, entryId, succeededAt: ctx.clock.now() };
  await keepSuccession(trx, told);
  const sealed = await sealAgain(ctx, trx, { n, log, entryId, before });
  return { ...plan, n, sealed };
}

/** The tiles of the places that are kept, made of their leaves; and where the tree then ends. */
async function rebuildTiles(trx: Trx, log: LogName, kept: bigint): Promise<Frontier> {
  let frontier = emptyFrontier;
  for await (const { hashes } of leafPages(trx, log, kept)) {
    const grown = grow(frontier, hashes);
    await insertTiles(trx, LOG_IDS[log], grown.full);
    ({ frontier } = grown);
  }
  if (frontier.size !== kept) throw new Error(`the leaves end at ${frontier.size} instead of ${kept}`);
  return frontier;
}

type Again = { n: number; log: LogName; entryId: string; before: Frontier };

/** The entry that tells it first, then what has no place: as the sequencer would, whatever transactions are open. */
async function sealAgain(ctx: AppContext, trx: Trx, { n, log, entryId, before }: Again): Promise<number> {
  const { ids, horizon } = await placeless(trx, { n, log });
  const { cluster } = await readHead(trx, LOG_IDS[log]);
  // everything below the horizon was looked at; what was not, the sequencer comes by
  const cursor = { xid: String(BigInt(horizon) - 1n), id: LAST_ID };
  const told = (await ownEntries(trx, LOG_IDS[log])).filter(({ id }) => id === entryId);
  const first = await sealBatch(ctx, trx, { log, before, entries: told, cursor, cluster });
  if (first.added === 0)
    throw new Error('the entry that tells the succession was refused: is the node key registered?');
  let { frontier } = first;
  const rest = ids.filter((id) => id !== entryId);
  for (let from = 0; from < rest.length; from += BATCH) {
    const some = rest.slice(from, from + BATCH);
    const entries = inOrder(some, await entriesById(trx, LOG_IDS[log], some));
    ({ frontier } = await sealBatch(ctx, trx, { log, before: frontier, entries, cursor, cluster }));
  }
  return Number(frontier.size - before.size);
}

function inOrder(ids: readonly string[], entries: readonly Candidate[]): Candidate[] {
  const places = new Map(ids.map((id, place) => [id, place]));
  return entries.toSorted((one, other) => (places.get(one.id) ?? 0) - (places.get(other.id) ?? 0));
}
