import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { nodeCrypto, policyText, publish, treeStatus } from '#journal';
import { checkNote, formatNote, parseNote, parsePolicy, parseSignatureLine, signatureLine } from '#journal/verify';
import { openDatabase } from '#platform/db/database.ts';
import { after, DAY, systemClock } from '#platform/time/clock.ts';
import { verifyCheckpoint } from '#support/c2sp-client.ts';
import { serve } from '#support/seal.ts';
import { cosignNote, signNote } from '../../../src/journal/witness/signing-key.ts';
import { newWitnessKey } from './programs.ts';
import {
  answering,
  away,
  type Behaviour,
  type FaultyProgram,
  hanging,
  ORIGIN,
  type PublishWorld,
  publishWorld,
} from './publish-fixture.ts';

let world: PublishWorld;
let policy: string;

beforeAll(async () => {
  world = await publishWorld();
  policy = await policyText(world.ctx);
});
afterAll(() => world?.close());
let lastPublished = 0;

beforeEach(async () => {
  lastPublished = (await world.sizes()).published;
  await world.grow(3);
});
afterEach(async () => {
  for (const program of [world.signer, ...world.witnesses]) program.behaviour = 'well';
  await world.publish();
  const { tree, published } = await world.sizes();
  expect(published, 'all well again, it is published').toBe(tree);
});

const part = ({ key }: FaultyProgram) => `witness:${key.vkey.name}`;
const latest = async () => (await world.notes()).at(-1);
const told = () => world.logs.filter((line) => line.includes('"level":50'));

/** The text of the checkpoint in a request, to be signed in another way than it should. */
async function textIn(request: Parameters<Exclude<Behaviour, 'well'>>[0]): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  const note = parseNote(body.slice(body.indexOf('\n\n') + 2));
  return note.ok ? note.note.text : '';
}

const signing =
  (sign: (text: string) => string): Behaviour =>
  (request, response) =>
    void textIn(request).then((text) => response.end(`${sign(text)}\n`));

