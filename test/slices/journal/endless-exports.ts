import { hash } from 'node:crypto';
import {
  ACTES,
  checkpointText,
  ED25519,
  entriesPath,
  evidencePath,
  FILES,
  formatManifest,
  formatNote,
  formatTlogProof,
  leafPath,
  type Manifest,
  proofPath,
  signatureLine,
  TILE_WIDTH,
  type Tools,
  vkeyOf,
  writeBundle,
} from '#journal/verify';

// Exports that nobody's journal made: many of something that a program could look at in pairs, or one that no array holds.

const sha256 = (data: Uint8Array): Uint8Array => hash('sha256', data, 'buffer');
/** Believes every signature: theirs are not what is looked at. */
export const credulous: Tools = { sha256, ed25519Verify: () => true, es256Verify: () => true };

const LOG = vkeyOf('forger.example/actes', ED25519, new Uint8Array(32).fill(7), sha256);
export const POLICY = `log ${LOG.text}\nquorum none\n`;

export type Forged = Map<string, Uint8Array>;

const idOf = (n: number) => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
const INSTANT = '2026-01-01T00:00:00.000Z';
const MEGABYTE = 1_048_576;

/** A leaf, canonical when `clear` and `more` are: members in order, `more` between those of `clear` and `t`. */
const leafOf = (n: number, type: string, clear: object, more = '', log = 'actes') =>
  `{"clear":${JSON.stringify(clear)},"id":"${idOf(n)}","log":"${log}",${more}"n":"${'A'.repeat(22)}","node":"x","r":"ok",` +
  `"t":"2026-01-01T00:00:00.000000Z","type":"${type}","v":1}`;
/** What the leaf of an act of a mandate has besides. */
const ofMandate = (alias: string, mn: number) => `"m":"${alias}","mn":${mn},`;
/** Changes what stands after `r` into digests: `sd` comes between `r` and `t`. */
const committing = (leaf: string, digests: readonly string[]) =>
  leaf.replace('"r":"ok",', `"r":"ok","sd":${JSON.stringify(digests)},`);

const jsonLines = (objects: readonly object[]) => objects.map((one) => `${JSON.stringify(one)}\n`).join('');

type Wanted = {
  leaves?: readonly string[];
  files?: Readonly<Record<string, string | Uint8Array>>;
  manifest?: Partial<Manifest>;
};

/** A range of these leaves under a tree that nobody signed; other files as they are given, empty otherwise. */
function forged({ leaves = [leafOf(0, 'x.y', {})], files = {}, manifest = {} }: Wanted): Forged {
  const size = BigInt(leaves.length);
  const [origin, root] = [LOG.name, new Uint8Array(32)];
  const signature = signatureLine(LOG.name, LOG.keyId, new Uint8Array(64));
  const all: Forged = new Map();
  for (const path of Object.values(FILES)) if (path !== FILES.previous) all.set(path, new Uint8Array());
  all.set(FILES.checkpoint, Buffer.from(formatNote(checkpointText({ origin, size, root }), [signature])));
  for (let first = 0; first < leaves.length; first += TILE_WIDTH) {
    const some = leaves.slice(first, first + TILE_WIDTH).map((leaf) => Buffer.from(leaf));
    all.set(entriesPath(BigInt(first / TILE_WIDTH), some.length), writeBundle(some));
  }
  const said = { kind: 'range', notice: '', log: 'actes', origin, size, root, from: 0n, to: size } as const;
  const counts = { entries: leaves.length, leftOut: 0, disclosures: 0, erasures: 0 };
  const lists = { mandates: [], beside: [], evidence: [], gone: [] };
  const whole: Manifest = { ...said, asked: { from: 0n, to: size }, ...counts, ...lists, ...manifest };
  all.set(FILES.manifest, Buffer.from(formatManifest(whole)));
  for (const [path, content] of Object.entries(files)) all.set(path, Buffer.from(content));
  return all;
}

const many = <Item>(count: number, make: (n: number) => Item) => Array.from({ length: count }, (_, n) => make(n));
const erasure = (n: number, what: string, indices: string) => ({
  ...{ entry: idOf(n), what, ground: 'request', at: INSTANT, indices },
});

