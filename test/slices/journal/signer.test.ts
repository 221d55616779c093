import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { verifyCheckpoint } from '#support/c2sp-client.ts';
import { secretOf } from '#support/secret-of.ts';
import { originHash } from '../../../src/journal/witness/head-store.ts';
import { cosignNote, signNote } from '../../../src/journal/witness/signing-key.ts';
import { NOTE, ownProgram, POLICY } from './own-program.ts';
import {
  consistency,
  headText,
  newLogKey,
  newWitnessKey,
  numbered,
  type Program,
  programs,
  requestBody,
  type Tree,
  twoWitnesses,
} from './programs.ts';

const ORIGIN = 'journal.entremise.test/actes';
const OTHER = 'journal.entremise.test/acces';
const TOKEN = 'jeton-secret-du-signataire-0123456789';

const [actes, acces] = [newLogKey(ORIGIN), newLogKey(OTHER)];
const policy = `log ${actes.key.vkey.text}\nlog ${acces.key.vkey.text}\nquorum none\n`;

const own = ownProgram('signer', (folder) => ({
  SIGNER_KEYS: `${actes.text},${acces.text}`,
  SIGNER_TOKEN: TOKEN,
  SIGNER_STATE: join(folder, 'state'),
  PORT: '0',
}));

async function ask(
  signer: Program,
  body: string,
  headers: Record<string, string> = { authorization: `Bearer ${TOKEN}` },
) {
  const answer = await fetch(`${await signer.url()}/sign`, { method: 'POST', body, headers });
  return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
}

const toSign = (tree: Tree, from: number, size = tree.hashes.length, origin = ORIGIN) =>
  requestBody(from, consistency(tree, from, size), headText(origin, tree, size));
const noteOf = (tree: Tree, lines: string, size = tree.hashes.length) => `${headText(ORIGIN, tree, size)}\n${lines}`;

