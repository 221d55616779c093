import { hash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { COSIGNATURE_V1, ED25519, type PolicyFault, parsePolicy, quorumMet, vkeyOf } from './index.ts';

const sha256 = (data: Uint8Array): Uint8Array => hash('sha256', data, 'buffer');
const key = (seed: string) => sha256(Buffer.from(seed));
const log = (name: string, seed = name) => vkeyOf(name, ED25519, key(seed), sha256).text;
const witness = (name: string, seed = name) => vkeyOf(`${name}.example/w`, COSIGNATURE_V1, key(seed), sha256).text;
const witnesses = (...names: string[]) => names.map((name) => `witness ${name} ${witness(name)}\n`).join('');

const EXAMPLE = `# the example of C2SP tlog-policy
log ${log('example.com/log')}

${witnesses('X1', 'X2', 'X3')}group X-witnesses 2 X1 X2 X3

${witnesses('Y1', 'Y2', 'Y3')}group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
`;

function read(text: string) {
  const parsed = parsePolicy(text, sha256);
  return parsed.ok ? parsed.policy : expect.fail(`${parsed.fault} in line ${parsed.line}`);
}

describe('a policy', () => {
  test('is its logs, witnesses, groups and quorum', () => {
    const policy = read(EXAMPLE);
    expect(policy.logs.map(({ text }) => text)).toEqual([log('example.com/log')]);
    expect(policy.witnesses.map(({ name, vkey }) => [name, vkey.name])).toEqual(
      ['X1', 'X2', 'X3', 'Y1', 'Y2', 'Y3'].map((name) => [name, `${name}.example/w`]),
    );
    expect(policy.groups).toEqual([
      { name: 'X-witnesses', threshold: 2, members: ['X1', 'X2', 'X3'] },
      { name: 'Y-witnesses', threshold: 1, members: ['Y1', 'Y2', 'Y3'] },
      { name: 'X-and-Y', threshold: 2, members: ['X-witnesses', 'Y-witnesses'] },
    ]);
    expect(policy.quorum).toBe('X-and-Y');
  });

  test.each([
    ['', false],
    ['X1 X2 X3', false],
    ['Y1 Y2 Y3', false],
    ['X1 Y1', false],
    ['X1 X2 Y3', true],
    ['X2 X3 Y1', true],
    ['X1 X1 Y1', false],
    ['X1 X2 Z1', false],
    ['X-and-Z', false],
    ['X1 X2 X3 Y1 Y2 Y3', true],
  ])('cosigned by %j has the quorum of the example: %s', (names, met) => {
    expect(quorumMet(read(EXAMPLE), names.split(' '))).toBe(met);
  });

  test.each([
    ['all', 'A', false],
    ['all', 'A B C', true],
    ['any', '', false],
    ['any', 'C', true],
    ['1', 'B', true],
    ['2', 'B', false],
    ['2', 'B C', true],
    ['3', 'A B', false],
    ['3', 'A B C', true],
  ])('a group of %s, cosigned by %j: %s', (rule, names, met) => {
    const policy = read(`${witnesses('A', 'B', 'C')}group g ${rule} A B C\nquorum g\n`);
    expect(quorumMet(policy, names.split(' '))).toBe(met);
  });

  test('may ask for one witness, or for none', () => {
    expect(quorumMet(read(`${witnesses('A', 'B')}quorum B\n`), ['A'])).toBe(false);
    expect(quorumMet(read(`${witnesses('A', 'B')}quorum B\n`), ['B'])).toBe(true);
    expect(quorumMet(read('quorum none\n'), [])).toBe(true);
    expect(read('quorum none')).toEqual({ logs: [], witnesses: [], groups: [], quorum: 'none' });
  });

  test('may have spaces, tabs, comments, blank lines and addresses', () => {
    const text = `  # one\t\n\t \n log\t${log('a')}   https://a.example/log  \n\twitness W ${witness('W')} https://w.example/\nquorum  W `;
    const policy = read(text);
    expect(policy.logs[0]?.url).toBe('https://a.example/log');
    expect(policy.witnesses[0]?.url).toBe('https://w.example/');
    expect(parsePolicy(Buffer.from(text), sha256)).toEqual(parsePolicy(text));
  });

  test('may name two keys of one log, while one is being replaced', () => {
    const policy = read(`log ${log('example.com/log', 'old')}\nlog ${log('example.com/log', 'new')}\nquorum none\n`);
    expect(policy.logs.map(({ name }) => name)).toEqual(['example.com/log', 'example.com/log']);
  });

  test('may have as many parts as C2SP asks for', () => {
    const names = Array.from({ length: 32 }, (_, index) => `w${index}`);
    const groups = names.map((name) => `group g-${name} all ${name}\n`).join('');
    const logs = names.map((name) => `log ${log(name)}\n`).join('');
    const policy = read(`${logs}${witnesses(...names)}${groups}quorum g-w31\n`);
    expect([policy.logs.length, policy.witnesses.length, policy.groups.length]).toEqual([32, 32, 32]);
  });

  test('names are opaque: letters that look alike differ', () => {
    const policy = read(`${witnesses('A')}witness \u212a ${witness('B')}\nwitness K ${witness('C')}\nquorum \u212a\n`);
    expect(quorumMet(policy, ['K'])).toBe(false);
    expect(quorumMet(policy, ['\u212a'])).toBe(true);
  });
});

describe('a policy is refused, with its line', () => {
  const three = witnesses('A', 'B', 'C');
  const faults: [what: string, text: string, fault: PolicyFault, line: number][] = [
    ['nothing', '', 'no-quorum', 0],
    ['no quorum', `log ${log('a')}\n`, 'no-quorum', 0],
    ['two quorums', 'quorum none\nquorum none\n', 'two-quorums', 2],
    ['a quorum that is not defined', `${three}quorum D\n`, 'unknown-name', 4],
    ['a quorum defined later', `quorum A\n${three}`, 'unknown-name', 1],
    ['a quorum by the name of a key', `${three}quorum A.example/w\n`, 'unknown-name', 4],
    ['a quorum of two', `${three}quorum A B\n`, 'wrong-number-of-items', 4],
    ['a quorum of nothing', 'quorum\n', 'wrong-number-of-items', 1],
    ['an unknown word', 'logs x\nquorum none\n', 'unknown-keyword', 1],
    ['another case', 'Quorum none\n', 'unknown-keyword', 1],
    ['a log without key', 'log\nquorum none\n', 'wrong-number-of-items', 1],
    ['a log with too much', `log ${log('a')} url more\n`, 'wrong-number-of-items', 1],
    ['a witness without key', 'witness A\n', 'wrong-number-of-items', 1],
    ['a witness with too much', `witness A ${witness('A')} url more\n`, 'wrong-number-of-items', 1],
    ['a witness without name', `witness ${witness('A')}\n`, 'wrong-number-of-items', 1],
    ['a key that is none', 'log abc\n', 'bad-vkey', 1],
    ['a key whose id is another', `log ${log('a').replace(/\+[0-9a-f]{8}/, '+01234567')}\n`, 'wrong-key-id', 1],
    ['a log with a key of witness', `log ${witness('A')}\n`, 'wrong-key-type', 1],
    ['a witness with a key of log', `witness A ${log('a')}\n`, 'wrong-key-type', 1],
    ['one log twice', `log ${log('a')}\nlog ${log('a')}\n`, 'duplicate-key', 2],
    ['one key for two logs', `log ${log('a', 'k')}\nlog ${log('b', 'k')}\n`, 'duplicate-key', 2],
    [
      'one key for two witnesses',
      `witness A ${witness('A', 'k')}\nwitness B ${witness('B', 'k')}\n`,
      'duplicate-key',
      2,
    ],
    ['one name for two witnesses', `witness A ${witness('A')}\nwitness A ${witness('B')}\n`, 'duplicate-name', 2],
    ['one name for a witness and a group', `${three}group A all B\n`, 'duplicate-name', 4],
    ['one name for two groups', `${three}group g all A\ngroup g all B\n`, 'duplicate-name', 5],
    ['a witness called none', `witness none ${witness('A')}\n`, 'reserved-name', 1],
    ['a group called none', `${three}group none all A\n`, 'reserved-name', 4],
    ['none in a group', `${three}group g any A none\n`, 'reserved-name', 4],
    ['an empty group', `${three}group g all\n`, 'wrong-number-of-items', 4],
    ['a group without rule', `${three}group g\n`, 'wrong-number-of-items', 4],
    ['a group of what is not defined', `${three}group g all A D\n`, 'unknown-name', 4],
    ['a group of what is defined later', `group g all A\n${three}`, 'unknown-name', 1],
    ['a group of itself', `${three}group g all g\n`, 'unknown-name', 4],
    ['a member twice', `${three}group g 2 A A B\n`, 'member-of-two-groups', 4],
    ['a member of two groups', `${three}group g all A B\ngroup h any B C\n`, 'member-of-two-groups', 5],
    ...['0', '4', '-1', '01', '1.0', '+1', 'most', 'All', '99999999999'].map((rule): (typeof faults)[number] => [
      `${rule} of three`,
      `${three}group g ${rule} A B C\n`,
      'bad-threshold',
      4,
    ]),
    ['CRLF', 'quorum none\r\n', 'control-character', 1],
    ['a zero', 'quorum none\u0000\n', 'control-character', 1],
    ['a control character in a comment', '# \u007f\nquorum none\n', 'control-character', 1],
    ['a lone surrogate', 'quorum none\n# \ud800\n', 'not-utf-8', 0],
    ['too much', `# ${'x'.repeat(70_000)}\nquorum none\n`, 'policy-too-long', 0],
  ];
  test.each(faults)('%s', (_what, text, fault, line) => {
    expect(parsePolicy(text, sha256)).toEqual({ ok: false, fault, line });
  });

  test('bytes that are not UTF-8', () => {
    const bytes = Buffer.concat([Buffer.from('quorum none\n# '), Uint8Array.of(0xe9)]);
    expect(parsePolicy(bytes)).toEqual({ ok: false, fault: 'not-utf-8', line: 0 });
  });
});
