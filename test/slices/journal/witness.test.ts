import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { nodeCrypto, type SigningKey } from '#journal';
import { forkOf, parsePolicy } from '#journal/verify';
import { verifyCheckpoint } from '#support/c2sp-client.ts';
import { secretOf } from '#support/secret-of.ts';
import { originHash } from '../../../src/journal/witness/head-store.ts';
import { signNote } from '../../../src/journal/witness/signing-key.ts';
import { ownProgram } from './own-program.ts';
import {
  consistency,
  headText,
  newLogKey,
  newWitnessKey,
  numbered,
  type Program,
  requestBody,
  type Tree,
} from './programs.ts';

const ORIGIN = 'journal.entremise.test/actes';
const [log, nextKey, stranger] = [newLogKey(ORIGIN), newLogKey(ORIGIN), newLogKey(ORIGIN)];
const other = newLogKey('journal.entremise.test/acces');
const key = newWitnessKey('temoin.test');
const policy = [
  ...[log, nextKey, other].map(({ key }) => `log ${key.vkey.text}`),
  `witness w ${key.key.vkey.text}`,
  'quorum w\n',
].join('\n');

const own = ownProgram('witness', (folder) => ({
  WITNESS_KEY: key.text,
  WITNESS_STATE: join(folder, 'state'),
  WITNESS_LOGS: join(folder, 'logs.txt'),
  PORT: '0',
}));
beforeEach(() => writeLogs(log.key, other.key));

const writeLogs = (...keys: SigningKey[]) =>
  writeFile(
    own.env.WITNESS_LOGS ?? '',
    `# known logs\n${keys.map(({ vkey }) => `log ${vkey.text} https://x.test\n`).join('')}`,
  );

async function add(witness: Program, body: string) {
  const answer = await fetch(`${await witness.url()}/add-checkpoint`, { method: 'POST', body });
  return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
}

const signed = (text: string, ...keys: SigningKey[]) =>
  `${text}\n${keys.map((key) => `${signNote(key, text)}\n`).join('')}`;
const checkpoint = (tree: Tree, size = tree.hashes.length, ...keys: SigningKey[]) =>
  signed(headText(ORIGIN, tree, size), ...(keys.length > 0 ? keys : [log.key]));
const request = (tree: Tree, from: number, size = tree.hashes.length, ...keys: SigningKey[]) =>
  requestBody(from, consistency(tree, from, size), checkpoint(tree, size, ...keys));

