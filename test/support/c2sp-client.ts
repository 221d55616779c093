import { createHash, createPublicKey, verify } from 'node:crypto';

/**
 * A client of C2SP transparency logs (tlog-tiles, tlog-checkpoint, signed-note, tlog-cosignature, tlog-policy), written from
 * the specifications and from nothing of ours: what it accepts, others accept.
 */
export type FollowedLog = {
  origin: string;
  size: number;
  /** Names of the witnesses whose cosignature holds, with their time in seconds. */
  cosigners: { name: string; time: number }[];
  leafHashes: Buffer[];
  note: string;
};

type Key = { name: string; id: string; type: number; publicKey: Buffer };
type ReadPolicy = { logs: Key[]; witnesses: Map<string, Key>; groups: Map<string, [number, string[]]>; quorum: string };

const sha256 = (...parts: Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
const hashLeaf = (leaf: Buffer) => sha256(Buffer.from([0]), leaf);
const hashNode = (left: Buffer, right: Buffer) => sha256(Buffer.from([1]), left, right);

/** MTH of RFC 6962 §2.1, by its recursive definition, over hashes of leaves. */
export function treeHash(hashes: readonly Buffer[]): Buffer {
  if (hashes.length === 0) return sha256();
  if (hashes.length === 1) return hashes[0] as Buffer;
  let k = 1;
  while (k * 2 < hashes.length) k *= 2;
  return hashNode(treeHash(hashes.slice(0, k)), treeHash(hashes.slice(k)));
}

function readKey(text: string): Key {
  const [name = '', id = '', ...rest] = text.split('+');
  const bytes = Buffer.from(rest.join('+'), 'base64');
  const expected = sha256(Buffer.from(`${name}\n`), bytes)
    .subarray(0, 4)
    .toString('hex');
  if (expected !== id) throw new Error(`the id of ${name} is not its own`);
  return { name, id, type: bytes[0] ?? 0, publicKey: bytes.subarray(1) };
}

export function readPolicy(text: string): ReadPolicy {
  const policy: ReadPolicy = { logs: [], witnesses: new Map(), groups: new Map(), quorum: '' };
  for (const line of text.split('\n')) {
    const [word = '', ...items] = line.trim().split(/[ \t]+/);
    if (word === '' || word.startsWith('#')) continue;
    const [first = '', second = '', ...members] = items;
    if (word === 'log') policy.logs.push(readKey(first));
    else if (word === 'witness') policy.witnesses.set(first, readKey(second));
    else if (word === 'group') {
      const threshold = { any: 1, all: members.length }[second] ?? Number(second);
      policy.groups.set(first, [threshold, members]);
    } else if (word === 'quorum') policy.quorum = first;
    else throw new Error(`« ${word} » in a policy`);
  }
  return policy;
}

function ed25519(publicKey: Buffer, message: Buffer, signature: Buffer): boolean {
  const key = { kty: 'OKP', crv: 'Ed25519', x: publicKey.toString('base64url') };
  return verify(null, message, createPublicKey({ key, format: 'jwk' }), signature);
}

function isWitnessedBy(policy: ReadPolicy, name: string, cosigned: ReadonlySet<string>): boolean {
  if (name === 'none' || cosigned.has(name)) return true;
  const [threshold, members] = policy.groups.get(name) ?? [1, []];
  return members.filter((member) => isWitnessedBy(policy, member, cosigned)).length >= threshold;
}

/** Verifies a checkpoint under a policy; throws, with the reason, when it does not hold. */
export function verifyCheckpoint(policyText: string, note: string) {
  const policy = readPolicy(policyText);
  const end = note.lastIndexOf('\n\n');
  const text = note.slice(0, end + 1);
  const [origin = '', size = '', root = ''] = text.split('\n');
  const signatures = note
    .slice(end + 2)
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [, name = '', base64 = ''] = /^— (\S+) (\S+)$/.exec(line) ?? [];
      const bytes = Buffer.from(base64, 'base64');
      return { name, id: bytes.subarray(0, 4).toString('hex'), signature: bytes.subarray(4) };
    });
  const by = (key: Key) => signatures.find(({ name, id }) => name === key.name && id === key.id);
  const signedBy = policy.logs.filter((key) => {
    const found = key.name === origin && key.type === 1 && by(key);
    if (found && !ed25519(key.publicKey, Buffer.from(text), found.signature)) throw new Error('a false log signature');
    return found;
  });
  if (signedBy.length === 0) throw new Error('not signed by the log');
  const cosigners: { name: string; time: number; as: string }[] = [];
  for (const [as, key] of policy.witnesses) {
    const found = key.type === 4 ? by(key) : undefined;
    if (!found) continue;
    const time = Number(found.signature.readBigUInt64BE(0));
    const message = Buffer.from(`cosignature/v1\ntime ${time}\n${text}`);
    if (!ed25519(key.publicKey, message, found.signature.subarray(8))) throw new Error(`a false signature of ${as}`);
    cosigners.push({ name: key.name, time, as });
  }
  const cosigned = new Set(cosigners.map(({ as }) => as));
  if (!isWitnessedBy(policy, policy.quorum, cosigned)) throw new Error('the quorum is not met');
  return { origin, size: Number(size), root: Buffer.from(root, 'base64'), cosigners };
}

