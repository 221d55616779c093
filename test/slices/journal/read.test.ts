import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MOST_COUNTED, makeRangeExport, proveEntry, readEntries, treeStatus } from '#journal';
import { leafHash, parsePolicy, verifyTlogProof } from '#journal/verify';
import type { AppContext } from '#platform/context.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import { type Db, openDatabase } from '#platform/db/database.ts';
import { journalOf } from '#support/journal.ts';
import { type Sealed, sealWorld, sequenceWorld } from '#support/seal.ts';
import { createWorld, type World } from '#support/world.ts';
import { nodeTools } from '../../../src/app/journal-verify/node-tools.ts';
import { failing, unpacked, verified, writeEntries } from './export-support.ts';
import { newId } from './fixture.ts';

let world: World;
let sealed: Sealed;
/** Cosigned at once, cosigned later, sealed, pending. */
let first: string[];
let second: string[];
let third: string[];
let last: string[];

beforeAll(async () => {
  world = await createWorld();
  first = await writeEntries(world, 300);
  await sealWorld(world);
  second = await writeEntries(world, 300);
  sealed = await sealWorld(world);
  third = await writeEntries(world, 5);
  await sequenceWorld(world);
  last = await writeEntries(world, 3);
});
afterAll(() => world.close());

/** The same context, and how many statements its reader was asked. */
function counted(): { ctx: AppContext; queries(): number } {
  let queries = 0;
  const readerDb = world.ctx.readerDb.withPlugin({
    transformQuery(args) {
      queries += 1;
      return args.node;
    },
    transformResult: async (args) => args.result,
  }) as Db;
  return { ctx: { ...world.ctx, readerDb }, queries: () => queries };
}

async function asSuperuser(statement: string): Promise<void> {
  const db = openDatabase(world.database.superuserUrl, { max: 1, onError: () => undefined });
  await sql.raw(statement).execute(db);
  await db.destroy();
}

const one = (ids: readonly string[], at = 0) => ids[at] ?? '';
const times = async () => {
  const { rows } = await sql<{ size: number; first: Date; last: Date }>`
    select size, min(witnessed_at) as first, max(witnessed_at) as last from journal.cosignature
    where log_id = 1 group by size order by size`.execute(world.ctx.readerDb);
  return rows;
};

describe('readEntries', () => {
  test('gives the bytes as they were written, in the order asked, each once', async () => {
    const asked = [one(second, 7), one(first, 3), one(second, 7), one(last)];
    const entries = await readEntries(world.ctx, asked);
    expect(entries.map(({ id }) => id)).toEqual([asked[0], asked[1], asked[3]]);
    const written = new Map((await journalOf(world.database.readerUrl)).map((entry) => [entry.id, entry]));
    for (const { id, leaf, nodeSignature, node, log } of entries) {
      expect({ leaf, nodeSignature, node, log }).toEqual({
        ...{ leaf: written.get(id)?.leaf, nodeSignature: written.get(id)?.signature },
        ...{ node: written.get(id)?.node, log: 'actes' },
      });
    }
    expect(await readEntries(world.ctx, [newId()])).toEqual([]);
    expect(await readEntries(world.ctx, [])).toEqual([]);
  });

  test('says where each stands, between which times of the witnesses', async () => {
    const [early, later, placed, waiting] = await readEntries(
      world.ctx,
      [first, second, third, last].map((ids) => one(ids)),
    );
    const published = await times();
    const [before, after] = [published.at(-2), published.at(-1)];
    expect(early).toMatchObject({ state: 'cosigned', bracket: { after: null } });
    expect(early?.index).toBe(1n);
    expect(later).toMatchObject({ state: 'cosigned', bracket: { after: before?.first, before: after?.last } });
    expect(placed).toMatchObject({ state: 'sealed', bracket: { after: after?.first, before: null } });
    expect(waiting).toMatchObject({ state: 'pending', index: null, bracket: { after: null, before: null } });
  });

  test('one that no node signed is said to be put aside', async () => {
    const id = one(last, 2);
    await asSuperuser(`insert into journal.quarantine
      select id, recorded_at, 1, 'bad-signature', '2026-01-01' from journal.entry where id = '${id}'`);
    expect((await readEntries(world.ctx, [id]))[0]).toMatchObject({ state: 'quarantined', index: null });
  });

  test('one written by a stranger under the id of another does not take its place', async () => {
    const id = one(first, 9);
    const [before] = await readEntries(world.ctx, [id]);
    await asSuperuser(`insert into journal.entry (id, log_id, node, leaf, node_sig, recorded_at)
      select id, log_id, node, '{}', node_sig, recorded_at - interval '1 second' from journal.entry where id = '${id}'`);
    expect(await readEntries(world.ctx, [id])).toEqual([before]);
    const made = await makeRangeExport(world.ctx, { log: 'actes', from: 0n, to: 256n });
    expect(failing(verified(unpacked(made.pieces), sealed.policy))).toEqual([]);
  });

  test('asks one question, for one id or for hundreds', async () => {
    for (const ids of [[one(first)], [...first, ...second, ...third, ...last]]) {
      const { ctx, queries } = counted();
      expect(await readEntries(ctx, ids)).toHaveLength(ids.length);
      expect(queries()).toBe(1);
    }
  });

  test('needs the reader: the app’s own role may not read leaves', async () => {
    await expect(readEntries({ readerDb: world.ctx.db }, [one(first)])).rejects.toMatchObject({ code: '42501' });
  });
});

