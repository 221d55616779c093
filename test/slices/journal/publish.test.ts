import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { knownSizes, nodeCrypto, policyText, proveEntry, sealingProblem, treeStatus } from '#journal';
import { checkNote, checkpointText, formatNote, leafHash, parsePolicy, verifyTlogProof } from '#journal/verify';
import { journalOf } from '#support/journal.ts';
import { type Sealed, sealWorld, sequenceWorld } from '#support/seal.ts';
import { createWorld, type World } from '#support/world.ts';
import { logKeys } from '../../../src/journal/publish/log-policy.ts';
import { sizesElsewhere } from '../../../src/journal/publish/sizes-elsewhere.ts';
import { cosignNote, signNote } from '../../../src/journal/witness/signing-key.ts';
import { newLogKey } from './programs.ts';
import { answering, away, type Behaviour, ORIGIN, type PublishWorld, publishWorld } from './publish-fixture.ts';

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

describe('how far signer and witnesses have seen', () => {
  let faulty: PublishWorld;
  beforeAll(async () => {
    faulty = await publishWorld();
  });
  afterAll(() => faulty?.close());

  const elsewhere = (policyText?: string) => sizesElsewhere(faulty.ctx, 'acces', faulty.sealing, policyText);
  const text = (size: bigint, origin = `${ORIGIN}/acces`) =>
    checkpointText({ origin, size, root: Buffer.alloc(32, 9) });
  const witness = (name: string) => `the witness temoin-${name}.test`;
  /** Why this log would not be sealed by a program that starts now. */
  const problemAtStart = async () => {
    const known = await knownSizes(faulty.workerCtx, 'acces', faulty.sealing);
    return 'refused' in known ? known.refused : sealingProblem(faulty.workerCtx, 'acces', known);
  };

  test('as they say it themselves; whoever does not answer is left out', async () => {
    expect(await elsewhere()).toEqual({
      known: ['the signer', ...['un', 'deux', 'trois'].map(witness)].map((who) => ({ who, size: 0n })),
      unbelieved: [],
    });
    await faulty.grow(4);
    await faulty.publish();
    faulty.witnesses[1].behaviour = away;
    expect(await elsewhere()).toEqual({
      known: ['the signer', witness('un'), witness('trois')].map((who) => ({ who, size: 4n })),
      unbelieved: [],
    });
    faulty.witnesses[1].behaviour = 'well';
    const withoutToken = { ...faulty.sealing, signerToken: 'un-autre' };
    const { known } = await sizesElsewhere(faulty.ctx, 'acces', withoutToken);
    expect(known.map(({ who }) => who)).not.toContain('the signer');
  });

  const lies: [string, () => Behaviour, string?][] = [
    ['a size made up, that nobody signed', () => answering(200, `${text(999n)}\n`), 'no-signature'],
    [
      'a size made up, signed by itself alone',
      () => answering(200, formatNote(text(999n), [cosignNote(faulty.witnesses[1].key, text(999n), new Date())])),
      'no-log-signature',
    ],
    [
      'a size made up, under a false signature of the log',
      () => {
        const line = signNote(faulty.signer.key, text(4n));
        const own = cosignNote(faulty.witnesses[1].key, text(999n), new Date());
        return answering(200, formatNote(text(999n), [line, own]));
      },
      'bad-signature',
    ],
    [
      'what the log signed, which it did not cosign',
      () => answering(200, formatNote(text(999n), [signNote(faulty.signer.key, text(999n))])),
      'quorum-not-met',
    ],
    [
      'what another witness cosigned',
      () => {
        const signed = [
          signNote(faulty.signer.key, text(999n)),
          cosignNote(faulty.witnesses[0].key, text(999n), new Date()),
        ];
        return answering(200, formatNote(text(999n), signed));
      },
      'quorum-not-met',
    ],
    [
      'the other log',
      () => {
        const other = text(999n, `${ORIGIN}/actes`);
        const [actes = faulty.signer.key] = faulty.signer.ring;
        return answering(
          200,
          formatNote(other, [signNote(actes, other), cosignNote(faulty.witnesses[1].key, other, new Date())]),
        );
      },
      'other-log',
    ],
    ['garbage', () => answering(200, 'oui\u0000'), 'control-character'],
    ['more than a note may be', () => answering(200, 'x'.repeat(4_000_000))],
    ['an error', () => answering(500, '')],
  ];
  test.each(lies)('a witness that shows %s: named, not believed', async (_case, lie, fault) => {
    const size = BigInt((await faulty.sizes()).signed);
    faulty.witnesses[1].behaviour = lie();
    const { known, unbelieved } = await elsewhere();
    expect(known).toEqual(['the signer', witness('un'), witness('trois')].map((who) => ({ who, size })));
    expect(unbelieved.map(({ who, problem }) => [who, problem])).toEqual(
      fault ? [[witness('deux'), expect.stringContaining(`(${fault})`)]] : [],
    );
    expect(await problemAtStart()).toBeUndefined();
    if (fault) expect((await faulty.problems())['witness:temoin-deux.test']).toContain('unverified: ');
    faulty.witnesses[1].behaviour = 'well';
    await faulty.grow(1);
    await faulty.publish(); // what it does right afterwards clears it
    if (fault) expect((await faulty.problems())['witness:temoin-deux.test']).toBeNull();
  });

  test('a witness that never ends its answer: nothing waits for it longer than 5 s', async () => {
    faulty.witnesses[1].behaviour = (_request, response) => void response.writeHead(200).write(text(999n));
    expect(await problemAtStart()).toBeUndefined();
    faulty.witnesses[1].behaviour = 'well';
  });

  test('a witness that is ahead, and proves it: nothing is sealed', async () => {
    const signed = [
      signNote(faulty.signer.key, text(999n)),
      cosignNote(faulty.witnesses[1].key, text(999n), new Date()),
    ];
    faulty.witnesses[1].behaviour = answering(200, formatNote(text(999n), signed));
    expect(await problemAtStart()).toContain('the witness temoin-deux.test knows it up to 999');
    faulty.witnesses[1].behaviour = 'well';
    expect(await problemAtStart()).toBeUndefined();
  });

  test('a signer whose key nobody announced: not believed, and that is said; the policy handed in may name it', async () => {
    const { key } = newLogKey(`${ORIGIN}/acces`);
    faulty.signer.behaviour = answering(200, formatNote(text(999n), [signNote(key, text(999n))]));
    expect(await problemAtStart()).toMatch(/the signer, unverified: .*no-log-signature.*journal announce-keys/);
    expect((await faulty.problems()).signer, 'told once, by whoever does not seal').toBeNull();
    const given = await elsewhere(`log ${key.vkey.text}\nquorum none\n`);
    expect(given.known).toContainEqual({ who: 'the signer', size: 999n });
    faulty.signer.behaviour = 'well';
  });
});
