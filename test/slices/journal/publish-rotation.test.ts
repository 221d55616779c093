import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '#app/cli/run-cli.ts';
import { events } from '#app/wiring.ts';
import { journalRegistry, makeRangeExport, parseSigningKey, policyText } from '#journal';
import { keyringSchema } from '#platform/crypto/keys.ts';
import { makeKeys } from '#platform/crypto/make-keys.ts';
import { verifyCheckpoint } from '#support/c2sp-client.ts';
import { registerTestNode } from '#support/context-parts.ts';
import { journalOf } from '#support/journal.ts';
import { check, failing, type Unpacked, unpacked, verified } from './export-support.ts';
import { newLogKey, serviceEnvironment } from './programs.ts';
import { ORIGIN, type PublishWorld, publishWorld } from './publish-fixture.ts';

let world: PublishWorld;
let folder: string;
let env: Record<string, string>;

beforeAll(async () => {
  world = await publishWorld();
  folder = await mkdtemp(join(tmpdir(), 'entremise-rotation-'));
  const keys = await makeKeys('cli');
  await registerTestNode(keyringSchema.parse(keys), world.database);
  const witnesses = join(folder, 'witnesses.txt');
  await writeFile(witnesses, world.ctx.config.journal.witnesses);
  env = {
    ...serviceEnvironment(world.database, { keys: JSON.stringify(keys), publicUrl: world.url }),
    JOURNAL_ORIGIN: ORIGIN,
    JOURNAL_WITNESSES: witnesses,
  };
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await world?.close();
});

async function cli(args: readonly string[], more: Record<string, string> = {}) {
  const out: string[] = [];
  const said: string[] = [];
  const io = {
    env: { ...env, ...more },
    out: (line: string) => out.push(line),
    say: (line: string) => said.push(line),
  };
  return { status: await runCli(args, io), out, said: said.join('\n') };
}

const variables = (lines: readonly string[]) =>
  Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
const keysIn = (text = '') => text.split(',').map(parseSigningKey);

async function grownAndPublished(): Promise<string> {
  await world.grow(2);
  await world.publish();
  const { tree, published } = await world.sizes();
  expect(published).toBe(tree);
  return (await world.notes()).at(-1)?.published ?? '';
}

describe('journal keys', () => {
  test('writes the signer’s keys for both logs and one secret, as an environment; then a witness’s', async () => {
    const made = await cli(['journal', 'keys']);
    expect(made.status).toBe(0);
    const { SIGNER_KEYS, SIGNER_TOKEN, JOURNAL_SIGNER_TOKEN } = variables(made.out);
    const keys = keysIn(SIGNER_KEYS);
    expect(keys.map(({ vkey }) => [vkey.name, vkey.type])).toEqual([
      [`${ORIGIN}/actes`, 1],
      [`${ORIGIN}/acces`, 1],
    ]);
    expect(SIGNER_TOKEN).toMatch(/^[\w-]{43}$/);
    expect(JOURNAL_SIGNER_TOKEN).toBe(SIGNER_TOKEN);
    for (const { vkey } of keys) expect(made.said).toContain(`--key ${vkey.text}`);
    expect(made.said).not.toContain('PRIVATE');
    const witness = await cli(['journal', 'keys', '--witness', 'temoin.example/un']);
    expect(Object.keys(variables(witness.out))).toEqual(['WITNESS_KEY']);
    expect(parseSigningKey(variables(witness.out).WITNESS_KEY ?? '').vkey).toMatchObject({
      name: 'temoin.example/un',
      type: 4,
    });
    for (const name of ['a b', 'a+b', ''])
      expect((await cli(['journal', 'keys', '--witness', name])).status).not.toBe(0);
  });

  test('announce-keys refuses what is not a key of these logs, says why, and changes nothing', async () => {
    const before = await policyText(world.ctx);
    const stranger = newLogKey('journal.example/actes').key.vkey.text;
    const [, known = ''] = /log (\S+acces\S+)/.exec(before) ?? [];
    const never = newLogKey(`${ORIGIN}/acces`).key.vkey.text;
    for (const [args, reason] of [
      [['--key', 'secretissime'], 'ce n’est pas une clé publique de journal'],
      [['--key', world.witnesses[0].key.vkey.text], 'ce n’est pas une clé publique de journal'],
      [['--key', never.replace(/\+[0-9a-f]{8}\+/, '+00000000+')], 'ce n’est pas une clé publique de journal'],
      [['--key', stranger], 'JOURNAL_ORIGIN'],
      [['--retire', never], 'jamais été annoncée'],
      [['--retire', known], 'la seule clé de ce journal'],
      [[], '--key ou --retire'],
    ] as const) {
      const refused = await cli(['journal', 'announce-keys', ...args]);
      expect(refused.status, reason).toBe(1);
      expect(refused.said).toContain(reason);
    }
    const unknownNode = await cli(['journal', 'announce-keys', '--key', never], {
      ENTREMISE_KEYS: JSON.stringify(await makeKeys('autre')),
    });
    expect(unknownNode.said).toContain('the journal does not know node key « node-autre »');
    const moved = await cli(['journal', 'announce-keys', '--key', stranger], { JOURNAL_ORIGIN: 'journal.example' });
    expect(moved.said).toContain('elle ne change jamais');
    expect(await policyText(world.ctx)).toBe(before);
  });
});

