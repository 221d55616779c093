import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { sql } from 'kysely';
import { announceKeys, type KeysChanged, publish, type SigningKey, signerHandler, witnessHandler } from '#journal';
import type { Sealing } from '#platform/config/config.ts';
import { inTransaction } from '#platform/context.ts';
import { openDatabase } from '#platform/db/database.ts';
import { createLogger } from '#platform/log/logger.ts';
import { systemClock } from '#platform/time/clock.ts';
import { headsInMemory, sequenceWorld, serve } from '#support/seal.ts';
import { createWorld, type World } from '#support/world.ts';
import { bundleRead } from '../../../src/journal/publish/publish.events.ts';
import { record } from '../../../src/journal/record.ts';
import { newLogKey, newWitnessKey } from './programs.ts';

/** What stands before a program: it does as it should, or answers by itself. */
export type Behaviour = 'well' | ((request: IncomingMessage, response: ServerResponse) => void);

export type FaultyProgram = {
  behaviour: Behaviour;
  key: SigningKey;
  heads: ReturnType<typeof headsInMemory>;
  /** How many times it was asked. */
  asked: number;
};

/** A world with a signer and three witnesses (two must cosign) that can be made to fail, and a tree that grows in `acces`. */
export type PublishWorld = World & {
  sealing: Sealing;
  signer: FaultyProgram & { ring: SigningKey[] };
  witnesses: [FaultyProgram, FaultyProgram, FaultyProgram];
  witnessLines: string;
  /** Writes so many lines and gives them their place. */
  grow(count: number): Promise<void>;
  publish(): Promise<void>;
  announce(...keys: SigningKey[]): Promise<KeysChanged>;
  /** Size of the tree, of the newest checkpoint and of the newest publication. */
  sizes(): Promise<{ tree: number; signed: number; published: number }>;
  problems(): Promise<Record<string, string | null>>;
  notes(): Promise<{ size: number; note: string; published: string | null }[]>;
};

export const ORIGIN = 'journal.entremise.test';
export const TOKEN = 'jeton-que-le-signataire-et-le-worker-ont';

export async function publishWorld(): Promise<PublishWorld> {
  const world = await createWorld();
  const [actes, acces] = [newLogKey(`${ORIGIN}/actes`).key, newLogKey(`${ORIGIN}/acces`).key];
  const ring = [actes, acces];
  const logger = createLogger('silent');
  const signerHeads = headsInMemory();
  // the ring is read at each request: a rotation restarts the signer with another one
  const signing: RequestListener = (request, response) =>
    signerHandler({ keys: signer.ring, heads: signerHeads }, TOKEN, logger)(request, response);
  const signer = { behaviour: 'well' as Behaviour, key: acces, heads: signerHeads, asked: 0, ring };
  const signerUrl = await serve(behaving(signer, signing));
  const lines: string[] = [];
  const witnesses: FaultyProgram[] = [];
  for (const name of ['un', 'deux', 'trois']) {
    const { key } = newWitnessKey(`temoin-${name}.test`);
    const witness: FaultyProgram = { behaviour: 'well', key, heads: headsInMemory(), asked: 0 };
    const handler: RequestListener = (request, response) => {
      const logs = signer.ring.map(({ vkey }) => vkey);
      return witnessHandler({ key, logs, heads: witness.heads, clock: systemClock }, logger)(request, response);
    };
    lines.push(`witness ${name} ${key.vkey.text} ${await serve(behaving(witness, handler))}\n`);
    witnesses.push(witness);
  }
  const witnessLines = lines.join('');
  const policy = `${witnessLines}group deux-sur-trois 2 un deux trois\nquorum deux-sur-trois\n`;
  world.ctx.config.journal = { origin: ORIGIN, witnesses: policy };
  world.workerCtx.config.journal = world.ctx.config.journal;
  const sealing = { signerUrl, signerToken: TOKEN, mirror: '', checkpointEvery: 0 };
  const made: PublishWorld = {
    ...world,
    sealing,
    signer,
    witnesses: witnesses as PublishWorld['witnesses'],
    witnessLines,
    grow: (count) => grow(world, count),
    publish: () => publish(world.workerCtx, 'acces', sealing),
    announce: (...keys) => announce(world, keys),
    ...readings(world),
  };
  await made.announce(...ring);
  return made;
}

function behaving(program: { behaviour: Behaviour; asked: number }, handler: RequestListener): RequestListener {
  return (request, response) => {
    program.asked += 1;
    if (program.behaviour === 'well') handler(request, response);
    else program.behaviour(request, response);
  };
}

export const answering =
  (status: number, body: string, type = 'text/plain'): Behaviour =>
  (_request, response) =>
    response.writeHead(status, { 'content-type': type }).end(body);
export const away: Behaviour = (request) => request.socket.destroy();
export const hanging: Behaviour = () => undefined;

async function grow(world: World, count: number): Promise<void> {
  const clear = { auditor: '01a201d2-aae1-7000-afa4-9ba63ed68d95', of: 'acces' as const, first: 0, count: 1 };
  const events = Array.from({ length: count }, () => bundleRead.event({ actor: {}, result: 'ok', clear }));
  await inTransaction(world.ctx, async (trx) => {
    await record(world.ctx, trx, ...events);
  });
  await sequenceWorld(world);
}

async function announce(world: World, keys: readonly SigningKey[]): Promise<KeysChanged> {
  const owner = openDatabase(world.database.ownerUrl, { max: 1, onError: () => undefined });
  const told = await announceKeys(
    world.ctx,
    owner,
    keys.map(({ vkey }) => vkey.text),
  );
  await owner.destroy();
  return told;
}

function readings({ workerCtx: { db } }: World): Pick<PublishWorld, 'sizes' | 'problems' | 'notes'> {
  return {
    async sizes() {
      const { rows } = await sql<{ tree: number; signed: number; published: number }>`
        select coalesce((select max(size) from journal.tree_head where log_id = 2), 0) as tree,
          coalesce((select max(size) from journal.checkpoint where log_id = 2), 0) as signed,
          coalesce((select max(size) from journal.publication where log_id = 2), 0) as published`.execute(db);
      return rows[0] as { tree: number; signed: number; published: number };
    },
    async problems() {
      const { rows } = await sql<{ part: string; problem: string | null }>`
        select part, problem from journal.sealing_state where log_id = 2 order by part`.execute(db);
      return Object.fromEntries(rows.map(({ part, problem }) => [part, problem]));
    },
    async notes() {
      const { rows } = await sql<{ size: number; note: string; published: string | null }>`
        select c.size, c.note, p.note as published from journal.checkpoint c
        left join journal.publication p on p.log_id = c.log_id and p.size = c.size
        where c.log_id = 2 order by c.size`.execute(db);
      return rows;
    },
  };
}