describe('what it signs', () => {
  test('a tree that grows, from the empty one on: any C2SP client verifies the note', async () => {
    const signer = await own.begun();
    const tree = numbered('line', 300);
    for (const [from, size] of [
      [0, 1],
      [1, 5],
      [5, 256],
      [256, 257],
      [257, 300],
    ] as const) {
      const { status, text } = await ask(signer, toSign(tree, from, size));
      expect(status).toBe(200);
      expect(verifyCheckpoint(policy, noteOf(tree, text, size))).toMatchObject({ origin: ORIGIN, size });
    }
    expect((await ask(signer, toSign(tree, 0, 7, OTHER))).status).toBe(200);
    await signer.end('SIGTERM');
  });

  test('nothing that takes back or changes what was signed, and it says from where a proof is wanted', async () => {
    const signer = await own.begun();
    const tree = numbered('line', 20);
    const other = numbered('other', 20);
    expect((await ask(signer, toSign(tree, 0, 10))).status).toBe(200);
    expect(await ask(signer, toSign(tree, 0, 20))).toEqual({ status: 409, type: 'text/x.tlog.size', text: '10\n' });
    expect(await ask(signer, toSign(tree, 5, 8))).toEqual({ status: 409, type: 'text/x.tlog.size', text: '10\n' });
    expect((await ask(signer, toSign(other, 10, 20))).status).toBe(422);
    expect((await ask(signer, toSign(other, 10, 10))).status).toBe(422);
    expect((await ask(signer, requestBody(10, [], headText(ORIGIN, tree, 20)))).status).toBe(422);
    expect((await ask(signer, requestBody(11, [], headText(ORIGIN, tree, 10)))).status).toBe(400);
    expect((await ask(signer, toSign(tree, 10, 20))).status).toBe(200);
    await expect.poll(() => signer.output()).toContain('does not contain the one signed before');
    await signer.end('SIGTERM');
  });

  const MALFORMED = [
    ['nothing', () => ''],
    ['no blank line', () => `old 0\n${headText(ORIGIN, numbered('a', 1))}`],
    ['an old size with a leading zero', () => requestBody('00', [], headText(ORIGIN, numbered('a', 1)))],
    ['a negative old size', () => requestBody('-1', [], headText(ORIGIN, numbered('a', 1)))],
    ['an impossible old size', () => requestBody('9223372036854775808', [], headText(ORIGIN, numbered('a', 1)))],
    [
      '64 proof lines',
      () =>
        requestBody(
          1,
          Array.from({ length: 64 }, () => Buffer.alloc(32)),
          headText(ORIGIN, numbered('a', 2)),
        ),
    ],
    ['a short hash', () => requestBody(1, [Buffer.alloc(31)], headText(ORIGIN, numbered('a', 2)))],
    ['CRLF', () => requestBody(0, [], headText(ORIGIN, numbered('a', 1))).replaceAll('\n', '\r\n')],
    [
      'a note that is signed already',
      () => requestBody(0, [], `${headText(ORIGIN, numbered('a', 1))}\n— x AAAAAAA=\n`),
    ],
    ['an extension line', () => requestBody(0, [], `${headText(ORIGIN, numbered('a', 1))}more\n`)],
    ['an impossible size', () => requestBody(0, [], headText(ORIGIN, numbered('a', 1)).replace('\n1\n', '\n01\n'))],
    ['a body without end', () => 'x'.repeat(200_000)],
  ] as const;

  test('what is malformed is refused, and does no harm', async () => {
    const signer = await own.begun();
    for (const [what, body] of MALFORMED) expect((await ask(signer, body())).status, what).toBe(400);
    expect((await ask(signer, toSign(numbered('a', 1), 0))).status).toBe(200);
    await signer.end('SIGTERM');
  });

  test('nothing for another log, and nothing for whoever has not the token', async () => {
    const signer = await own.begun();
    const tree = numbered('line', 3);
    expect((await ask(signer, toSign(tree, 0, 3, 'journal.example/autre'))).status).toBe(404);
    for (const authorization of ['', 'Bearer ', `Bearer ${TOKEN}x`, `Basic ${TOKEN}`, TOKEN, `bearer ${TOKEN}`])
      expect((await ask(signer, toSign(tree, 0), { authorization })).status).toBe(401);
    expect((await fetch(`${await signer.url()}/${originHash(ORIGIN)}/checkpoint`)).status).toBe(401);
    const authorized = { headers: { authorization: `Bearer ${TOKEN}` } };
    const latest = () => fetch(`${await_url}/${originHash(ORIGIN)}/checkpoint`, authorized);
    const await_url = await signer.url();
    expect((await latest()).status).toBe(404);
    const { text } = await ask(signer, toSign(tree, 0));
    expect(await (await latest()).text()).toBe(noteOf(tree, text));
    for (const path of ['/', '/sign', '/checkpoint', '/../sign'])
      expect([404, 405]).toContain((await fetch(`${await_url}${path}`, authorized)).status);
    await signer.end('SIGTERM');
  });
});