describe('C2SP tlog-witness', () => {
  test('200: a tree that grows; the cosignature holds for any client, dated now', async () => {
    const witness = await own.begun();
    const tree = numbered('line', 300);
    for (const [from, size] of [
      [0, 1],
      [1, 7],
      [7, 256],
      [256, 300],
      [300, 300],
    ] as const) {
      const { status, text } = await add(witness, request(tree, from, size));
      expect(status).toBe(200);
      const { cosigners } = verifyCheckpoint(policy, `${checkpoint(tree, size)}${text}`);
      expect(Math.abs((cosigners[0]?.time ?? 0) - Date.now() / 1000)).toBeLessThan(60);
    }
  });

  test('409: from another size than the one it cosigned, which it tells, as a size', async () => {
    const witness = await own.begun();
    const tree = numbered('line', 20);
    expect(await add(witness, request(tree, 3))).toEqual({ status: 409, type: 'text/x.tlog.size', text: '0\n' });
    expect((await add(witness, request(tree, 0, 10))).status).toBe(200);
    for (const from of [0, 5, 11, 20])
      expect(await add(witness, request(tree, from))).toEqual({ status: 409, type: 'text/x.tlog.size', text: '10\n' });
    expect((await add(witness, request(tree, 5, 8))).status).toBe(409);
  });

  test('400: an old size beyond the checkpoint, and whatever is malformed', async () => {
    const witness = await own.begun();
    const tree = numbered('line', 5);
    const note = checkpoint(tree);
    const bodies: [what: string, body: string][] = [
      ['an old size beyond', requestBody(6, [], note)],
      ['nothing', ''],
      ['no old line', `\n${note}`],
      ['two spaces', `old  0\n\n${note}`],
      ['a leading zero', requestBody('00', [], note)],
      ['a sign', requestBody('+0', [], note)],
      ['no blank line', `old 0\n${note}`],
      ['CRLF', requestBody(0, [], note).replaceAll('\n', '\r\n')],
      [
        '64 proof lines',
        requestBody(
          1,
          Array.from({ length: 64 }, () => Buffer.alloc(32)),
          note,
        ),
      ],
      ['a short hash', requestBody(1, [Buffer.alloc(31)], note)],
      ['base64 that is not canonical', `old 1\n${'A'.repeat(42)}B=\n\n${note}`],
      ['a note without signature', requestBody(0, [], headText(ORIGIN, tree))],
      ['a note cut short', requestBody(0, [], note.slice(0, -2))],
      ['a size that is none', requestBody(0, [], signed(headText(ORIGIN, tree).replace('\n5\n', '\nfive\n'), log.key))],
      [
        'a root of 31 bytes',
        requestBody(0, [], signed(`${ORIGIN}\n5\n${Buffer.alloc(31).toString('base64')}\n`, log.key)),
      ],
      ['a control character', requestBody(0, [], note.replace('— ', '\t— '))],
      [
        '17 signatures',
        requestBody(0, [], `${note}${Array.from({ length: 16 }, (_, n) => `— k${n}.test AAAAAAAA\n`).join('')}`),
      ],
      ['much too long', `old 0\n\n${'x'.repeat(300_000)}`],
    ];
    for (const [what, body] of bodies) expect((await add(witness, body)).status, what).toBe(400);
    expect((await add(witness, request(tree, 0))).status).toBe(200);
  });

  test('403 and 404: not signed by a key of that log; a log that is not known', async () => {
    const witness = await own.begun();
    const tree = numbered('line', 5);
    const text = headText(ORIGIN, tree);
    const false_ = checkpoint(numbered('line', 6)).split('\n\n')[1];
    expect((await add(witness, request(tree, 0, 5, stranger.key))).status).toBe(403);
    expect((await add(witness, requestBody(0, [], `${text}\n${false_}`))).status).toBe(403);
    expect((await add(witness, requestBody(0, [], signed(text, other.key)))).status).toBe(403);
    expect((await add(witness, requestBody(0, [], signed(text, key.key)))).status).toBe(403);
    const unknown = newLogKey('journal.example/autre');
    expect(
      (await add(witness, requestBody(0, [], signed(headText('journal.example/autre', tree), unknown.key)))).status,
    ).toBe(404);
    // a signature of somebody unknown beside the log’s is nobody’s business
    expect((await add(witness, request(tree, 0, 5, stranger.key, log.key))).status).toBe(200);
  });

  test('422: what does not contain what it cosigned, a proof too many, an empty tree with a root; it is told as an error', async () => {
    const witness = await own.begun();
    const tree = numbered('line', 20);
    const empty = `${ORIGIN}\n0\n${Buffer.alloc(32).toString('base64')}\n`;
    expect((await add(witness, requestBody(0, [], signed(empty, log.key)))).status).toBe(422);
    expect((await add(witness, requestBody(0, [Buffer.alloc(32)], checkpoint(tree)))).status).toBe(422);
    expect((await add(witness, request(tree, 0, 10))).status).toBe(200);
    const fork = { hashes: [...tree.hashes.slice(0, 9), ...numbered('fork', 11).hashes] };
    expect((await add(witness, requestBody(10, consistency(fork, 10), checkpoint(fork)))).status).toBe(422);
    expect((await add(witness, requestBody(10, [], checkpoint(tree, 20)))).status).toBe(422);
    expect((await add(witness, requestBody(10, [], checkpoint(fork, 10)))).status).toBe(422);
    const shuffled = consistency(tree, 10, 20).reverse();
    expect((await add(witness, requestBody(10, shuffled, checkpoint(tree, 20)))).status).toBe(422);
    expect((await add(witness, request(tree, 10))).status).toBe(200);
    await expect.poll(() => witness.output()).toContain('"level":50');
    await expect.poll(() => witness.output()).toContain('this log shows two histories');
  });

  test('monitors read the last one it cosigned, by the hash of its origin; nothing else is there', async () => {
    const witness = await own.begun();
    const url = await witness.url();
    const latest = () => fetch(`${url}/${originHash(ORIGIN)}/checkpoint`);
    expect((await latest()).status).toBe(404);
    const tree = numbered('line', 9);
    await add(witness, request(tree, 0, 4));
    const { text } = await add(witness, request(tree, 4, 9, stranger.key, log.key));
    const answer = await latest();
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    const note = await answer.text();
    expect(note).toBe(`${checkpoint(tree)}${text}`);
    expect(verifyCheckpoint(policy, note)).toMatchObject({ size: 9 });
    for (const path of [
      '/',
      '/add-checkpoint',
      `/${originHash('x')}/checkpoint`,
      `/${originHash(ORIGIN).toUpperCase()}/checkpoint`,
      '/x/../add-checkpoint',
    ])
      expect([404, 405]).toContain((await fetch(`${url}${path}`)).status);
    expect((await fetch(`${url}/${originHash(ORIGIN)}/checkpoint`, { method: 'DELETE' })).status).toBe(404);
  });
});

