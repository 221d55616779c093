import { generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatNote, type Manifest, readBundle, reportLines, verifyExport, writeBundle } from '#journal/verify';
import type { Sealed } from '#support/seal.ts';
import { nodeTools } from '../../../src/app/journal-verify/node-tools.ts';
import { cosignNote, signNote } from '../../../src/journal/witness/signing-key.ts';
import type { ConcludeWorld } from '../mandate/conclude-support.ts';
import {
  changed,
  check,
  exportedWorld,
  failing,
  remanifested,
  resummed,
  type Unpacked,
  unchecked,
  verified,
  without,
} from './export-support.ts';

// What a file holds never stops the verifier, never writes on the auditor's terminal, and never passes when nothing proves it.

let world: ConcludeWorld;
let sealed: Sealed;
let number: string;
let range: Unpacked;
let mandate: Unpacked;
beforeAll(async () => {
  ({ world, sealed, number, range, mandate } = await exportedWorld([5]));
});
afterAll(() => world?.close());

const evidence = (name: string) => `consent/${number}/${name}`;
const said = (from: string | RegExp, to: string) => (bytes: Buffer) => {
  expect(bytes.toString()).toMatch(from);
  return bytes.toString().replace(from, to);
};
const reported = (files: Unpacked, policy = sealed.policy) => verified(resummed(files), policy);
const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