describe('row 5: a signature that nobody heard, and signers that race', () => {
  test('killed right after signing: what was signed is signed again, byte for byte, and nothing else of that size', async () => {
    let signer = await own.begun();
    const tree = numbered('line', 40);
    for (let size = 4; size <= 40; size += 4) {
      const { status, text } = await ask(signer, toSign(tree, size - 4, size));
      expect(status).toBe(200);
      await signer.end('SIGKILL');
      signer = own.start();
      expect((await ask(signer, toSign(tree, size - 4, size))).text).toBe(`${size}\n`);
      expect(await ask(signer, toSign(tree, size, size))).toMatchObject({ status: 200, text });
      const fork = { hashes: [...tree.hashes.slice(0, size - 4), ...numbered('fork', 4).hashes] };
      expect((await ask(signer, requestBody(size, [], headText(ORIGIN, fork)))).status).toBe(422);
      expect((await ask(signer, toSign(fork, size - 4))).status).toBe(409);
    }
    await signer.end('SIGTERM');
  });

  test('killed in the middle of asking: whatever was answered is remembered', async () => {
    let signer = await own.begun();
    const tree = numbered('line', 600);
    let answered = 0;
    for (let round = 0; round < 6; round += 1) {
      const url = await signer.url();
      const killed = new Promise<void>((resolve) => setTimeout(resolve, 15 + 10 * round)).then(() =>
        signer.end('SIGKILL'),
      );
      for (let size = answered + 1; size <= 600; size += 1) {
        const body = toSign(tree, size - 1, size);
        const headers = { authorization: `Bearer ${TOKEN}` };
        const status = await fetch(`${url}/sign`, { method: 'POST', body, headers }).then(
          (one) => one.status,
          () => 0,
        );
        if (status === 0) break;
        expect(status).toBe(200);
        answered = size;
      }
      await killed;
      signer = own.start();
      const remembered = Number((await ask(signer, toSign(tree, 600, 600))).text);
      expect(remembered).toBeGreaterThanOrEqual(answered);
      expect(remembered).toBeLessThanOrEqual(answered + 1);
      answered = remembered;
    }
    await signer.end('SIGTERM');
  });

  test('two signers on one memory, asked for two histories at once: never two roots for one size', async () => {
    const one = await own.begun();
    const two = own.start();
    let history: Tree = { hashes: [] };
    const signed: string[] = [];
    for (let round = 0; round < 25; round += 1) {
      const from = history.hashes.length;
      const branches = ['left', 'right'].map((side) => ({
        hashes: [...history.hashes, ...numbered(`${side} ${round}`, 1 + (round % 3)).hashes],
      }));
      const answers = await Promise.all(
        branches.map((tree, index) => ask(index === 0 ? one : two, toSign(tree, from))),
      );
      const won = branches.filter((_tree, index) => answers[index]?.status === 200);
      expect(won).toHaveLength(1);
      expect(answers.map(({ status }) => status).filter((status) => status !== 200)).toEqual([409]);
      history = won[0] as Tree;
      signed.push(headText(ORIGIN, history));
    }
    const sizes = signed.map((text) => text.split('\n')[1]);
    expect(new Set(sizes).size).toBe(sizes.length);
    await Promise.all([one.end('SIGTERM'), two.end('SIGTERM')]);
  });
});