describe('row 22: it checks and stores at once', () => {
  test('two processes on one memory, asked for shorter and longer trees at once: it never goes back', async () => {
    const witnesses = [await own.begun(), own.start()] as const;
    const tree = numbered('line', 400);
    let size = 0;
    for (let round = 0; round < 20; round += 1) {
      const sizes = [size + 3, size + 9, size + 6, size + 12];
      const answers = await Promise.all(
        sizes.map((to, index) => add(witnesses[index % 2] as Program, request(tree, size, to))),
      );
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 409)).toHaveLength(3);
      const won = sizes[answers.findIndex(({ status }) => status === 200)] ?? 0;
      expect((await add(witnesses[round % 2] as Program, request(tree, 0, 400))).text).toBe(`${won}\n`);
      size = won;
    }
  });

  test('killed right after it answered, it remembers', async () => {
    let witness = await own.begun();
    const tree = numbered('line', 12);
    for (let size = 3; size <= 12; size += 3) {
      expect((await add(witness, request(tree, size - 3, size))).status).toBe(200);
      await witness.end('SIGKILL');
      witness = own.start();
      expect((await add(witness, request(tree, 0))).text).toBe(`${size}\n`);
    }
  });

  test('its memory lost, it refuses to start; taken up from a published checkpoint, it goes on', async () => {
    expect(await own.run([])).toMatchObject({ status: 1, output: expect.stringContaining('--init') });
    const first = await own.begun();
    const tree = numbered('line', 30);
    await add(first, request(tree, 0, 10));
    const { text } = await add(first, request(tree, 10, 20));
    await first.end('SIGKILL');
    await rm(own.env.WITNESS_STATE ?? '', { recursive: true });
    expect((await own.run([])).status).toBe(1);
    const recovered = await own.recover(`${checkpoint(tree, 20)}${text}`, policy);
    expect(recovered).toEqual({ status: 0, output: `${ORIGIN}: goes on from 20\n` });
    await own.run(['--init']);
    const witness = own.start();
    expect((await add(witness, request(tree, 10, 30))).text).toBe('20\n');
    expect((await add(witness, request(tree, 20, 30))).status).toBe(200);
  });
});

test('row 21: during a rotation it takes the old key, both, and the new one; afterwards the new one alone', async () => {
  await writeLogs(log.key, nextKey.key);
  const witness = await own.begun();
  const tree = numbered('line', 9);
  expect((await add(witness, request(tree, 0, 3, log.key))).status).toBe(200);
  expect((await add(witness, request(tree, 3, 6, log.key, nextKey.key))).status).toBe(200);
  expect((await add(witness, request(tree, 6, 9, nextKey.key))).status).toBe(200);
  await witness.end('SIGTERM');
  await writeLogs(nextKey.key);
  const after = own.start();
  expect((await add(after, request(tree, 9, 9, log.key))).status).toBe(403);
  expect((await add(after, request(tree, 9, 9, log.key, nextKey.key))).status).toBe(200);
});

test('row 23: a log that signs two histories has one of them cosigned, and the two notes are the evidence', async () => {
  const witness = await own.begun();
  const [shown, hidden] = [
    numbered('line', 8),
    { hashes: [...numbered('line', 7).hashes, ...numbered('fork', 1).hashes] },
  ];
  const { text } = await add(witness, request(shown, 0));
  expect((await add(witness, request(hidden, 0))).text).toBe('8\n');
  expect((await add(witness, request(hidden, 8))).status).toBe(422);
  const read = parsePolicy(policy, nodeCrypto.sha256);
  if (!read.ok) throw new Error(read.fault);
  const [one, two] = [`${checkpoint(shown)}${text}`, checkpoint(hidden)];
  const answer = forkOf(nodeCrypto, read.policy, one, two);
  expect(answer).toMatchObject({ ok: true, fork: { origin: ORIGIN, size: 8n, cosignedBoth: [] } });
  expect(forkOf(nodeCrypto, read.policy, one, one)).toEqual({ ok: true, fork: undefined });
  // the note that it refused is in its log, whole: whoever keeps it can show it
  const told = () =>
    witness
      .output()
      .split('\n')
      .find((line) => line.includes('two histories') && line.endsWith('}'));
  await expect.poll(told).toBeDefined();
  expect((JSON.parse(told() ?? '{}') as { note: string }).note).toBe(two);
});

test('keys and logs that are none stop the start, and no secret is written', async () => {
  for (const wrong of [log.text, key.text.replace('temoin', 'autre'), 'secretissime']) {
    const { status, output } = await own.run([], { WITNESS_KEY: wrong });
    expect(status).toBe(1);
    expect(output).toContain('WITNESS_KEY');
    expect(output).not.toContain(secretOf(wrong));
  }
  for (const [text, fault] of [
    ['log x\n', 'bad-vkey'],
    ['', 'no log line'],
    [`log ${key.key.vkey.text}\n`, 'wrong-key-type'],
  ] as const) {
    await writeFile(own.env.WITNESS_LOGS ?? '', text);
    expect(await own.run([])).toMatchObject({ status: 1, output: expect.stringContaining(fault) });
  }
  await writeFile(own.env.WITNESS_LOGS ?? '', policy);
  const witness = await own.begun();
  await add(witness, request(numbered('line', 2), 0));
  await add(witness, `old 0\n\n${key.text}\n`);
  await witness.end('SIGTERM');
  expect(witness.output()).toContain(key.key.vkey.text);
  expect(witness.output()).not.toContain(secretOf(key.text));
});