describe('row 21: a key is rotated', () => {
  const notes: Record<string, string> = {};
  const policies: Record<string, string> = {};
  const exports: Record<'both' | 'after', Unpacked> = { both: new Map(), after: new Map() };
  const exported = async () => {
    const asked = { log: 'acces', from: 0n, previous: notes.before ?? '' } as const;
    return unpacked((await makeRangeExport(world.ctx, asked)).pieces);
  };
  const old = () => world.signer.ring;
  let fresh: ReturnType<typeof keysIn>;
  let oldRing: ReturnType<typeof keysIn>;

  test('the new keys sign beside the old ones as soon as they are announced; the origin stays', async () => {
    oldRing = [...old()];
    notes.before = await grownAndPublished();
    policies.before = await policyText(world.ctx);
    const texts = oldRing.map(({ vkey }) => newLogKey(vkey.name).text); // the private halves are the signer’s alone
    const rotated = await cli(['journal', 'keys', 'rotate'], { SIGNER_KEYS: texts.join(',') });
    expect(rotated.status).toBe(0);
    const keys = keysIn(variables(rotated.out).SIGNER_KEYS);
    expect(keys.map(({ vkey }) => vkey.name)).toEqual([
      `${ORIGIN}/actes`,
      `${ORIGIN}/acces`,
      `${ORIGIN}/actes`,
      `${ORIGIN}/acces`,
    ]);
    expect(keys.slice(2).map(({ vkey }) => vkey.text)).toEqual(keysIn(texts.join(',')).map(({ vkey }) => vkey.text));
    fresh = keys.slice(0, 2);
    const announced = await cli(['journal', 'announce-keys', ...fresh.flatMap(({ vkey }) => ['--key', vkey.text])]);
    expect([announced.status, announced.said.split('\n').length]).toEqual([0, 2]);
    world.signer.ring = [...fresh, ...oldRing];
    notes.both = await grownAndPublished();
    policies.both = await policyText(world.ctx);
    exports.both = await exported();
    expect(notes.both.match(new RegExp(`^— ${ORIGIN}/acces `, 'gm'))).toHaveLength(2);
    expect(notes.both.split('\n')[0]).toBe(notes.before.split('\n')[0]);
  });

  test('then the old ones are retired, and the new ones sign alone', async () => {
    world.signer.ring = fresh;
    const retired = await cli(['journal', 'announce-keys', ...oldRing.flatMap(({ vkey }) => ['--retire', vkey.text])]);
    expect(retired.status).toBe(0);
    notes.after = await grownAndPublished();
    policies.after = await policyText(world.ctx);
    exports.after = await exported();
    expect(notes.after.match(new RegExp(`^— ${ORIGIN}/acces `, 'gm'))).toHaveLength(1);
    expect(policies.after).toMatch(/# acces: announced \S+, retired \S+\nlog /);
  });

  test('every checkpoint verifies by the policy of today; by a stale one, those that its keys signed', () => {
    for (const note of Object.values(notes)) verifyCheckpoint(policies.after ?? '', note);
    for (const note of Object.values(notes)) verifyCheckpoint(policies.both ?? '', note);
    verifyCheckpoint(policies.before ?? '', notes.before ?? '');
    verifyCheckpoint(policies.before ?? '', notes.both ?? '');
    expect(() => verifyCheckpoint(policies.before ?? '', notes.after ?? '')).toThrow('not signed by the log');
  });

  test('an auditor with the policy of before: what both keys signed holds and names the new one; then with its line added, by their own witnesses', () => {
    const old = policies.before ?? '';
    const both = verified(exports.both, old);
    expect(failing(both)).toEqual([]);
    expect(['log-signature', 'entries'].map((name) => check(both, name)?.status)).toEqual(['pass', 'pass']);
    for (const name of ['policy', 'witnesses']) expect(check(both, name)?.status, name).toBe('not-checked');
    const [, next] = fresh.map(({ vkey }) => vkey);
    expect(check(both, 'policy')?.details).toContainEqual(expect.stringContaining(next?.text ?? '-'));
    const after = verified(exports.after, old, notes.before);
    expect([after.exit, check(after, 'log-signature')?.status]).toEqual([20, 'fail']);
    const own = verified(exports.after, `log ${next?.text}\n${old}`, notes.before);
    expect(failing(own)).toEqual([]);
    for (const name of ['log-signature', 'witnesses', 'consistency'])
      expect(check(own, name)?.status, name).toBe('pass');
  });

  test('a retired key is refused: what it signs now is not kept, and it is not announced again', async () => {
    world.signer.ring = oldRing;
    await world.grow(1);
    const before = await world.notes();
    await world.publish();
    expect((await world.problems()).signer).toMatch(/^unknown-key: /);
    expect(await world.notes()).toEqual(before);
    const again = await cli(['journal', 'announce-keys', '--key', oldRing[0]?.vkey.text ?? '']);
    expect(again.said).toContain('a été retirée');
    world.signer.ring = fresh;
    await grownAndPublished();
  });

  test('each of it is in the log `actes`, with the key, and told in French', async () => {
    const registry = journalRegistry(events);
    const told = await journalOf(world.ctx.readerDb, { kinds: ['log-key.announced', 'log-key.retired'], registry });
    const of = (kind: string) => told.filter((entry) => entry.kind === kind).map(({ clear }) => clear.vkey);
    expect(of('log-key.announced')).toEqual([...oldRing, ...fresh].map(({ vkey }) => vkey.text));
    expect(of('log-key.retired')).toEqual(oldRing.map(({ vkey }) => vkey.text));
    expect(told.every(({ log, sentence }) => log === 'actes' && sentence?.includes('clé'))).toBe(true);
  });
});

test('row 20: a key that is lost for good is replaced: the same log goes on under another one', async () => {
  const lost = [...world.signer.ring];
  const before = await grownAndPublished();
  const next = lost.map(({ vkey }) => newLogKey(vkey.name).key);
  await world.announce(...next);
  world.signer.ring = next;
  const retired = await cli(['journal', 'announce-keys', ...lost.flatMap(({ vkey }) => ['--retire', vkey.text])]);
  expect(retired.status).toBe(0);
  const after = await grownAndPublished();
  const policy = await policyText(world.ctx);
  for (const note of [before, after]) verifyCheckpoint(policy, note);
  expect(Object.values(await world.problems()).filter(Boolean)).toEqual([]);
});