describe('row 20: its memory', () => {
  test('without one it refuses to start, and says how to begin and how to go on', async () => {
    const { status, output } = await own.run([]);
    expect(status).toBe(1);
    expect(output).toMatch(/has no state for .*actes, .*acces.*--init.*--recover-from CHECKPOINT --policy POLICY/);
    expect(output).not.toMatch(/ {4}at /);
    expect(await own.run(['--init'])).toEqual({ status: 0, output: `${ORIGIN}: begun\n${OTHER}: begun\n` });
  });

  test('beginning twice changes nothing; a log that is new is added to the others', async () => {
    const one = { SIGNER_KEYS: actes.text };
    expect((await own.run(['--init'], one)).output).toBe(`${ORIGIN}: begun\n`);
    const signer = own.start(one);
    expect((await ask(signer, toSign(numbered('line', 5), 0))).status).toBe(200);
    await signer.end('SIGTERM');
    expect((await own.run([])).output).toContain(`no state for ${OTHER}`);
    expect((await own.run(['--init'])).output).toBe(`${ORIGIN}: known already, left as it is\n${OTHER}: begun\n`);
    const again = own.start();
    expect((await ask(again, toSign(numbered('other', 5), 0))).text).toBe('5\n');
    await again.end('SIGTERM');
  });

  test('lost, it is taken up from a checkpoint that is verified, and from there only forward', async () => {
    const first = await own.begun();
    const tree = numbered('line', 12);
    const { text } = await ask(first, toSign(tree, 0, 8));
    await first.end('SIGKILL');
    await rm(own.env.SIGNER_STATE ?? '', { recursive: true });
    const good = noteOf(tree, text, 8);
    for (const [note, fault] of [
      [good.replace('\n8\n', '\n9\n'), 'bad-signature'],
      [noteOf(tree, '— somebody.test AAAAAAAAAAA=\n', 8), 'no-log-signature'],
      ['', 'no-signature'],
    ] as const) {
      expect(await own.recover(note, policy)).toMatchObject({ status: 1, output: expect.stringContaining(fault) });
    }
    expect((await own.recover(good, policy, ['--recover-from', join(own.folder, NOTE)])).output).toContain(
      'needs --policy',
    );
    expect((await own.recover(good, policy, ['--recover'])).status).toBe(1);
    const witness = newWitnessKey('w.test').key.vkey.text;
    const witnessed = policy.replace('quorum none', `witness w ${witness}\nquorum w`);
    const { status, output } = await own.recover(good, witnessed);
    expect(status).toBe(1);
    expect(output).toMatch(/quorum-not-met: .*: 8 entries, cosigned by nobody of the policy; the policy wants « w »/);
    expect(output).toContain('each with its own --recover-from; or else the last checkpoint that was published');
    expect(await own.recover(good, policy)).toEqual({ status: 0, output: `${ORIGIN}: goes on from 8\n` });
    expect((await own.recover(good, policy)).output).toContain('remembers');
    expect((await own.run([])).output).toContain(`no state for ${OTHER}`);
    await own.run(['--init']);
    const signer = own.start();
    expect((await ask(signer, toSign(numbered('fork', 12), 0, 12))).text).toBe('8\n');
    expect((await ask(signer, toSign(tree, 8, 12))).status).toBe(200);
    await signer.end('SIGTERM');
  });

  test('lost, it is taken up from what the witnesses show, each its own cosignature: put together, and of one history', async () => {
    const { keys, policy: witnesses, logs, environments } = await twoWitnesses(own.folder);
    await writeFile(logs, `log ${actes.key.vkey.text}\n`);
    const file = (name: string) => join(own.folder, name);
    await writeFile(file(POLICY), `log ${actes.key.vkey.text}\nlog ${acces.key.vkey.text}\n${witnesses}`);
    const signer = await own.begun();
    const tree = numbered('line', 12);
    const fork = numbered('fork', 8);
    const all = await programs();
    try {
      const started = { un: '', deux: '' };
      for (const name of ['un', 'deux'] as const) {
        expect(await all.run('witness', environments[name], ['--init'])).toMatchObject({ status: 0 });
        started[name] = await all.start('witness', environments[name]).url();
      }
      // what this witness shows, after it cosigned what the signer signed
      const shown = async (name: 'un' | 'deux', from: number, size: number, lines: string) => {
        const body = requestBody(from, consistency(tree, from, size), noteOf(tree, lines, size));
        expect((await fetch(`${started[name]}/add-checkpoint`, { method: 'POST', body })).status).toBe(200);
        return (await fetch(`${started[name]}/${originHash(ORIGIN)}/checkpoint`)).text();
      };
      const { text: eight } = await ask(signer, toSign(tree, 0, 8));
      for (const name of ['un', 'deux'] as const) await writeFile(file(`${name}-8`), await shown(name, 0, 8, eight));
      const { text: twelve } = await ask(signer, toSign(tree, 8, 12));
      await writeFile(file('un-12'), await shown('un', 8, 12, twelve));
    } finally {
      await all.close();
    }
    const [other, elsewhere] = [headText(ORIGIN, fork), headText(OTHER, tree, 8)];
    const forked = [signNote(actes.key, other), cosignNote(keys.deux, other, new Date('2026-01-01'))];
    await writeFile(file('forked'), `${other}\n${forked.join('\n')}\n`);
    await writeFile(file('acces-8'), `${elsewhere}\n${signNote(acces.key, elsewhere)}\n`);
    await signer.end('SIGKILL');
    await rm(own.env.SIGNER_STATE ?? '', { recursive: true });

    const from = (...names: string[]) =>
      own.run([...names.flatMap((name) => ['--recover-from', file(name)]), '--policy', file(POLICY)]);
    for (const [names, said] of [
      [['un-8'], 'un-8: 8 entries, cosigned by un; the policy wants « tous »'],
      [['un-8', 'un-12'], 'un-12: 12 entries, cosigned by un; the policy wants « tous »'],
      [['deux-8', 'un-12'], 'deux-8: 8 entries, cosigned by deux; '],
      [['un-8', 'deux-8', 'forked'], 'have two roots for 8 entries of journal.entremise.test/actes'],
      [['un-8', 'deux-8', 'acces-8'], 'one log at a time'],
    ] as const)
      expect(await from(...names), said).toMatchObject({ status: 1, output: expect.stringContaining(said) });
    expect((await own.run([])).output).toContain(`no state for ${ORIGIN}`);
    expect(await from('un-12', 'un-8', 'deux-8')).toEqual({
      status: 0,
      output: `${ORIGIN}: goes on from 8\n${file('un-12')}: 12 entries, cosigned by un: too few, not taken\n`,
    });
    await own.run(['--init']);
    const again = own.start();
    expect((await ask(again, toSign(fork, 0, 8))).text).toBe('8\n');
    expect((await ask(again, toSign(tree, 8, 12))).status).toBe(200);
    await again.end('SIGTERM');
  });

  test('damaged, it is not taken for an empty one', async () => {
    const signer = await own.begun();
    expect((await ask(signer, toSign(numbered('line', 5), 0))).status).toBe(200);
    const states = join(own.env.SIGNER_STATE ?? '', `signer-${originHash(ORIGIN)}`);
    const last = (await readdir(states)).sort().at(-1) ?? '';
    await truncate(join(states, last), 20);
    expect((await ask(signer, toSign(numbered('fork', 5), 0))).status).toBe(500);
    await signer.end('SIGTERM');
    expect(await own.run([])).toMatchObject({
      status: 1,
      output: expect.stringContaining('is damaged'),
    });
  });

  test('it keeps the last few heads only', async () => {
    const signer = await own.begun();
    const tree = numbered('line', 40);
    for (let size = 1; size <= 40; size += 1) await ask(signer, toSign(tree, size - 1, size));
    const states = await readdir(join(own.env.SIGNER_STATE ?? '', `signer-${originHash(ORIGIN)}`));
    expect(states.length).toBe(16);
    expect(states.every((name) => /^\d{16}$/.test(name))).toBe(true);
    await signer.end('SIGTERM');
  });
});