describe('row 22: one witness of three fails, and the others meet the policy', () => {
  const third = () => world.witnesses[2];
  const falsified = (text: string) => {
    const { name, keyId, signature } = parseSignatureLine(cosignNote(third().key, text, systemClock.now())) as never;
    const bytes = Buffer.from(signature as Uint8Array);
    bytes[20] = (bytes[20] ?? 0) ^ 1;
    return signatureLine(name, keyId, bytes);
  };

  test.each<[what: string, behaviour: Behaviour, problem: RegExp]>([
    ['it is away', away, /^unreachable: /],
    ['it is broken', answering(500, 'oops'), /^refused: 500/],
    ['it does not know the log', answering(404, ''), /^refused: it does not know this log/],
    ['it does not know the key', answering(403, ''), /^refused: it does not know the key/],
    ['it says that the tree is another one', answering(422, ''), /^inconsistent: /],
    ['it says so as it was said before 2026', answering(409, ''), /^inconsistent: /],
    ['it has seen more than there is', answering(409, '999999\n', 'text/x.tlog.size'), /^ahead: .*older state/],
    [
      'it always wants another proof',
      (_request, response) => {
        const size = String(lastPublished + 1 + (world.witnesses[2].asked % 2));
        response.writeHead(409, { 'content-type': 'text/x.tlog.size' }).end(`${size}\n`);
      },
      /^bad-answer: it changes its mind/,
    ],
    ['its size is none', answering(409, 'many\n', 'text/x.tlog.size'), /^bad-answer: /],
    ['it signs nothing', answering(200, ''), /^unknown-key: /],
    ['it answers with a page', answering(200, '<!doctype html><h1>It works!</h1>', 'text/html'), /^unknown-key: /],
    [
      'it never ends',
      (_request, response) => {
        const more = () => response.write('x'.repeat(10_000)) && setImmediate(more);
        response.on('drain', more).on('error', () => undefined);
        more();
      },
      /^bad-answer: too long/,
    ],
    [
      'it sends elsewhere',
      (_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end(),
      /^unreachable: /,
    ],
    [
      'it signs with another key',
      signing((text) => cosignNote(newWitnessKey('temoin-trois.test').key, text, systemClock.now())),
      /^unknown-key: /,
    ],
    ['its signature is false', signing((text) => falsified(text)), /^wrong-signature: /],
    [
      'it signs something else',
      signing((text) => cosignNote(third().key, text.replace('\n', '\n1'), systemClock.now())),
      /^wrong-signature: /,
    ],
    [
      'it signs for tomorrow',
      signing((text) => cosignNote(third().key, text, after(systemClock.now(), DAY))),
      /^wrong-clock: /,
    ],
  ])('%s', async (_what, behaviour, problem) => {
    const before = told().length;
    third().behaviour = behaviour;
    await world.publish();
    expect(await world.sizes()).toMatchObject({ published: (await world.sizes()).tree });
    const problems = await world.problems();
    expect(problems[part(third())]).toMatch(problem);
    expect({ ...problems, [part(third())]: null }).toEqual(
      Object.fromEntries(Object.keys(problems).map((one) => [one, null])),
    );
    expect(told().length).toBe(before + 1);
    const published = (await latest())?.published ?? '';
    expect(verifyCheckpoint(policy, published).cosigners.map(({ as }) => as)).toEqual(['un', 'deux']);
    third().behaviour = 'well';
    await world.publish();
    expect((await world.problems())[part(third())]).toBeNull();
  });

  test('it rolls back: it is told that it says less than it cosigned, and that does not count; then it is brought forward', async () => {
    await world.publish();
    const first = (await world.sizes()).published;
    await world.grow(2);
    await world.publish();
    third().heads.rollBack(`${ORIGIN}/acces`, BigInt(first));
    await world.grow(2);
    await world.publish();
    const told = new RegExp(`^rolled-back: it cosigned ${first + 2} .* remembers ${first}`);
    expect((await world.problems())[part(third())]).toMatch(told);
    expect(verifyCheckpoint(policy, (await latest())?.published ?? '').cosigners).toHaveLength(2);
    await world.grow(1);
    await world.publish();
    expect((await world.problems())[part(third())]).toBeNull();
    expect((await third().heads.latest(`${ORIGIN}/acces`)).size).toBe(BigInt(first + 5));
    expect(world.logs.filter((line) => told.test(JSON.parse(line).msg.split('should be: ')[1] ?? ''))).toHaveLength(1);
  });

  test('it was away for a while: it is given the proof from where it is', async () => {
    third().behaviour = away;
    for (let round = 0; round < 4; round += 1) {
      await world.grow(1 + round);
      await world.publish();
    }
    third().behaviour = 'well';
    await world.grow(1);
    await world.publish();
    expect(verifyCheckpoint(policy, (await latest())?.published ?? '').size).toBe((await world.sizes()).tree);
    expect((await world.problems())[part(third())]).toBeNull();
  });

  test('it hangs: the others publish without waiting for it', async () => {
    third().behaviour = hanging;
    let isOver = false;
    const publishing = world.publish().then(() => {
      isOver = true;
    });
    for (;;) {
      const { tree, published } = await world.sizes();
      if (published === tree) break;
    }
    expect(isOver).toBe(false);
    await publishing;
    expect((await world.problems())[part(third())]).toMatch(/^too-slow: /);
  });
});

describe('row 22: two of three fail', () => {
  test('nothing is published, which is told; acts go on; when one is back, all of it is published at once', async () => {
    await world.publish();
    const { published } = await world.sizes();
    const [one, , third] = world.witnesses;
    one.behaviour = away;
    third.behaviour = answering(422, '');
    await world.grow(5);
    await world.publish();
    await world.grow(5);
    await world.publish();
    expect(await world.sizes()).toEqual({ tree: published + 10, signed: published + 10, published });
    expect((await world.problems()).policy).toBe(`quorum-not-met: the checkpoint of ${published + 10} entries waits`);
    const status = await treeStatus(world.ctx, 'acces');
    expect(status).toMatchObject({ size: BigInt(published + 10), published: { size: BigInt(published) } });
    expect(status.witnesses.map(({ problem }) => problem === null)).toEqual([false, true, false]);
    one.behaviour = 'well';
    await world.publish();
    expect((await world.sizes()).published).toBe(published + 10);
    expect((await world.problems()).policy).toBeNull();
  });

  test('a witness that lies cannot make the quorum, nor spoil it: its line is not kept', async () => {
    const [, second, third] = world.witnesses;
    second.behaviour = away;
    third.behaviour = signing((text) => cosignNote(third.key, `${text}x`, systemClock.now()));
    await world.publish();
    const { tree, published } = await world.sizes();
    expect(published).toBeLessThan(tree);
    second.behaviour = 'well';
    await world.publish();
    expect((await world.sizes()).published).toBe(tree);
    const note = (await latest())?.published ?? '';
    const parsed = parseNote(note);
    const read = parsePolicy(policy, nodeCrypto.sha256);
    if (!parsed.ok || !read.ok) throw new Error('unreadable');
    const lie = cosignNote(third.key, 'x\n', systemClock.now());
    const spoiled = formatNote(parsed.note.text, [...parsed.note.signatures.map(({ line }) => line), lie]);
    expect(checkNote(nodeCrypto, read.policy, note)).toMatchObject({ ok: true });
    expect(checkNote(nodeCrypto, read.policy, spoiled)).toEqual({
      ok: false,
      fault: 'bad-signature',
      key: third.key.vkey.name,
    });
  });
});

describe('row 20: the signer is away', () => {
  test('acts go on and are given their place; what waits is shown; when it is back all of it is published', async () => {
    await world.publish();
    const { published } = await world.sizes();
    for (const behaviour of [away, answering(500, ''), answering(404, '')]) {
      world.signer.behaviour = behaviour;
      await world.grow(4);
      await world.publish();
    }
    expect(await world.sizes()).toEqual({ tree: published + 12, signed: published, published });
    expect((await world.problems()).signer).toMatch(/^refused: the signer has no key of this log/);
    const status = await treeStatus(world.ctx, 'acces');
    expect(status).toMatchObject({ size: BigInt(published + 12), published: { size: BigInt(published) } });
    expect(status.sealingProblem).toContain('signer: refused');
    world.signer.behaviour = 'well';
    await world.publish();
    expect(await world.sizes()).toEqual({ tree: published + 12, signed: published + 12, published: published + 12 });
    expect((await world.problems()).signer).toBeNull();
  });

  test('without the token, or with another one, it signs nothing and it is said why; no secret is logged', async () => {
    const { signed } = await world.sizes();
    for (const signerToken of ['', 'un-autre-jeton-qui-a-bien-32-caracteres'])
      await publish(world.workerCtx, 'acces', { ...world.sealing, signerToken });
    expect((await world.sizes()).signed).toBe(signed);
    expect((await world.problems()).signer).toBe('refused: JOURNAL_SIGNER_TOKEN is not the SIGNER_TOKEN of the signer');
    const logs = world.logs.join('');
    for (const secret of [world.sealing.signerToken, 'un-autre-jeton']) expect(logs).not.toContain(secret);
  });

  test.each<[what: string, behaviour: () => Behaviour, problem: RegExp]>([
    ['it signs something else', () => signingWith((text) => text.replace('\n', '\n1')), /^wrong-signature: /],
    ['it answers with anything', () => answering(200, 'yes\n'), /^bad-answer: /],
    ['it answers with nothing', () => answering(200, ''), /^bad-answer: /],
    [
      'it has signed more than there is',
      () => answering(409, '999999\n', 'text/x.tlog.size'),
      /^ahead: the signer has signed 999999/,
    ],
    ['it says that the tree was changed', () => answering(422, ''), /^inconsistent: /],
    ['it hangs', () => hanging, /^too-slow: /],
  ])('%s: nothing is kept', async (_what, behaviour, problem) => {
    const before = await world.notes();
    world.signer.behaviour = behaviour();
    await world.publish();
    expect((await world.problems()).signer).toMatch(problem);
    expect(await world.notes()).toEqual(before);
  });

  function signingWith(change: (text: string) => string): Behaviour {
    return (request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += String(chunk);
      });
      request.on('end', () => {
        const text = body.slice(body.indexOf('\n\n') + 2);
        response.end(`${signNoteOf(change(text))}\n`);
      });
    };
  }
});