/** Places that V8 puts all together: what its hash of 64 bits (Thomas Wang's) makes 12345 of, modulo 2^30. */
export function colliding(count: number): bigint[] {
  const [all, places] = [(1n << 64n) - 1n, [] as bigint[]];
  const inverse = (odd: bigint) => {
    let x = 1n;
    for (let n = 0; n < 7; n += 1) x = (x * (2n - odd * x)) & all;
    return x & all;
  };
  const unshifted = (value: bigint, by: bigint) => {
    let x = value;
    for (let n = 0n; n < 64n; n += by) x = value ^ (x >> by);
    return x & all;
  };
  const [of65, of21, of18] = [inverse(65n), inverse(21n), inverse((1n << 18n) - 1n)];
  for (let high = 0n; places.length < count; high += 1n) {
    const third = unshifted((unshifted((high << 30n) | 12_345n, 22n) * of65) & all, 11n);
    const place = ((unshifted((third * of21) & all, 31n) + 1n) * of18) & all;
    if (place < 1n << 63n) places.push(place);
  }
  return places;
}

/** What no array, or no stack, holds: each alone ended the program, or may. */
export const TOO_LARGE: readonly [name: string, fails: string, make: () => Forged][] = [
  [
    'line feeds instead of keys',
    'node-signatures',
    () => forged({ files: { [FILES.nodeKeys]: new Uint8Array(130 * MEGABYTE).fill(10) } }),
  ],
  [
    'line feeds instead of sums',
    'sums',
    () => forged({ files: { [FILES.sums]: new Uint8Array(130 * MEGABYTE).fill(10) } }),
  ],
  ['a line that does not end', 'disclosures', () => forged({ files: lineOf('disclosures', 200 * MEGABYTE) })],
  ['an erasure of commas', 'erasures', () => forged({ files: commas(130 * MEGABYTE) })],
  ['an erasure of as many commas as a line takes', 'erasures', () => forged({ files: commas(7_900_000) })],
  [
    'an erasure of too many places',
    'erasures',
    () =>
      forged({
        files: {
          [FILES.erasures]: jsonLines([erasure(0, 'period', many(600_000, (n) => 2 * n).join())]),
        },
      }),
  ],
  [
    'erasures of too many places together',
    'erasures',
    () => {
      const indices = many(100_000, (n) => 2 * n).join();
      return forged({ files: { [FILES.erasures]: jsonLines(many(8, (n) => erasure(n, 'period', indices))) } });
    },
  ],
  [
    'arrays within each other',
    'node-signatures',
    () => forged({ files: { [FILES.nodeKeys]: `{"node":${'['.repeat(3_900_000)}${']'.repeat(3_900_000)}}\n` } }),
  ],
];

const commas = (count: number) => ({
  [FILES.erasures]: jsonLines([erasure(0, 'period', Buffer.alloc(count, ',').toString())]),
});
const lineOf = (name: 'disclosures', length: number) => ({ [FILES[name]]: new Uint8Array(length).fill(0x61) });

const MARKS = '\u0301\u0323';
/** Marks in the order that takes longest to put right. */
export const marks = (count: number) => [...MARKS].map((mark) => mark.repeat(count / 2)).join('');