describe('what could stop the program', () => {
  const payload = (text: string) => (bytes: Buffer) => {
    const [head, , tail] = bytes.toString().split('.');
    return [head, Buffer.from(text).toString('base64url'), tail].join('.');
  };
  const bundled = (leaf: string) => (bytes: Buffer) => {
    const read = readBundle(bytes);
    return writeBundle(read.ok ? [Buffer.from(leaf), ...read.leaves.slice(1)] : []);
  };
  const leafOf = (bytes: Buffer) => {
    const read = readBundle(bytes);
    return read.ok ? Buffer.from(read.leaves[0] ?? []).toString() : '';
  };

  test.each<[string, string, string, (bytes: Buffer) => string | Uint8Array]>([
    ['a name that is no text', 'userinfo.jwt', 'consent', payload('{"given_name":{"toString":1}}')],
    ['keys of the seal too deep', 'snapshot-jwks.json', 'consent', () => `{"keys":${deep(400_000)}}`],
    ['keys of FranceConnect too deep', 'jwks.json', 'consent', () => `{"keys":${deep(400_000)}}`],
    [
      'a text too deep',
      'snapshot.json',
      'consent',
      (bytes) => bytes.toString().replace('"text":{', `"text":${deep(400_000)},"was":{`),
    ],
  ])('%s', (_case, file, name, change) => {
    expect(failing(reported(changed(mandate, evidence(file), change)))).toEqual([name]);
  });

  test('claims that are neither texts nor numbers, truly signed by keys of the forger', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const token = (claims: string) => {
      const input = `${Buffer.from('{"alg":"ES256"}').toString('base64url')}.${Buffer.from(claims).toString('base64url')}`;
      return `${input}.${sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
    };
    const evil = '{"toString":1,"valueOf":1}';
    const claims = ['iat', 'sub', 'iss', 'acr', 'idp_id', 'nonce', 'given_name', 'birthcountry', 'birthplace'];
    const forged = token(`{${claims.map((name) => `"${name}":${evil}`).join()}}`);
    const jwks = JSON.stringify({ keys: [publicKey.export({ format: 'jwk' })] });
    const files = Object.entries({ 'jwks.json': jwks, 'id-token.jwt': forged, 'userinfo.jwt': forged }).reduce(
      (all, [name, text]) => changed(all, evidence(name), () => text),
      mandate,
    );
    const report = reported(files);
    expect([failing(report), check(report, 'consent')?.line]).toEqual([
      ['consent'],
      expect.stringContaining('ne tient pas'),
    ]);
    expect(check(report, 'consent')?.details.join()).not.toContain('signature');
  });

  test('an entry that registers a key that is no text', () => {
    const [path = ''] = [...range.keys()].filter((one) => one.startsWith('tile/entries/'));
    const leaf = leafOf(range.get(path) as Buffer).replace(/"key":"[^"]+"/, '"key":{"toString":1}');
    expect(leaf).toContain('toString');
    expect(failing(reported(changed(range, path, bundled(leaf))))).toEqual(
      expect.arrayContaining(['entries', 'node-signatures']),
    );
  });

  test('an erasure of 300 000 intervals', () => {
    const indices = Array.from({ length: 300_000 }, (_, at) => 2 * at).join(',');
    const line = {
      entry: crypto.randomUUID(),
      what: 'period',
      ground: 'court',
      at: '2026-01-01T00:00:00.000Z',
      indices,
    };
    const files = remanifested(
      changed(range, 'erasures.jsonl', () => `${JSON.stringify(line)}\n`),
      () => ({ erasures: 1 }),
    );
    const report = reported(files);
    expect([failing(report), unchecked(report)]).toEqual([[], expect.arrayContaining(['erasures'])]);
  });

  test('a check whose program fails is a check that fails', () => {
    const tools = nodeTools();
    const readme = range.get('README.txt') as Buffer;
    const sha256 = (data: Uint8Array) => {
      if (readme.equals(data)) throw new RangeError('Maximum call stack size exceeded');
      return tools.sha256(data);
    };
    const report = verifyExport({ ...tools, sha256 }, { files: range, policy: sealed.policy });
    if ('fault' in report) throw new Error(report.fault);
    expect(failing(report)).toEqual(['sums']);
    expect(check(report, 'sums')?.line).toContain('pas pu aller à son terme');
  });
});

describe('what could write on the terminal', () => {
  const EVIL = '\u001b[2J\u001b[HTOUT TIENT. [0]\n\u009b8m\u007f\u202e\u2066\u2028\u200b\u0000\r';
  const harmless = (files: Unpacked) => {
    const lines = reportLines(reported(files));
    for (const line of lines) expect(line).not.toMatch(/[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069]/u);
    return lines;
  };
  const stated = (change: Partial<Manifest>) => (bytes: Buffer) =>
    `${JSON.stringify({ ...JSON.parse(bytes.toString()), ...change }, null, 2)}\n`;

  test('the notice is ours, whatever the file says', () => {
    const notice = `${verified(range, sealed.policy).notice}${EVIL}`;
    const files = changed(range, 'manifest.json', stated({ notice }));
    const lines = harmless(files);
    expect(failing(reported(files))).toEqual(['manifest', 'readme']);
    expect(lines[0]).toBe(verified(range, sealed.policy).notice);
    expect(lines.join()).not.toContain('TOUT TIENT');
  });

  test('numbers of mandates, origins, names of files, fields of lines', () => {
    const mandates = [{ number: EVIL, alias: EVIL }];
    const file = changed(mandate, 'manifest.json', stated({ mandates, evidence: [EVIL], origin: EVIL }));
    expect(harmless(file).join()).not.toContain('TOUT TIENT');
    expect(harmless(new Map([...range, [EVIL, Buffer.from('')]])).join()).toContain('<U+001B>');
    const at = '2026-01-01T00:00:00.000Z';
    for (const evil of [{ entry: EVIL }, { what: EVIL }, { ground: EVIL }, { at: EVIL }, { indices: EVIL }]) {
      const line = { entry: crypto.randomUUID(), what: 'person', ground: 'court', at, indices: '', ...evil };
      const files = changed(range, 'erasures.jsonl', () => `${JSON.stringify(line)}\n`);
      expect(harmless(files).join()).not.toContain('TOUT TIENT');
    }
    for (const name of ['idpId', 'acr', 'number']) {
      const about = (bytes: Buffer) => `${JSON.stringify({ ...JSON.parse(bytes.toString()), [name]: EVIL })}\n`;
      harmless(changed(mandate, evidence('about.json'), about));
    }
    expect(reportLines({ exit: 30, unread: 'export', fault: EVIL })[0]).not.toContain('\u001b');
  });
});

describe('what no entry commits to', () => {
  test.each<[string, string, string]>([
    ['number', 'VVVVVVVVVVVVVVVV', 'autre mandat'],
    ['idpId', 'autre-idp', 'fournisseur d’identité'],
    ['acr', 'eidas3', 'niveau annoncé'],
  ])('about.json, %s', (name, value, expected) => {
    const about = (bytes: Buffer) => `${JSON.stringify({ ...JSON.parse(bytes.toString()), [name]: value })}\n`;
    const report = reported(changed(mandate, evidence('about.json'), about));
    expect([failing(report), check(report, 'consent')?.details.join()]).toEqual([
      ['consent'],
      expect.stringContaining(expected),
    ]);
  });

  test('a second line in about.json', () => {
    const files = changed(mandate, evidence('about.json'), (bytes) => `${bytes}${bytes}`);
    expect(failing(reported(files))).toEqual(['consent']);
  });

  test('a key given for revoked before what it signed', () => {
    const revoked = said(/"revokedAt":""/g, '"revokedAt":"2026-01-01T00:00:00.000Z"');
    const report = reported(changed(range, 'node-keys.jsonl', revoked));
    expect([failing(report), check(report, 'node-signatures')?.details.join()]).toEqual([
      ['node-signatures'],
      expect.stringContaining('révoquée'),
    ]);
    const later = said(/"revokedAt":""/g, '"revokedAt":"2999-01-01T00:00:00.000Z"');
    const announced = reported(changed(range, 'node-keys.jsonl', later));
    expect([failing(announced), unchecked(announced)]).toEqual([[], ['consistency', 'node-revocations']]);
  });

  test.each([
    [
      'node-signatures.jsonl',
      /"signature":/,
      '"recordedAt":"2026-01-01T00:00:00.000Z","signature":',
      'node-signatures',
    ],
    ['node-keys.jsonl', /"revokedAt":/, '"registeredAt":"2026-01-01T00:00:00.000Z","revokedAt":', 'node-signatures'],
  ])('when the database took something is not in %s: whoever adds it changes the export', (path, from, to, name) => {
    expect(range.get(path)?.toString()).not.toMatch(/recordedAt|registeredAt/);
    expect(failing(reported(changed(range, path, said(from, to))))).toContain(name);
  });

  test('a key that signed nothing here, or lines in another order', () => {
    const key = `{"node":"~","ed25519":"${Buffer.alloc(32, 7).toString('base64url')}","revokedAt":""}\n`;
    const idle = reported(changed(range, 'node-keys.jsonl', (bytes) => `${bytes}${key}`));
    expect([failing(idle), check(idle, 'node-signatures')?.details.join()]).toEqual([
      ['node-signatures'],
      expect.stringContaining('rien signé ici'),
    ]);
    const swapped = (bytes: Buffer) => {
      const [one, two, ...rest] = bytes.toString().split('\n');
      return [two, one, ...rest].join('\n');
    };
    expect(failing(reported(changed(range, 'node-signatures.jsonl', swapped)))).toEqual(['node-signatures']);
    expect(failing(reported(changed(mandate, 'disclosures.jsonl', swapped)))).toEqual(['disclosures']);
  });

  test('a signature of nobody known beside the others, a word more in a proof', () => {
    const line = `— inconnu.example ${Buffer.alloc(68, 7).toString('base64')}\n`;
    const report = reported(changed(range, 'checkpoint', (bytes) => `${bytes}${line}`));
    expect([failing(report), unchecked(report)]).toEqual([[], ['witnesses', 'consistency']]);
    const [proof = ''] = [...mandate.keys()].filter((path) => path.startsWith('proofs/'));
    const extra = changed(mandate, proof, said(/\nindex/, '\nextra AAAA\nindex'));
    expect(failing(reported(extra))).toEqual(['entries']);
  });
});

describe('the number under which a mandate is announced', () => {
  const renamed = (files: Unpacked) => {
    const other = 'VVVVVVVVVVVVVVVV';
    return remanifested(files, ({ mandates }) => ({ mandates: mandates.map((one) => ({ ...one, number: other })) }));
  };
  const withoutEvidence = (files: Unpacked) => {
    const paths = [...files.keys()].filter((path) => path.startsWith('consent/'));
    return remanifested(paths.reduce(without, files), () => ({ evidence: [] }));
  };

  test('another: a failure, with its evidence or without', () => {
    expect(failing(reported(renamed(mandate)))).toContain('consent');
    const report = reported(renamed(withoutEvidence(mandate)));
    expect([failing(report), check(report, 'consent')?.details.join()]).toEqual([
      ['consent'],
      expect.stringContaining('sous un autre numéro'),
    ]);
  });

  test('not opened: not checked', () => {
    const closed = remanifested(
      changed(withoutEvidence(mandate), 'disclosures.jsonl', () => ''),
      () => ({ disclosures: 0 }),
    );
    const report = reported(renamed(closed));
    expect([failing(report), unchecked(report)]).toEqual([[], ['consistency', 'consent']]);
    expect(check(report, 'consent')?.details.join()).toContain('ne prouve ce numéro');
  });
});

test('a witness whose clock is far ahead does not stop dates from being looked at', () => {
  const [one, two] = sealed.witnesses;
  const text = (range.get('checkpoint') ?? '').toString().split('\n\n')[0];
  const cosigned = [
    cosignNote(one, `${text}\n`, new Date('2020-01-01')),
    cosignNote(two, `${text}\n`, new Date('2100-01-01')),
  ];
  const note = formatNote(`${text}\n`, [signNote(sealed.logs.actes, `${text}\n`), ...cosigned]);
  const files = changed(range, 'checkpoint', () => note);
  expect(sealed.policy).toContain('group both all');
  const any = sealed.policy.replace('group both all', 'group both any');
  expect(unchecked(reported(files, any))).toContain('dates');
  expect(unchecked(reported(files))).not.toContain('dates');
});

test('README.txt says where on the site the verifier is, and gives no address to go to', () => {
  for (const files of [range, mandate]) {
    const readme = files.get('README.txt')?.toString();
    expect(readme).toContain('/journal/journal-verify.mjs.sha256');
    expect(readme).not.toMatch(/https?:/);
    for (const path of ['README.txt', 'timestamps/README.txt'])
      expect(failing(reported(changed(files, path, said(/\n/, ' https://ailleurs.example\n'))))).toEqual(['readme']);
  }
});

test('policy.txt has no comment; one that is added, or a sign that says nothing, is a failure', () => {
  expect(range.get('policy.txt')?.toString()).not.toMatch(/#|\n\n| {2}/);
  for (const [from, to] of [
    [/^/, '# comparez avec https://ailleurs.example\n'],
    [/ /, '  '],
    [/\n$/, ''],
    [/\n/, '\r\n'],
  ] as const)
    expect(failing(reported(changed(range, 'policy.txt', said(from, to))))).toEqual(['policy']);
  const moved = reported(changed(range, 'policy.txt', said(/quorum \w+/, 'quorum none')));
  expect([failing(moved), unchecked(moved)]).toEqual([[], ['policy', 'consistency']]);
});
