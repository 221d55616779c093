import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { selectMandates } from '#consent';
import { makeSelectionExport } from '#journal';
import {
  COSIGNATURE_V1,
  ED25519,
  type Files,
  formatNote,
  readBundle,
  toBase64,
  verifyExport,
  vkeyOf,
  writeBundle,
} from '#journal/verify';
import { sha256 } from '#platform/crypto/hashes.ts';
import type { Sealed } from '#support/seal.ts';
import { nodeTools } from '../../../src/app/journal-verify/node-tools.ts';
import { cosignNote, signNote } from '../../../src/journal/witness/signing-key.ts';
import type { ConcludeWorld } from '../mandate/conclude-support.ts';
import {
  changed,
  check,
  exportedWorld,
  failing,
  flipped,
  remanifested,
  resummed,
  type Unpacked,
  unchecked,
  unpacked,
  verified,
  without,
} from './export-support.ts';

let world: ConcludeWorld;
let sealed: Sealed;
let policy: string;
let number: string;
/** The checkpoint kept from last time. */
let kept: string;
/** The whole log, opened; and all of one mandate. Both pass. */
let range: Unpacked;
let mandate: Unpacked;

beforeAll(async () => {
  ({ world, sealed, number, range, mandate, kept } = await exportedWorld([300, 40]));
  ({ policy } = sealed);
});
afterAll(() => world?.close());

const whole = () =>
  [
    ['a range', range],
    ['a mandate', mandate],
  ] as const;

test('both are sound before anything is touched', () => {
  for (const [, files] of whole()) {
    const report = verified(files, policy, kept);
    expect([failing(report), unchecked(report), report.exit]).toEqual([[], [], 0]);
  }
});

describe('each file of the export', () => {
  test('removed: the sums say so, and without them the layout', () => {
    for (const [, files] of whole()) {
      for (const path of files.keys()) {
        const plain = verified(without(files, path), policy, kept);
        expect([plain.exit, failing(plain)], path).toEqual([20, expect.arrayContaining(['sums'])]);
        if (path === 'SHA256SUMS') continue;
        const forged = verified(resummed(without(files, path)), policy, kept);
        expect([forged.exit, failing(forged).length > 0], path).toEqual([20, true]);
      }
    }
  });

  test.each([
    ['emptied', (bytes: Buffer) => bytes.subarray(0, 0)],
    ['cut in the middle', (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1)],
    ['cut by one byte', (bytes: Buffer) => bytes.subarray(0, -1)],
    ['with one byte more', (bytes: Buffer) => Buffer.concat([bytes, Buffer.from('\n')])],
  ])('%s', (_case, change) => {
    for (const [, files] of whole()) {
      for (const path of files.keys()) {
        const plain = verified(changed(files, path, change), policy, kept);
        // what has no byte cannot lose one
        if (files.get(path)?.equals(change(files.get(path) ?? Buffer.alloc(0)))) continue;
        expect([plain.exit, failing(plain)], path).toEqual([20, expect.arrayContaining(['sums'])]);
        if (path === 'SHA256SUMS') continue;
        const forged = verified(resummed(changed(files, path, change)), policy, kept);
        expect([path, forged.exit, failing(forged).length > 0]).toEqual([path, 20, true]);
      }
    }
  });

  test('swapped with another', () => {
    for (const [, files] of whole()) {
      const paths = [...files.keys()].filter((path) => path !== 'SHA256SUMS');
      for (const [at, path] of paths.entries()) {
        const other = paths[(at + 1) % paths.length] ?? '';
        if (files.get(path)?.equals(files.get(other) ?? Buffer.alloc(0))) continue;
        const swapped = new Map([...files, [path, files.get(other) as Buffer], [other, files.get(path) as Buffer]]);
        expect(failing(verified(swapped, policy, kept)), path).toContain('sums');
        expect(failing(verified(resummed(swapped), policy, kept)), `${path} and ${other}`).not.toEqual([]);
      }
    }
  });

  test('one more, which nobody would check', () => {
    for (const path of ['oui.txt', 'leaves/9999.json', 'tile/0/999', 'consent/X/terms.json', 'tile/entries/000.p/7']) {
      const files = new Map([...range, [path, Buffer.from('{}')]]);
      expect(failing(verified(files, policy, kept)), path).toEqual(expect.arrayContaining(['sums', 'layout']));
      expect(failing(verified(resummed(files), policy, kept)), path).toContain('layout');
    }
  });
});