describe('row 5: crashes on the way', () => {
  /** A worker that starts: it remembers nothing of the one before. */
  async function byAnotherWorker(work: (ctx: PublishWorld['workerCtx']) => Promise<void>): Promise<void> {
    const db = openDatabase(world.database.workerUrl, { max: 2, onError: () => undefined });
    await work({ ...world.workerCtx, db });
    await db.destroy();
  }

  test('after signing, before the answer was kept: the same head is signed again, or one that contains it', async () => {
    for (const more of [0, 4]) {
      await world.grow(2);
      // the answer is lost on the way, as for a worker that was killed
      const pool = openDatabase(world.database.workerUrl, { max: 2, onError: () => undefined });
      const dying = publish({ ...world.workerCtx, db: pool }, 'acces', {
        ...world.sealing,
        signerUrl: await forgetful(),
      });
      await dying.catch(() => undefined);
      await pool.destroy();
      const { tree, signed } = await world.sizes();
      expect((await world.signer.heads.latest(`${ORIGIN}/acces`)).size).toBe(BigInt(tree));
      expect(signed).toBeLessThan(tree);
      await world.grow(more || 0).catch(() => undefined);
      await byAnotherWorker((ctx) => publish(ctx, 'acces', world.sealing));
      expect((await world.sizes()).published).toBe(tree + more);
    }
  });

  test('after the checkpoint, before the witnesses; after a witness, before the publication', async () => {
    for (const witness of world.witnesses) witness.behaviour = away;
    await world.publish();
    const { tree, signed, published } = await world.sizes();
    expect([signed, published < tree]).toEqual([tree, true]);
    world.witnesses[0].behaviour = 'well';
    await byAnotherWorker((ctx) => publish(ctx, 'acces', world.sealing));
    expect((await world.sizes()).published).toBe(published);
    world.witnesses[1].behaviour = 'well';
    await byAnotherWorker((ctx) => publish(ctx, 'acces', world.sealing));
    expect((await world.sizes()).published).toBe(tree);
  });

  test('four workers at once, while the tree grows: one root for each size, and no false alarm', async () => {
    const pools = Array.from({ length: 4 }, () =>
      openDatabase(world.database.workerUrl, { max: 2, onError: () => undefined }),
    );
    for (let round = 0; round < 6; round += 1) {
      await Promise.all([
        world.grow(3),
        ...pools.map((db) => publish({ ...world.workerCtx, db }, 'acces', world.sealing)),
      ]);
    }
    await Promise.all(pools.map((db) => db.destroy()));
    await world.publish();
    expect(Object.values(await world.problems()).filter(Boolean)).toEqual([]);
    for (const { published } of (await world.notes()).slice(-6)) if (published) verifyCheckpoint(policy, published);
  });
});

