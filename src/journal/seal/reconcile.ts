import type { AppContext } from '#platform/context.ts';
import type { Trx } from '#platform/db/database.ts';
import type { LogName } from '../event.ts';
import { LOG_IDS, record } from '../record.ts';
import { most } from '../sizes.ts';
import { sameBytes, TILE_WIDTH } from '../verify/index.ts';
import { loadFrontier, treeAt } from './frontier.queries.ts';
import { emptyFrontier, type Frontier, type FullTile, grow, rootOfFrontier } from './frontier.ts';
import { BEGINNING, type HeadState, readHead } from './head.queries.ts';
import type { KnownSize } from './head.rules.ts';
import { originProblem } from './log.ts';
import { memoryOf } from './memory.ts';
import { mirrorOf } from './mirror.ts';
import { type Mirrored, readMirrored } from './mirror-files.ts';
import { type ErasedPlaces, erasedPlaces } from './mirrored-erasures.ts';
import { inSealing, takeLock } from './open-tree.ts';
import { type Lost, putBack, putHead, type Strange, waitingIn } from './put-back.queries.ts';
import { readPlaces } from './read-mirror.ts';
import { reconciled } from './seal.events.ts';
import { allowMinutes } from './unsealed.queries.ts';

export type Reconciled<Followed = unknown> = {
  /** The leaves [from, to) were compared with the mirror, and put back where they were missing. */
  from: bigint;
  to: bigint;
  /** Entries whose row was gone: acts whose other rows may be gone too. */
  lost: Lost[];
  /** Places whose bytes are no entry of this log: placed there by somebody else, and sealed. Their bytes alone are there. */
  strange: Strange[];
  /** How many of these places are of erased entries: their hashes alone were put back, or were there. */
  erased: bigint;
  /** How many erasures of months the list beside the mirror has and the database has not: they are to be replayed. */
  toReplay: number;
  /** What `follow` answered. */
  followed?: Followed | undefined;
};

/** What follows the entries that came back, given those whose rows were gone. */
type Follow<Followed> = (trx: Trx, lost: readonly Lost[]) => Promise<Followed>;

class Refusal extends Error {}

function refuse(error: unknown): never {
  throw new Refusal(`${error instanceof Error ? error.message : String(error)}: nothing was put back`);
}

/** What the tables do not take (SQLSTATE 22 and 23: an hour or a signature beside a bundle, which no root covers) is no failure of theirs. */
function refuseData(error: unknown): never {
  const isData = error instanceof Error && 'code' in error && /^2[23]/.test(String(error.code));
  if (!isData && !(error instanceof TypeError)) throw error;
  throw new Refusal(`what the mirror has beside an entry is damaged (${error.message}): nothing was put back`);
}

/**
 * Puts back what a database taken back to an older state has lost of a log: entries, leaves and tiles, from the mirror,
 * at the same indices, up to the last head that was mirrored. Kept only when the tree then has the root that the
 * witnesses cosigned (`cosigned`, whose signatures the caller has checked) and the mirror's own, and the mirror has all
 * that anybody (`known`) remembers. One transaction, under the owner's role: rows are only added, and every trigger
 * stays in force. What was put back carries the hour it was first recorded, and the transaction of the restored head,
 * so that the sequencer does not take it for new. Entries erased with their month stay so, whatever the mirror has of
 * them: their hashes are put back, from its tiles. `whole`: compares from the first leaf on, for entries that went
 * missing below a head that is still there. `follow`: what else has to follow the acts that came back, in the same
 * transaction; when it throws, nothing was put back.
 */
export async function reconcile<Followed>(
  ctx: AppContext,
  log: LogName,
  given: {
    mirror: string;
    cosigned: Mirrored;
    known?: readonly KnownSize[];
    whole?: boolean;
    follow?: Follow<Followed> | undefined;
  },
): Promise<Reconciled<Followed> | { refused: string }> {
  const { mirror, cosigned, known = [], whole = false, follow } = given;
  const origin = await originProblem(ctx, log);
  if (origin) return { refused: origin };
  const there = await readMirrored(mirrorOf(mirror, log));
  const beyond = [{ who: 'the cosigned checkpoint', size: cosigned.size }, ...known].find(
    ({ size }) => size > (there?.size ?? 0n),
  );
  const { head } = await readHead(ctx.db, LOG_IDS[log]);
  const furthest = most(cosigned.size, ...known.map(({ size }) => size));
  if (beyond && head && head.size >= furthest && (await isCosigned(ctx, log, cosigned)))
    return { refused: mirrorBehind(log, there?.size ?? 0n, head.size) };
  if (!there || beyond) {
    const refused =
      `the mirror ends at ${there?.size ?? 0n}, and ${beyond?.who} goes up to ${beyond?.size}: what lies between ` +
      `exists nowhere here. Look for another copy of the mirror; without one: « npm run cli -- journal succeed --log ${log} »`;
    return { refused };
  }
  try {
    const done = await inSealing(ctx, (trx) => putAllBack(ctx, trx, log, { mirror, there, cosigned, whole, follow }));
    delete memoryOf(ctx, log).tree;
    return done;
  } catch (error) {
    if (error instanceof Refusal) return { refused: error.message };
    throw error;
  }
}

/** Whether the tables make up the tree that the witnesses cosigned. */
async function isCosigned({ db }: Pick<AppContext, 'db'>, log: LogName, { size, root }: Mirrored): Promise<boolean> {
  const tree = await treeAt(db, LOG_IDS[log], size);
  return tree !== undefined && sameBytes(tree.root, root);
}