describe('proveEntry', () => {
  test('proves each entry under the newest checkpoint, for whoever believes the keys', async () => {
    const known = parsePolicy(sealed.policy);
    if (!known.ok) throw new Error(known.fault);
    for (const id of [one(first), one(first, 254), one(first, 255), one(second, 210), one(second, 299)]) {
      const proof = await proveEntry(world.ctx, id);
      const [entry] = await readEntries(world.ctx, [id]);
      if (!proof || !entry) throw new Error(`no proof of ${id}`);
      const verified = verifyTlogProof(nodeTools(), known.policy, proof.proof, leafHash(sha256, entry.leaf));
      expect(verified).toMatchObject({ ok: true, index: entry.index, checkpoint: { size: proof.size } });
      expect([proof.index, proof.proof.endsWith(proof.checkpoint)]).toEqual([entry.index, true]);
      const other = verifyTlogProof(nodeTools(), known.policy, proof.proof, leafHash(sha256, Buffer.from('{}')));
      expect(other).toEqual({ ok: false, fault: 'not-included' });
    }
  });

  test('has nothing to say of what is not published, not sealed, or not there', async () => {
    for (const id of [one(third), one(last), newId()]) expect(await proveEntry(world.ctx, id)).toBeUndefined();
  });

  test('asks two questions, whatever the size', async () => {
    const { ctx, queries } = counted();
    await proveEntry(ctx, one(second, 299));
    expect(queries()).toBe(2);
  });

  test('reads public hashes only', async () => {
    expect(await proveEntry({ readerDb: world.ctx.db }, one(first))).toBeDefined();
  });
});

describe('treeStatus', () => {
  test('says what is placed, published, waiting, and who witnessed', async () => {
    const status = await treeStatus(world.ctx, 'actes');
    const published = (await times()).at(-1);
    expect(status).toMatchObject({
      log: 'actes',
      published: { size: BigInt(published?.size ?? 0), cosignedAt: published?.last },
      unsealed: { count: 2, oldest: expect.any(Date) },
      ...{ quarantined: 1, sealingProblem: null, lastFullCheck: null },
    });
    expect(status.size).toBe(BigInt(published?.size ?? 0) + 5n);
    expect(status.witnesses.map(({ name, problem }) => [name, problem])).toEqual([
      ['temoin-un.test', null],
      ['temoin-deux.test', null],
    ]);
    expect(status.witnesses.every(({ cosignedAt, isOnLast }) => cosignedAt !== null && isOnLast)).toBe(true);
    const [oldest] = await readEntries(world.ctx, [one(last)]);
    expect(status.unsealed.oldest).toEqual(oldest?.recordedAt);
  });

  test('tells problems, and the last full check', async () => {
    await asSuperuser(`
      delete from journal.sealing_state where log_id = 2;
      insert into journal.sealing_state values (2, 'witness:temoin-un.test', 'too-slow', '2026-01-01'), (2, 'signer', 'unreachable', '2026-01-01'),
        (2, 'witness:parti.test', 'unreachable', '2026-01-01'), (2, 'sequencer', 'failed: x', clock_timestamp()),
        (2, 'mirror', null, clock_timestamp() - interval '2 minutes');
      insert into journal.full_check (id, log_id, size, problems, started_at, ended_at)
        values ('${newId()}', 2, 0, '{one}', '2026-01-01', '2026-01-02'), ('${newId()}', 2, 0, '{}', '2026-01-02', '2026-01-03')`);
    const status = await treeStatus(world.ctx, 'acces');
    const unseenSince = new Date('2026-01-01');
    expect(status).toMatchObject({
      ...{
        size: 0n,
        published: null,
        unsealed: { count: 1, oldest: expect.any(Date) },
        sealing: [
          { part: 'mirror', problem: null, unseenSince: null },
          { part: 'sequencer', problem: 'failed: x', unseenSince: null },
          { part: 'signer', problem: 'unreachable', unseenSince },
        ],
        sealingProblem: 'sequencer: failed: x; signer: unreachable',
      },
      lastFullCheck: { at: new Date('2026-01-03'), size: 0n, problems: [] },
    });
    expect(status.witnesses).toEqual([
      { name: 'temoin-un.test', cosignedAt: null, isOnLast: false, problem: 'too-slow', unseenSince },
      { name: 'temoin-deux.test', cosignedAt: null, isOnLast: false, problem: null, unseenSince: null },
    ]);
  });

  test('asks one question', async () => {
    const { ctx, queries } = counted();
    await treeStatus(ctx, 'actes');
    expect(queries()).toBe(1);
  });

  test('sees what waits behind all that the sweeper sealed while the cursor was held; counts no further than it says', async () => {
    await writeEntries(world, MOST_COUNTED);
    await asSuperuser(`insert into journal.leaf (log_id, idx, entry_id, leaf_hash)
      select 1, (select max(idx) from journal.leaf where log_id = 1) + row_number() over (order by xid, id), id, sha256(leaf)
      from journal.entry e where log_id = 1 and not exists (select from journal.leaf l where l.entry_id = e.id)`);
    expect((await treeStatus(world.ctx, 'actes')).unsealed).toEqual({ count: 0, oldest: null });
    const [oldest] = await readEntries(world.ctx, await writeEntries(world, 7));
    expect((await treeStatus(world.ctx, 'actes')).unsealed).toEqual({ count: 7, oldest: oldest?.recordedAt });
    await writeEntries(world, MOST_COUNTED + 1);
    expect((await treeStatus(world.ctx, 'actes')).unsealed.count).toBe(MOST_COUNTED);
  });
});