/** Tile index N as C2SP writes it in a path. */
export function tileIndex(n: number): string {
  const groups = [String(n % 1000).padStart(3, '0')];
  for (let left = Math.floor(n / 1000); left > 0; left = Math.floor(left / 1000)) {
    groups.unshift(`x${String(left % 1000).padStart(3, '0')}`);
  }
  return groups.join('/');
}

export type Get = (path: string) => Promise<{ status: number; body: Buffer }>;

/** Follows a log from its address: checkpoint, level 0 tiles, root, and the higher tiles against those below. */
export async function followLog(get: Get, prefix: string, policyText: string): Promise<FollowedLog> {
  const fetched = async (path: string) => {
    const { status, body } = await get(`${prefix}/${path}`);
    if (status !== 200) throw new Error(`${prefix}/${path}: ${status}`);
    return body;
  };
  const note = (await fetched('checkpoint')).toString();
  const { origin, size, root, cosigners } = verifyCheckpoint(policyText, note);
  let below: Buffer[] = [];
  let leafHashes: Buffer[] = [];
  for (let level = 0, count = size; count > 0; level += 1, count = Math.floor(count / 256)) {
    const hashes: Buffer[] = [];
    for (let n = 0; n * 256 < count; n += 1) {
      const width = Math.min(count - n * 256, 256);
      const tile = await fetched(`tile/${level}/${tileIndex(n)}${width < 256 ? `.p/${width}` : ''}`);
      if (tile.length !== width * 32) throw new Error(`a tile of ${tile.length} bytes`);
      for (let at = 0; at < tile.length; at += 32) hashes.push(tile.subarray(at, at + 32));
    }
    if (level === 0) leafHashes = hashes;
    else {
      const expected = hashes.map((_hash, n) => treeHash(below.slice(n * 256, n * 256 + 256)));
      if (!Buffer.concat(expected).equals(Buffer.concat(hashes)))
        throw new Error(`level ${level} is not made of level ${level - 1}`);
    }
    below = hashes;
  }
  if (!treeHash(leafHashes).equals(root)) throw new Error('the tiles do not make up the root');
  return { origin, size, cosigners: cosigners.map(({ name, time }) => ({ name, time })), leafHashes, note };
}

/** The entries of a bundle: each after its length in two bytes. */
export function readEntryBundle(bundle: Buffer): Buffer[] {
  const entries: Buffer[] = [];
  for (let at = 0; at < bundle.length; ) {
    const length = bundle.readUInt16BE(at);
    entries.push(bundle.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return entries;
}

export { hashLeaf };
