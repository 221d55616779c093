import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import {
  announceKeys,
  type HeadStore,
  LOGS,
  type LogName,
  makeSigningKey,
  nodeCrypto,
  parseSigningKey,
  policyText,
  publish,
  type SigningKey,
  signerHandler,
  witnessHandler,
} from '#journal';
import { COSIGNATURE_V1, checkpointText, ED25519, emptyRoot, formatNote } from '#journal/verify';
import type { Sealing } from '#platform/config/config.ts';
import { randomToken } from '#platform/crypto/hashes.ts';
import { openDatabase } from '#platform/db/database.ts';
import { createLogger } from '#platform/log/logger.ts';
import { systemClock } from '#platform/time/clock.ts';
import { sequence } from '../../src/journal/seal/index.ts';
import { ignoreClosing } from './context-parts.ts';
import type { World } from './world.ts';

/** What stands behind a sealed world. `policy` is the text of /journal/policy.txt: two logs, two witnesses, both of them. */
export type Sealed = {
  policy: string;
  sealing: Sealing;
  logs: { actes: SigningKey; acces: SigningKey };
  witnesses: readonly [SigningKey, SigningKey];
};

type Sealable = Pick<World, 'ctx' | 'workerCtx' | 'database'>;

type KeptHead = Awaited<ReturnType<HeadStore['latest']>>;

const sealers = new WeakMap<object, Promise<Sealed>>();

/**
 * Seals all that is written in a world, both logs: sequenced, signed, cosigned by two witnesses of two, published. Can be
 * called again as the journal grows; signer and witnesses stay the same. Waits for open transactions, of other tests too.
 * The announcement of the logs’ keys is itself in `actes`.
 */
export async function sealWorld(world: Sealable): Promise<Sealed> {
  const sealed = await sealerOf(world);
  await sequenceWorld(world);
  for (const log of LOGS) {
    // a machine that is busy may answer later than programs wait; whatever else is wrong stays so
    for (let more = 3; !(await isPublished(world, log)); more -= 1) {
      await publish(world.workerCtx, log, sealed.sealing);
      const problem = await problemOf(world, log);
      if (problem && (more === 0 || !problem.includes(': too-slow: ')))
        throw new Error(`${log} cannot be published: ${problem}`);
    }
  }
  return sealed;
}

/** Gives every entry its place in the tree, and publishes nothing: they are sealed, not cosigned. */
export async function sequenceWorld({ workerCtx, database }: Sealable): Promise<void> {
  const owner = openDatabase(database.superuserUrl, { max: 1, onError: ignoreClosing });
  try {
    for (;;) {
      for (const log of LOGS) await sequenceLog(workerCtx, log);
      const { rows } = await sql<{ left: number }>`
        select count(*)::int as left from journal.entry e
        where not exists (select from journal.leaf l where l.entry_id = e.id)
          and not exists (select from journal.quarantine q where q.entry_id = e.id)`.execute(owner);
      if (rows[0]?.left === 0) return;
      await sleep(20); // a transaction that is open somewhere in the cluster holds them back
    }
  } finally {
    await owner.destroy();
  }
}

async function sequenceLog(ctx: World['workerCtx'], log: LogName): Promise<void> {
  for (;;) {
    const answer = await sequence(ctx, log);
    if ('refused' in answer) throw new Error(answer.refused);
    if (answer.added === 0) return;
  }
}

async function isPublished({ workerCtx }: Sealable, log: LogName): Promise<boolean> {
  const { rows } = await sql<{ is: boolean }>`
    select coalesce((select max(size) from journal.tree_head where log_id = ${LOGS.indexOf(log) + 1}), 0)
      = coalesce((select max(size) from journal.publication where log_id = ${LOGS.indexOf(log) + 1}), 0) as is`.execute(
    workerCtx.db,
  );
  return rows[0]?.is === true;
}

async function problemOf({ workerCtx }: Sealable, log: LogName): Promise<string | undefined> {
  const { rows } = await sql<{ part: string; problem: string }>`
    select part, problem from journal.sealing_state
    where log_id = ${LOGS.indexOf(log) + 1} and problem is not null and part not in ('policy', 'horizon', 'sweeper')`.execute(
    workerCtx.db,
  );
  return rows.map(({ part, problem }) => `${part}: ${problem}`).join('; ') || undefined;
}

/** Made once for a world, at its first sealing. */
function sealerOf(world: Sealable): Promise<Sealed> {
  const made = sealers.get(world.workerCtx.db) ?? makeSealer(world);
  sealers.set(world.workerCtx.db, made);
  return made;
}

async function makeSealer({ ctx, workerCtx, database }: Sealable): Promise<Sealed> {
  const { origin } = ctx.config.journal;
  const key = (name: string, type: typeof ED25519 | typeof COSIGNATURE_V1) =>
    parseSigningKey(makeSigningKey(name, type));
  const logs = { actes: key(`${origin}/actes`, ED25519), acces: key(`${origin}/acces`, ED25519) };
  const witnesses = [key('temoin-un.test', COSIGNATURE_V1), key('temoin-deux.test', COSIGNATURE_V1)] as const;
  const keys = [logs.actes, logs.acces];
  const signerToken = randomToken();
  const logger = createLogger('silent');
  const signerUrl = await serve(signerHandler({ keys, heads: headsInMemory() }, signerToken, logger));
  const lines: string[] = [];
  for (const [index, one] of witnesses.entries()) {
    const known = keys.map(({ vkey }) => vkey);
    const witness = { key: one, logs: known, heads: headsInMemory(), clock: systemClock };
    lines.push(`witness w${index + 1} ${one.vkey.text} ${await serve(witnessHandler(witness, logger))}`);
  }
  // both contexts share one configuration, as the programs of one service do
  ctx.config.journal = { origin, witnesses: `${lines.join('\n')}\ngroup both all w1 w2\nquorum both\n` };
  workerCtx.config.journal = ctx.config.journal;
  const owner = openDatabase(database.ownerUrl, { max: 1, onError: ignoreClosing });
  const told = await announceKeys(
    ctx,
    owner,
    keys.map(({ vkey }) => vkey.text),
  );
  await owner.destroy();
  if (!told.ok) throw new Error(`${told.key}: ${told.reason}`);
  const sealing = { signerUrl, signerToken, mirror: '', checkpointEvery: 0 };
  return { policy: await policyText(ctx), sealing, logs, witnesses };
}

/** Serves until the test file ends: nobody has to stop it. */
export async function serve(handler: RequestListener): Promise<string> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A memory that lasts as long as the test. `rollBack` puts back what it remembered at a size, as a restored backup does. */
export function headsInMemory(): HeadStore & { rollBack(origin: string, size: bigint): void } {
  const heads = new Map<string, KeptHead>();
  const past: [string, KeptHead][] = [];
  const latest = (origin: string) => {
    const root = emptyRoot(nodeCrypto.sha256);
    const empty = formatNote(checkpointText({ origin, size: 0n, root }), []);
    return heads.get(origin) ?? { size: 0n, root, note: empty, number: 0 };
  };
  return {
    latest: async (origin) => latest(origin),
    async replace(origin, seen, next) {
      if (latest(origin).number !== seen.number) return false;
      const kept = { ...next, number: seen.number + 1 };
      heads.set(origin, kept);
      past.push([origin, kept]);
      return true;
    },
    rollBack(origin, size) {
      heads.delete(origin);
      const [, then] = past.findLast(([of, head]) => of === origin && head.size === size) ?? [];
      if (then) heads.set(origin, then);
    },
  };
}