/** Many of something; the time of each is the square of `n` for a program that looks at pairs. With what fails, among others. */
export const MANY: readonly [name: string, fails: string, most: number, make: (n: number) => Forged][] = [
  [
    'erasures of a period, each of the last place',
    'erasures',
    64_000,
    (n) => {
      const clear = { entries: n, first: 0, ground: 'request', last: n - 1, log: 'actes' };
      return forged({
        leaves: many(n, (at) => leafOf(at, 'erasure.period', clear)),
        files: { [FILES.erasures]: jsonLines(many(n, (at) => erasure(at, 'period', String(n - 1)))) },
      });
    },
  ],
  [
    'revocations of one key',
    'node-revocations',
    200_000,
    (n) =>
      forged({
        leaves: many(n, (at) => leafOf(at, 'node.revoked', { at: INSTANT, key: 'x' })),
        files: {
          [FILES.nodeKeys]: jsonLines([{ node: 'x', ed25519: Buffer.alloc(32).toString('base64url'), revokedAt: '' }]),
        },
      }),
  ],
  [
    'signatures of places that fall together',
    'node-signatures',
    200_000,
    (n) =>
      forged({
        files: {
          [FILES.nodeSignatures]: jsonLines(
            colliding(n).map((index) => ({ index: String(index), node: 'x', signature: '' })),
          ),
        },
      }),
  ],
  ['places beside that fall together', 'layout', 120_000, (n) => forged({ manifest: { beside: colliding(n) } })],
  [
    'leaves at places that fall together',
    'layout',
    60_000,
    (n) =>
      forged({
        files: Object.fromEntries(colliding(n).map((index, at) => [leafPath(index), leafOf(at, 'x.y', {})])),
      }),
  ],
  [
    'mandates, and as many that lack acts',
    'counters',
    150_000,
    (n) =>
      forged({
        leaves: many(n, (at) => leafOf(at, 'x.y', {}, ofMandate(`a${at}`, 2))),
        manifest: { mandates: many(n / 3, (at) => ({ number: `N${at}`, alias: `z${at}` })) },
      }),
  ],
  [
    'mandates whose tokens are gone',
    'layout',
    100_000,
    (n) => {
      const numbers = many(n, (at) => `N${at}`);
      return forged({ manifest: { evidence: numbers, gone: numbers } });
    },
  ],
  [
    'evidence that is announced again and again',
    'manifest',
    100_000,
    (n) =>
      forged({
        files: { [evidencePath('N', 'terms')]: Buffer.alloc(MEGABYTE, ' ') },
        manifest: { evidence: many(n, () => 'N') },
      }),
  ],
  [
    'mandates, and terms of tokens',
    'consent',
    6000,
    (n) => {
      const gone = { before: INSTANT, rule: 'federation-traces' };
      const start = { startsAt: '2027-01-01T00:00:00.000Z' };
      const numbers = many(n, (at) => `N${at}`);
      const about = (number: string) => ({ number, index: '0', idpId: '', acr: '' });
      return forged({
        leaves: many(2 * n, (at) =>
          leafOf(at, at > 0 ? 'retention.applied' : 'mandate.concluded', at > 0 ? gone : start),
        ),
        files: Object.fromEntries(numbers.map((number) => [evidencePath(number, 'about'), jsonLines([about(number)])])),
        manifest: { evidence: numbers, gone: numbers },
      });
    },
  ],
  [
    'long notes that differ at their end',
    'entries',
    12_000,
    (n) => {
      const note = (at: number) =>
        formatNote(`forger.example/actes\n1\n${'x'.repeat(16_990)}${idOf(at)}\n`, ['— x AAAAAAAA']);
      const proof = (at: number) => formatTlogProof({ index: 0n, proof: [], checkpoint: note(at) });
      const leaf = leafOf(0, 'x.y', {});
      const pairs = many(n, (at) => [
        [`${ACTES}${leafPath(BigInt(at))}`, leaf],
        [`${ACTES}${proofPath(BigInt(at))}`, proof(at)],
      ]);
      return forged({ files: Object.fromEntries(pairs.flat()), manifest: { log: 'acces' } });
    },
  ],
  [
    'ids of servers as long as notes',
    'node-signatures',
    12_000,
    (n) =>
      forged({
        files: {
          [FILES.nodeKeys]: jsonLines(
            many(n, (at) => ({
              ...{ node: `${'x'.repeat(17_000)}${idOf(at)}` },
              ...{ ed25519: Buffer.alloc(32).toString('base64url'), revokedAt: '' },
            })),
          ),
        },
      }),
  ],
  [
    'openings of two entries in turn',
    'disclosures',
    400_000,
    (n) => {
      const digests = many(340, (at) => sha256(Buffer.from(String(at)))).map((one) =>
        Buffer.from(one).toString('base64url'),
      );
      return forged({
        leaves: many(2, (at) => committing(leafOf(at, 'x.y', {}), digests)),
        files: { [FILES.disclosures]: jsonLines(many(n, (at) => ({ index: String(at % 2), disclosure: '' }))) },
        manifest: { disclosures: n },
      });
    },
  ],
  [
    'marks upon one letter, in leaves',
    'leaves',
    6000,
    (n) => forged({ leaves: many(n, (at) => leafOf(at, 'x.y', { a: `a${marks(8000)}` })) }),
  ],
  [
    'marks upon one letter, in a name',
    'consent',
    370_000,
    (n) => {
      const person = Buffer.from(JSON.stringify({ given_name: marks(n) })).toString('base64url');
      const about = { number: 'N', index: '0', idpId: '', acr: '' };
      const copy = { usager: { givenName: 'Zoé' } };
      return forged({
        leaves: [leafOf(0, 'mandate.concluded', {}, ofMandate('a', 1))],
        files: {
          [evidencePath('N', 'about')]: jsonLines([about]),
          [evidencePath('N', 'snapshot')]: JSON.stringify(copy),
          [evidencePath('N', 'userinfo')]: `e30.${person}.e30`,
        },
        manifest: { evidence: ['N'] },
      });
    },
  ],
];