/** An older copy of the mirror, or one that waits to go on: the database has what it lacks. */
function mirrorBehind(log: LogName, there: bigint, here: bigint): string {
  return (
    `the mirror ends at ${there}, the database at ${here}: nothing is missing here after ${there}, so there is nothing to put ` +
    'back, and no log to close. Start the workers: they copy to the mirror what it lacks. If they tell that it is of another ' +
    `tree, put its folder « ${log} » aside, and keep it (mv ${log} ${log}-other): they make it anew. Nothing was put back`
  );
}

const WIDTH = BigInt(TILE_WIDTH);

type Growing = { before: Frontier; state: HeadState; erased: ErasedPlaces };
type Sources = { mirror: string; there: Mirrored; cosigned: Mirrored; whole: boolean };

async function putAllBack<Followed>(
  ctx: AppContext,
  trx: Trx,
  log: LogName,
  from: Sources & { follow: Follow<Followed> | undefined },
): Promise<Reconciled<Followed>> {
  const { there, cosigned } = from;
  if (!(await takeLock(trx, log))) throw new Refusal('another program is sealing this log: stop the workers first');
  await allowMinutes(trx);
  const state = await readHead(trx, LOG_IDS[log]);
  const before = from.whole ? emptyFrontier : await soundFrontier(trx, log, state);
  if (before.size > there.size) throw new Refusal(mirrorBehind(log, there.size, before.size));
  const erased = await erasedPlaces(trx, log, from.mirror).catch(refuse);
  const grown = await putLeavesBack(trx, log, { ...from, before, state, erased });
  for (const known of [cosigned, there]) {
    if (known.size <= before.size) continue;
    if (!sameBytes(grown.roots.get(known.size) ?? new Uint8Array(), known.root)) {
      const whose = known === cosigned ? 'the witnesses cosigned' : 'the mirror had';
      const odd =
        grown.strange.length > 0 ? ` (no entry stands at ${grown.strange[0]?.index}: is the mirror damaged?)` : '';
      throw new Refusal(`the tree of ${known.size} entries has not the root that ${whose}${odd}: nothing was put back`);
    }
    await putHead(trx, LOG_IDS[log], known, state);
  }
  await assertRoot(trx, log, there);
  const followed = await from.follow?.(trx, grown.lost);
  const clear = {
    log,
    from: Number(before.size),
    to: Number(there.size),
    cosigned: Number(cosigned.size),
  };
  await record(ctx, trx, reconciled.event({ actor: {}, result: 'ok', clear }));
  const { lost, strange, erased: stayErased } = grown;
  return { from: before.size, to: there.size, lost, strange, erased: stayErased, toReplay: erased.untold, followed };
}

/** The tree of the database if its tables make up its root; else the empty one, to compare everything. */
async function soundFrontier(trx: Trx, log: LogName, { head, leaves }: HeadState): Promise<Frontier> {
  if (!head || leaves !== head.size) return emptyFrontier;
  const loaded = await loadFrontier(trx, LOG_IDS[log], head.size);
  const isSound = loaded.ok && sameBytes(rootOfFrontier(loaded.frontier), head.root);
  return isSound ? loaded.frontier : emptyFrontier;
}

type Grown = { roots: Map<bigint, Uint8Array>; lost: Lost[]; strange: Strange[]; erased: bigint };

/** Bundle after bundle, from the one in which the database ends. */
async function putLeavesBack(
  trx: Trx,
  log: LogName,
  { mirror, there, cosigned, before, state, erased }: Sources & Growing,
): Promise<Grown> {
  const grown: Grown = { roots: new Map(), lost: [], strange: [], erased: 0n };
  const xid = state.head && state.head.cursor.xid !== BEGINNING.xid ? state.head.cursor.xid : '3';
  const waiting = await waitingIn(trx, log, erased.months);
  let frontier = before;
  while (frontier.size < there.size) {
    const first = frontier.size;
    const n = first / WIDTH;
    const end = (n + 1n) * WIDTH < there.size ? (n + 1n) * WIDTH : there.size;
    const [from, width] = [Number(first - n * WIDTH), Number(end - n * WIDTH)];
    const asked = { n, from, width, isErased: erased.has };
    const places = await readPlaces(mirrorOf(mirror, log), asked).catch(refuse);
    if (!places) throw new Refusal(`the mirror has no entries ${first} to ${end - 1n}`);
    const full: FullTile[] = [];
    for (const stop of [cosigned.size, end].filter((size) => size > frontier.size && size <= end)) {
      const some = places.slice(Number(frontier.size - first), Number(stop - first));
      const next = grow(
        frontier,
        some.map(({ hash }) => hash),
      );
      frontier = next.frontier;
      full.push(...next.full);
      grown.roots.set(stop, rootOfFrontier(frontier));
    }
    const done = await putBack(trx, log, { first, places, full, xid, waiting }).catch(refuseData);
    grown.lost.push(...done.lost);
    grown.strange.push(...done.strange);
    grown.erased += BigInt(places.filter(({ entry }) => !entry).length);
  }
  return grown;
}

async function assertRoot(trx: Trx, log: LogName, there: Mirrored): Promise<void> {
  const loaded = await loadFrontier(trx, LOG_IDS[log], there.size);
  if (!loaded.ok || !sameBytes(rootOfFrontier(loaded.frontier), there.root)) {
    const missing = loaded.ok
      ? 'leaves or tiles that are there are not the right ones'
      : `${loaded.missing} is missing`;
    throw new Refusal(`the tables do not make up the tree of the mirror: ${missing}. Nothing was put back`);
  }
}
