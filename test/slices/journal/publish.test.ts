import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodeCrypto, policyText, proveEntry, treeStatus } from '#journal';
import { checkNote, leafHash, parsePolicy, verifyTlogProof } from '#journal/verify';
import { journalOf } from '#support/journal.ts';
import { type Sealed, sealWorld, sequenceWorld } from '#support/seal.ts';
import { createWorld, type World } from '#support/world.ts';
import { logKeys } from '../../../src/journal/publish/log-policy.ts';
import { sizesElsewhere } from '../../../src/journal/publish/sizes-elsewhere.ts';
import { away, type PublishWorld, publishWorld } from './publish-fixture.ts';

let world: World;
let sealed: Sealed;

beforeAll(async () => {
  world = await createWorld();
  sealed = await sealWorld(world);
});
afterAll(() => world?.close());

test('what is written is sealed, signed, cosigned by two of two and published', async () => {
  expect(await policyText(world.ctx)).toBe(sealed.policy);
  const read = parsePolicy(sealed.policy, nodeCrypto.sha256);
  if (!read.ok) throw new Error(read.fault);
  const { rows } = await sql<{ logId: number; size: number; note: string }>`
    select log_id, size, note from journal.publication order by log_id, size`.execute(world.ctx.db);
  expect(rows.map(({ logId, size }) => [logId, size])).toEqual([[1, 3]]);
  const checked = checkNote(nodeCrypto, read.policy, rows[0]?.note ?? '');
  expect(checked).toMatchObject({ ok: true, checkpoint: { size: 3n, origin: 'journal.entremise.test/actes' } });
  expect(checked.ok && checked.cosigners.map(({ witness }) => witness)).toEqual(['w1', 'w2']);
});

test('each entry has a proof that verifies by the policy alone', async () => {
  const read = parsePolicy(sealed.policy, nodeCrypto.sha256);
  if (!read.ok) throw new Error(read.fault);
  for (const [index, { id, leaf }] of (await journalOf(world.ctx.readerDb, { log: 'actes' })).entries()) {
    const { proof = '' } = (await proveEntry(world.ctx, id)) ?? {};
    const answer = verifyTlogProof(nodeCrypto, read.policy, proof, leafHash(nodeCrypto.sha256, leaf));
    expect(answer).toMatchObject({ ok: true, index: BigInt(index) });
  }
});

test('a log without entries has nothing to sign, and is well', async () => {
  await sequenceWorld(world);
  expect(await treeStatus(world.ctx, 'acces')).toMatchObject({ size: 0n, published: null, sealingProblem: null });
});

test('the keys of both logs are told, the newest first', async () => {
  const keys = await logKeys(world.ctx.db);
  expect(keys.map(({ log, retiredAt }) => [log, retiredAt])).toEqual([
    ['actes', null],
    ['acces', null],
  ]);
});

test('signer and witnesses say how far they have seen; whoever does not answer is left out', async () => {
  const faulty: PublishWorld = await publishWorld();
  expect(await sizesElsewhere(faulty.ctx, 'acces', faulty.sealing)).toEqual(
    ['the signer', ...['un', 'deux', 'trois'].map((name) => `the witness temoin-${name}.test`)].map((who) => ({
      who,
      size: 0n,
    })),
  );
  await faulty.grow(4);
  await faulty.publish();
  faulty.witnesses[1].behaviour = away;
  expect(await sizesElsewhere(faulty.ctx, 'acces', faulty.sealing)).toEqual([
    { who: 'the signer', size: 4n },
    { who: 'the witness temoin-un.test', size: 4n },
    { who: 'the witness temoin-trois.test', size: 4n },
  ]);
  const withoutToken = { ...faulty.sealing, signerToken: 'un-autre' };
  expect((await sizesElsewhere(faulty.ctx, 'acces', withoutToken)).map(({ who }) => who)).not.toContain('the signer');
  await faulty.close();
});