describe('one byte, of each class, under sums that were made to fit', () => {
  const at = (place: number) => (bytes: Buffer) => flipped(bytes, place < 0 ? bytes.length + place : place);
  const said = (from: string | RegExp, to: string) => (bytes: Buffer) => {
    const text = bytes.toString();
    expect(text).toMatch(from);
    return text.replace(from, to);
  };
  const inRoot = (bytes: Buffer) =>
    bytes.toString().replace(/"root": "(.)/, (_, first: string) => `"root": "${first === '+' ? '/' : '+'}`);
  /** Its last sign is another one. */
  const another = (from: RegExp) => (bytes: Buffer) => {
    const text = bytes.toString();
    expect(text).toMatch(from);
    return text.replace(from, (found) => `${found.slice(0, -1)}${found.endsWith('A') ? 'B' : 'A'}`);
  };
  const inLine = (line: number, place: number) => (bytes: Buffer) => {
    const lines = bytes.toString().split('\n');
    const parts = (lines[line] ?? '').split(' ');
    const last = Buffer.from(parts.at(-1) ?? '', 'base64');
    lines[line] = [...parts.slice(0, -1), flipped(last, place).toString('base64')].join(' ');
    return lines.join('\n');
  };
  const leaf = (path: RegExp) => [...mandate.keys()].find((one) => path.test(one)) ?? '';

  test.each<[string, 'range' | 'mandate', string | RegExp, (bytes: Buffer) => Uint8Array | string, string]>([
    ['a byte of a leaf', 'range', 'tile/entries/000', at(40), 'entries'],
    ['the last byte of the last leaf', 'range', /^tile\/entries\/001/, at(-1), 'entries'],
    ['the length of a leaf', 'range', 'tile/entries/000', at(1), 'entries'],
    ['the high byte of a length', 'range', 'tile/entries/000', at(0), 'entries'],
    ['a hash of a full tile', 'range', 'tile/0/000', at(33), 'entries'],
    ['a hash of the growing tile', 'range', /^tile\/0\/001\.p/, at(5), 'root'],
    ['a hash of an upper tile', 'range', /^tile\/1\/000\.p/, at(5), 'root'],
    ['the signature of the log', 'range', 'checkpoint', inLine(4, 10), 'log-signature'],
    ['the id of the log’s key', 'range', 'checkpoint', inLine(4, 0), 'log-signature'],
    ['a cosignature', 'range', 'checkpoint', inLine(5, 30), 'witnesses'],
    ['the time of a cosignature', 'range', 'checkpoint', inLine(5, 11), 'witnesses'],
    ['the origin', 'range', 'checkpoint', said('journal.', 'journol.'), 'log-signature'],
    ['the size', 'range', 'checkpoint', said(/\n(\d)/, '\n1$1'), 'log-signature'],
    ['the root', 'range', 'checkpoint', inLine(2, 3), 'log-signature'],
    ['the size in the manifest', 'range', 'manifest.json', said(/"size": "(\d)/, '"size": "1$1'), 'manifest'],
    ['the root in the manifest', 'range', 'manifest.json', inRoot, 'manifest'],
    ['the start in the manifest', 'range', 'manifest.json', said('"from": "0"', '"from": "256"'), 'manifest'],
    ['the end in the manifest', 'range', 'manifest.json', said(/"to": "\d+"/, '"to": "256"'), 'manifest'],
    [
      'what was asked',
      'range',
      'manifest.json',
      said(/"asked": \{\s+"from": "0"/, '"asked": {\n    "from": "1"'),
      'manifest',
    ],
    ['the number of entries', 'range', 'manifest.json', said(/"entries": (\d)/, '"entries": 1$1'), 'manifest'],
    [
      'the number of openings',
      'range',
      'manifest.json',
      said(/"disclosures": (\d)/, '"disclosures": 1$1'),
      'disclosures',
    ],
    ['the number of erasures', 'range', 'manifest.json', said('"erasures": 0', '"erasures": 1'), 'erasures'],
    [
      'the size of the earlier tree',
      'range',
      'manifest.json',
      said(/"previous": "\d+"/, '"previous": "12"'),
      'consistency',
    ],
    ['the kind', 'mandate', 'manifest.json', said('"kind": "selection"', '"kind": "range"'), 'manifest'],
    ['the warning', 'mandate', 'manifest.json', said('RIEN NE PROUVE', 'TOUT PROUVE'), 'manifest'],
    ['the alias of the mandate', 'mandate', 'manifest.json', said(/"alias": "./, '"alias": "z'), 'counters'],
    ['what is left out', 'mandate', 'manifest.json', said('"leftOut": 0', '"leftOut": -1'), 'manifest'],
    ['an opening', 'range', 'disclosures.jsonl', said(/"disclosure":"(.)(.)/, '"disclosure":"$2$1'), 'disclosures'],
    ['the entry of an opening', 'range', 'disclosures.jsonl', said(/"index":"\d+"/, '"index":"2"'), 'disclosures'],
    ['the key of a node', 'range', 'node-keys.jsonl', another(/"ed25519":"./), 'node-signatures'],
    ['the id of a node', 'range', 'node-keys.jsonl', said(/"node":"./, '"node":"X'), 'node-signatures'],
    ['the signature of a node', 'range', 'node-signatures.jsonl', another(/"signature":"./), 'node-signatures'],
    [
      'the entry of a signature',
      'range',
      'node-signatures.jsonl',
      said('"index":"0"', '"index":"90000"'),
      'node-signatures',
    ],
    ['a key of the policy that travels', 'range', 'policy.txt', said(/\+A(.)/, '+B$1'), 'policy'],
    ['the signature of the earlier checkpoint', 'range', 'checkpoint.old', inLine(4, 10), 'consistency'],
    ['the root of the earlier checkpoint', 'range', 'checkpoint.old', inLine(2, 3), 'consistency'],
    ['a leaf that stands alone', 'mandate', /^leaves\//, at(30), 'entries'],
    ['the place in a proof', 'mandate', /^proofs\//, said(/index (\d+)/, 'index 1$1'), 'entries'],
    ['a hash of a proof', 'mandate', /^proofs\//, inLine(2, 3), 'entries'],
    ['the checkpoint of a proof', 'mandate', /^proofs\//, at(-3), 'entries'],
    ['the terms', 'mandate', /terms\.json$/, said('MONTH', 'LONGS'), 'consent'],
    ['the text that was read', 'mandate', /shown-texts\.json$/, at(100), 'consent'],
    ['the salt', 'mandate', /salt\.txt$/, at(3), 'consent'],
    ['the head of the ID token', 'mandate', /id-token\.jwt$/, at(3), 'consent'],
    ['the signature of the ID token', 'mandate', /id-token\.jwt$/, at(-5), 'consent'],
    ['the signed civil status', 'mandate', /userinfo\.jwt$/, at(-5), 'consent'],
    ['the keys of FranceConnect', 'mandate', /consent\/.*\/jwks\.json$/, another(/"x":"./), 'consent'],
    ['the copy of the mandate', 'mandate', /snapshot\.json$/, said('MONTH', 'LENTS'), 'consent'],
    ['its seal', 'mandate', /snapshot-seal\.jws$/, at(-5), 'consent'],
    ['the keys of the seal', 'mandate', /snapshot-jwks\.json$/, another(/"x":"./), 'consent'],
    ['the level of the identification', 'mandate', /about\.json$/, said(/eidas./, 'eidas4'), 'consent'],
    ['what people read', 'mandate', 'README.txt', at(40), 'readme'],
    ['what people read of timestamps', 'range', 'timestamps/README.txt', at(-3), 'readme'],
    ['an address of the policy that travels', 'range', 'policy.txt', said('\n', '\n# \n'), 'policy'],
    ['how many were left out', 'mandate', 'manifest.json', said('"leftOut": 0', '"leftOut": 7'), 'readme'],
    ['tokens given for gone', 'mandate', 'manifest.json', said('"gone": []', '"gone": ["X"]'), 'manifest'],
    ['the entry of the conclusion', 'mandate', /about\.json$/, said(/"index":"\d+"/, '"index":"0"'), 'consent'],
  ])('%s', (_case, which, path, change, expected) => {
    const files = which === 'range' ? range : mandate;
    const found = typeof path === 'string' ? path : ([...files.keys()].find((one) => path.test(one)) ?? leaf(path));
    const report = verified(resummed(changed(files, found, change)), policy, kept);
    expect(report.exit, `${found}: ${JSON.stringify(report.checks.filter(({ status }) => status !== 'pass'))}`).toBe(
      20,
    );
    expect(failing(report)).toContain(expected);
    expect(failing(report)).not.toContain('sums');
    expect(check(report, expected)?.line.length).toBeGreaterThan(10);
  });

  test('the list of sums itself, and its summary', () => {
    for (const place of [0, 70, -2, -10]) {
      expect(failing(verified(changed(range, 'SHA256SUMS', at(place)), policy, kept))).toEqual(['sums']);
    }
  });
});

test('a qualified timestamp has its place, and is said not to be checked here', () => {
  const report = verified(resummed(new Map([...range, ['timestamps/300.tsr', Buffer.from('jeton')]])), policy, kept);
  expect([failing(report), unchecked(report), report.exit]).toEqual([[], ['timestamps'], 10]);
  expect(check(report, 'timestamps')?.line).toContain('openssl ts');
});

describe('entries', () => {
  const bundle = (change: (leaves: Uint8Array[]) => Uint8Array[]) => (bytes: Buffer) => {
    const read = readBundle(bytes);
    return writeBundle(read.ok ? change(read.leaves) : []);
  };

  test.each([
    ['two swapped', bundle(([one, other, ...rest]) => [other as Uint8Array, one as Uint8Array, ...rest])],
    ['one left out', bundle(([, ...rest]) => rest)],
    ['one twice', bundle(([one, , ...rest]) => [one as Uint8Array, one as Uint8Array, ...rest])],
    ['one added', bundle((leaves) => [...leaves, Buffer.from('{}')])],
  ])('%s', (_case, change) => {
    const report = verified(resummed(changed(range, 'tile/entries/000', change)), policy, kept);
    expect(failing(report)).toContain('entries');
  });

  test('one act of a mandate left out, with its proof, signature and openings, under a manifest that counts without it', () => {
    const place = [...mandate.keys()]
      .filter((path) => path.startsWith('leaves/'))
      .map((path) => Number(/\d+/.exec(path)?.[0]));
    const numbered = place.filter((index) => /"mn":1,/.test(mandate.get(`leaves/${index}.json`)?.toString() ?? ''))[0];
    const lines = (text: Buffer) =>
      text
        .toString()
        .split('\n')
        .filter((line) => !line.startsWith(`{"index":"${numbered}"`))
        .join('\n');
    let files = without(without(mandate, `leaves/${numbered}.json`), `proofs/${numbered}.tlog-proof`);
    files = changed(changed(files, 'node-signatures.jsonl', lines), 'disclosures.jsonl', lines);
    const report = verified(resummed(files), policy, kept);
    expect(failing(report)).toEqual(expect.arrayContaining(['counters', 'manifest', 'consent']));
  });
});

describe('whom the auditor believes', () => {
  const otherKey = (name: string, type: typeof ED25519 | typeof COSIGNATURE_V1) =>
    vkeyOf(name, type, Buffer.alloc(32, 7), sha256).text;
  const replaced = (from: string, to: string) => {
    expect(policy).toContain(from);
    return policy.replace(from, to);
  };

  test('a stale policy, without the key that signs now: named, not passed', () => {
    const stale = replaced(sealed.logs.actes.vkey.text, otherKey('journal.entremise.test/actes', ED25519));
    const report = verified(range, stale, undefined);
    expect(report.exit).toBe(20);
    expect(failing(report)).toEqual(expect.arrayContaining(['log-signature', 'witnesses']));
    expect(unchecked(report)).toContain('policy');
    expect(check(report, 'log-signature')?.line).toContain('aucune clé de votre politique');
  });

  test('another witness, another quorum', () => {
    const [one] = sealed.witnesses;
    const stranger = replaced(one.vkey.text, otherKey('temoin-trois.test', COSIGNATURE_V1));
    expect(failing(verified(range, stranger, kept))).toEqual(['witnesses']);
    const nobody = policy.replace('quorum both', 'quorum none');
    const report = verified(range, nobody, kept);
    expect([failing(report), unchecked(report)]).toEqual([[], ['policy', 'witnesses']]);
  });

  test('a policy or a checkpoint that cannot be read: nothing is verified', () => {
    for (const given of ['', 'oui', 'quorum none\n', policy.replace('quorum', 'quorom'), Buffer.from([0xff, 0xfe])]) {
      expect(verifyExport(nodeTools(), { files: range, policy: given })).toMatchObject({ exit: 30 });
    }
    for (const previous of ['', 'oui', range.get('tile/0/000') as Buffer]) {
      expect(verifyExport(nodeTools(), { files: range, policy, previous })).toMatchObject({ exit: 30 });
    }
  });
});

describe('the checkpoint that was kept', () => {
  const note = (size: bigint, seed: number) =>
    `journal.entremise.test/actes\n${size}\n${toBase64(Buffer.alloc(32, seed))}\n`;
  const signed = (text: string) => {
    const cosigned = sealed.witnesses.map((witness) => cosignNote(witness, text, new Date()));
    return formatNote(text, [signNote(sealed.logs.actes, text), ...cosigned]);
  };
  const size = () => BigInt(range.get('checkpoint')?.toString().split('\n')[1] ?? 0);

  test('two roots for one size: both notes are given as evidence, with who cosigned both', () => {
    const fork = signed(note(size(), 1));
    const found = check(verified(range, policy, fork), 'consistency');
    expect(found).toMatchObject({ status: 'fail', line: expect.stringContaining('FOURCHE') });
    for (const line of [...fork.split('\n'), ...(range.get('checkpoint')?.toString() ?? '').split('\n')]) {
      expect(found?.details).toContain(line);
    }
    expect(found?.details.at(-1)).toContain('temoin-un.test, temoin-deux.test');
  });

  test('a smaller tree that this one does not begin with', () => {
    const found = check(verified(range, policy, signed(note(100n, 1))), 'consistency');
    expect(found).toMatchObject({ status: 'fail', line: expect.stringContaining('changées, retirées ou déplacées') });
  });

  test('more recent: not checked; of another log, or signed by nobody known: a failure', () => {
    expect(check(verified(range, policy, signed(note(size() + 1n, 1))), 'consistency')?.status).toBe('not-checked');
    const foreign = note(100n, 1).replace('/actes', '/acces');
    const acces = formatNote(foreign, [signNote(sealed.logs.acces, foreign)]);
    expect(check(verified(range, policy, acces), 'consistency')).toMatchObject({
      status: 'fail',
      line: expect.stringContaining('autre journal'),
    });
    const unknown = kept.replace(/— journal[^\n]+\n/, '');
    expect(check(verified(range, policy, unknown), 'consistency')?.status).toBe('fail');
  });
});

/** What a change can leave as honest as it was: it is then NOT CHECKED, by a named check, never a pass. */
const MAY_DIFFER = new Map([
  ['policy.txt', 'it may be newer than the auditor’s, who never uses it: `policy`'],
  [
    'checkpoint',
    'a signature whose key became unknown may be of a witness that the auditor does not know: `witnesses`',
  ],
  ['checkpoint.old', 'the same'],
]);

test('whatever is changed, an answer comes: never a pass, never an error', () => {
  const paths = (files: Files) => [...files.keys()].filter((path) => path !== 'SHA256SUMS');
  const sources = [range, mandate] as const;
  fc.assert(
    fc.property(
      fc.constantFrom(0, 1),
      fc.nat(),
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      (source, which, edits, cut) => {
        const files = sources[source] as Unpacked;
        const all = paths(files).filter((path) => files.get(path)?.length);
        const path = all[which % all.length] ?? '';
        const change = (bytes: Buffer) => {
          for (const [place, value] of edits) bytes[place % bytes.length] = value;
          return cut ? bytes.subarray(0, (edits[0]?.[0] ?? 0) % bytes.length) : bytes;
        };
        const tampered = changed(files, path, change);
        const same = tampered.get(path)?.equals(files.get(path) as Buffer);
        expect(verified(tampered, policy, kept).exit).toBe(same ? 0 : 20);
        // with sums made to fit: never a pass, and a failure but for what may honestly differ from what the auditor has
        const forged = verified(resummed(tampered), policy, kept);
        expect([path, forged.exit]).toEqual([path, same ? 0 : MAY_DIFFER.has(path) ? expect.toBeOneOf([10, 20]) : 20]);
      },
    ),
    { numRuns: 60 },
  );
});

test('what is no export at all', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom('manifest.json', 'checkpoint', 'x', 'node-keys.jsonl'), fc.uint8Array()),
      (given) => {
        const report = verified(new Map(Object.entries(given)), policy);
        expect(report.exit).toBe(20);
        expect(failing(report)).toEqual(expect.arrayContaining(['sums', 'manifest', 'log-signature']));
      },
    ),
    { numRuns: 50 },
  );
});

describe('evidence of consent that is not whole', () => {
  const selected = async () => selectMandates(world.ctx, [number]);

  test('not joined: the rest passes, and that is said', async () => {
    const { ids, mandates } = await selected();
    const made = await makeSelectionExport(world.ctx, { log: 'actes', ids, mandates });
    const report = verified(unpacked(made.pieces), policy);
    expect([failing(report), unchecked(report)]).toEqual([[], ['consistency', 'consent']]);
    expect(check(report, 'consent')?.details).toEqual([
      expect.stringContaining('ne prouve ce numéro'),
      expect.stringContaining('n’est pas jointe'),
    ]);
  });

  test('its openings reached their term', async () => {
    const { evidence, ids, mandates } = await selected();
    const made = await makeSelectionExport(world.ctx, { log: 'actes', ids, mandates, evidence });
    const report = verified(unpacked(made.pieces), policy);
    expect([failing(report), unchecked(report)]).toEqual([[], ['consistency', 'consent']]);
  });

  test('its tokens are away, and no entry says that they reached their term: a failure, whatever the manifest says', async () => {
    const { evidence, ids, mandates } = await selected();
    const old = evidence.map((one) => ({
      ...one,
      parts: {
        terms: one.parts.terms,
        shownTexts: one.parts.shownTexts,
        salt: one.parts.salt,
        snapshot: one.parts.snapshot,
        seal: one.parts.seal,
        sealKeys: one.parts.sealKeys,
      } as typeof one.parts,
    }));
    const request = { log: 'actes', ids, mandates, evidence: old, open: 'everything' } as const;
    const made = await makeSelectionExport(world.ctx, request);
    expect(made.manifest.gone).toEqual([number]);
    const report = verified(unpacked(made.pieces), policy);
    expect(failing(report)).toEqual(['consent']);
    expect(check(report, 'consent')?.details.join()).toContain('aucune entrée prouvée d’ici ne dit son effacement');
    // a forger takes them out of an export that had them
    const paths = [...mandate.keys()].filter((path) => /\/(id-token\.jwt|userinfo\.jwt|jwks\.json)$/.test(path));
    const taken = paths.reduce((files, path) => without(files, path), mandate);
    expect(failing(verified(resummed(taken), policy, kept))).toEqual(expect.arrayContaining(['layout', 'consent']));
    const listed = resummed(remanifested(taken, () => ({ gone: [number] })));
    expect(failing(verified(listed, policy, kept))).toEqual(['consent']);
  });

  test('without its conclusion, it is not exported', async () => {
    const { evidence, ids } = await selected();
    const others = ids.filter((id) => id !== evidence[0]?.conclusion);
    await expect(makeSelectionExport(world.ctx, { log: 'actes', ids: others, evidence })).rejects.toMatchObject({
      reason: 'not-published',
    });
  });
});

describe('sizes that no log has', () => {
  const claimed = (members: Record<string, string>) => (bytes: Buffer) => {
    const manifest = { ...JSON.parse(bytes.toString()), ...members };
    return `${JSON.stringify(manifest, null, 2)}\n`;
  };
  const LARGEST = '9223372036854775807';

  test.each([
    ['a tree of 2^63 − 1', { size: LARGEST }],
    ['one more', { size: '9223372036854775808' }],
    ['a range at its end', { size: LARGEST, from: '9223372036854775000', to: LARGEST }],
    ['as many entries as may be', { size: '500000', to: '500000' }],
    ['a range that is the whole of it', { size: LARGEST, from: '0', to: LARGEST }],
    ['a place before the start', { from: '-1' }],
    ['beside everything', { beside: Array.from({ length: 10_000 }, (_, at) => String(at)) as unknown as string }],
    ['evidence of everybody', { evidence: Array.from({ length: 10_000 }, (_, at) => String(at)) as unknown as string }],
  ])('%s', (_case, members) => {
    for (const [, files] of whole()) {
      const report = verified(resummed(changed(files, 'manifest.json', claimed(members))), policy, kept);
      expect(report.exit).toBe(20);
      expect(failing(report).some((name) => name === 'manifest' || name === 'layout')).toBe(true);
    }
  });

  test('a file of more lines than memory should hold', () => {
    const many = Buffer.from('{"index":"0","disclosure":"x"}\n'.repeat(1_500_001));
    const report = verified(resummed(changed(range, 'disclosures.jsonl', () => many)), policy, kept);
    expect(failing(report)).toContain('disclosures');
  });
});