describe('its secrets', () => {
  test('keys that are none, or of the wrong kind, stop the start and are not shown', async () => {
    const wrong = newWitnessKey('temoin.test').text;
    const badId = actes.text.replace(/\+[0-9a-f]{8}\+/, '+00000000+');
    for (const keys of [wrong, badId, 'PRIVATE+KEY+x+00000000+AAAA', 'secretissime']) {
      const { status, output } = await own.run([], { SIGNER_KEYS: keys });
      expect(status).toBe(1);
      expect(output).toContain('SIGNER_KEYS');
      expect(output).not.toContain(secretOf(keys));
    }
    const { output } = await own.run([], { SIGNER_TOKEN: '' });
    expect(output).toContain('SIGNER_TOKEN: missing');
  });

  test('are in no line that it writes, whatever it is asked', async () => {
    const signer = await own.begun();
    await ask(signer, toSign(numbered('line', 3), 0));
    await ask(signer, toSign(numbered('line', 3), 0), { authorization: 'Bearer jeton-d-un-autre' });
    await ask(signer, `old 0\n\n${actes.text}\n`);
    await signer.end('SIGTERM');
    const said = signer.output();
    expect(said).toContain(actes.key.vkey.text);
    for (const secret of [TOKEN, 'jeton-d-un-autre', actes.text, acces.text, secretOf(actes.text)])
      expect(said).not.toContain(secret);
    const kept = await readdir(own.env.SIGNER_STATE ?? '', { recursive: true, withFileTypes: true });
    for (const file of kept.filter((one) => one.isFile()))
      expect(await readFile(join(file.parentPath, file.name), 'utf8')).not.toContain(TOKEN);
  });
});