describe('a policy that does not fit', () => {
  const withPolicy = async (text: string, check: () => Promise<void>) => {
    const { journal } = world.ctx.config;
    world.ctx.config.journal = { ...journal, witnesses: text };
    await check();
    world.ctx.config.journal = journal;
  };

  test('a policy that cannot be read publishes nothing, and says which line', async () => {
    const { published } = await world.sizes();
    await withPolicy(`${world.witnessLines}quorum quatre\n`, async () => {
      await world.publish();
      expect((await world.problems()).policy).toMatch(/^bad-policy: line \d+: unknown-name/);
      expect((await world.sizes()).published).toBe(published);
    });
  });

  test('a stale policy, with the key that a witness had before: its cosignature does not count', async () => {
    const [one] = world.witnesses;
    const old = newWitnessKey(one.key.vkey.name).key.vkey.text;
    const { published } = await world.sizes();
    await withPolicy(`${world.witnessLines.replace(one.key.vkey.text, old)}quorum un\n`, async () => {
      await world.publish();
      expect((await world.sizes()).published).toBe(published);
      expect((await world.problems())[part(one)]).toMatch(/^unknown-key: /);
      expect((await world.problems()).policy).toMatch(/^quorum-not-met: /);
    });
  });

  test('« quorum none »: the log alone signs', async () => {
    await withPolicy('quorum none\n', async () => {
      await world.publish();
      const { tree, published } = await world.sizes();
      expect(published).toBe(tree);
    });
    await world.grow(1);
  });
});

test('not more often than asked: what grew in between is signed together', async () => {
  await world.publish();
  const asked = world.signer.asked;
  const sealing = { ...world.sealing, checkpointEvery: 10_000 };
  world.clock.advance(1000);
  await publish(world.workerCtx, 'acces', sealing);
  expect(world.signer.asked).toBe(asked);
  await world.grow(4);
  await publish(world.workerCtx, 'acces', sealing);
  expect(world.signer.asked).toBe(asked);
  world.clock.advance(10_000);
  await publish(world.workerCtx, 'acces', sealing);
  expect(world.signer.asked).toBe(asked + 1);
  expect((await world.sizes()).published).toBe((await world.sizes()).tree);
});

describe('a witness that fails is asked less and less often, and the others as before', () => {
  const sealing = () => ({ ...world.sealing, checkpointEvery: 1000 });
  /** How often the third witness is asked in 64 rounds of a second. */
  const asks = async (behaviour: Behaviour) => {
    const [, , third] = world.witnesses;
    third.behaviour = behaviour;
    const asked = third.asked;
    for (let second = 0; second < 64; second += 1) {
      world.clock.advance(1000);
      await publish(world.workerCtx, 'acces', sealing());
    }
    return third.asked - asked;
  };

  test('at once: every 5 s, so that it is seen to be back', async () => {
    expect(await asks(answering(500, ''))).toBeLessThanOrEqual(16);
    for (let second = 0; second < 5; second += 1) {
      world.witnesses[2].behaviour = 'well';
      world.clock.advance(1000);
      await publish(world.workerCtx, 'acces', sealing());
    }
    expect((await world.problems())[part(world.witnesses[2])]).toBeNull();
  });

  test('after seconds, which the others wait: it rests ten times as long', async () => {
    const slow: Behaviour = (_request, response) => {
      world.clock.advance(5000);
      response.writeHead(500).end();
    };
    expect(await asks(slow)).toBeLessThanOrEqual(7);
    world.clock.advance(120_000);
  });
});

/** The signature that the signer’s key would make of another text. */
function signNoteOf(text: string): string {
  return signNote(world.signer.key, text);
}

/** A signer whose answers are lost: it signs, and the line is cut. */
async function forgetful(): Promise<string> {
  return serve((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      const headers = { authorization: request.headers.authorization ?? '' };
      void fetch(`${world.sealing.signerUrl}${request.url}`, { method: 'POST', body, headers }).then(async (answer) => {
        if (answer.status === 200) response.destroy();
        else
          response
            .writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
            .end(await answer.text());
      });
    });
  });
}
