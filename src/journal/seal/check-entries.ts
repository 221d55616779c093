import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { sha256 } from '#platform/crypto/hashes.ts';
import type { LogName } from '../event.ts';
import { type NodeSignature, readLeaf, readNodeSignature } from '../verify/index.ts';
import type { Candidate } from './unsealed.queries.ts';

/** What is looked at of an entry. */
export type Checked = Pick<Candidate, 'id' | 'node' | 'leaf' | 'nodeSig' | 'isRevoked'> &
  Partial<Pick<Candidate, 'sealedHash'>> & {
    /** Of the leaf, when it is known already. */
    hash?: Uint8Array;
  };

/** Why an entry is none of ours. */
export const ROGUE_REASONS = [
  'unknown-node',
  'revoked-node',
  'bad-signature',
  'not-canonical',
  'other-log',
  'other-entry',
  'twice',
] as const;
export type RogueReason = (typeof ROGUE_REASONS)[number];

/** Whether a signature is true, by its node, itself and what it signs. */
type Verified = Map<string, Promise<boolean>>;

/** The first bytes of an Ed25519 public key as SubjectPublicKeyInfo (RFC 8410 §4); its 32 bytes follow. */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/** The key of a node from its 32 bytes. */
function importNodeKey(raw: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki' });
}

/**
 * Looks at each entry: signed by a registered node whose key was valid, its bytes the canonical leaf of this entry in this
 * log. Gives the reason against it, or undefined, in the same order.
 */
export function checkEntries(
  log: LogName,
  entries: readonly Checked[],
  nodeKeys: ReadonlyMap<string, Uint8Array>,
): Promise<(RogueReason | undefined)[]> {
  const { look, reasons } = entryChecker(log, nodeKeys);
  look(entries);
  return reasons();
}

/**
 * The same for entries that come in several times: `look` begins, `reasons` waits for all of them. Signatures are verified
 * in Node's thread pool, while the next entries are fetched.
 */
export function entryChecker(
  log: LogName,
  nodeKeys: ReadonlyMap<string, Uint8Array>,
): { look(entries: readonly Checked[]): void; reasons(): Promise<(RogueReason | undefined)[]> } {
  const imported = new Map<string, KeyObject>();
  for (const [id, raw] of nodeKeys) imported.set(id, importNodeKey(raw));
  const verified: Verified = new Map();
  const looked: Promise<{ id: string; reason: RogueReason | undefined; isSealed: boolean }>[] = [];
  const look = async (entry: Checked) => {
    const reason = await check(log, entry, imported.get(entry.node), verified);
    return { id: entry.id, reason, isSealed: Boolean(entry.sealedHash) };
  };
  return {
    look: (entries) => void looked.push(...entries.map(look)),
    async reasons() {
      const good = new Set<string>();
      return (await Promise.all(looked)).map(({ id, reason, isSealed }) => {
        if (reason) return reason;
        if (isSealed || good.has(id)) return 'twice';
        good.add(id);
        return undefined;
      });
    },
  };
}

async function check(
  log: LogName,
  entry: Checked,
  key: KeyObject | undefined,
  verified: Verified,
): Promise<RogueReason | undefined> {
  if (!key) return 'unknown-node';
  if (entry.isRevoked) return 'revoked-node';
  const signed = isSigned(entry, key, verified); // runs in a thread while the leaf is read here
  const fault = leafFault(log, entry);
  return (await signed) ? fault : 'bad-signature';
}

function leafFault(log: LogName, { id, node, leaf }: Checked): RogueReason | undefined {
  const read = readLeaf(leaf);
  if (!read.ok) return 'not-canonical';
  if (read.leaf.log !== log) return 'other-log';
  return read.leaf.id === id && read.leaf.node === node ? undefined : 'other-entry';
}

/** Leaves that were signed together carry one signature of one message: it is verified once. */
function isSigned({ leaf, node, nodeSig, hash }: Checked, key: KeyObject, verified: Verified): Promise<boolean> {
  const read = readNodeSignature(sha256, leaf, nodeSig, hash);
  if (!read) return Promise.resolve(false);
  const name = `${node} ${Buffer.from(read.signature).toString('latin1')}${Buffer.from(read.message).toString('latin1')}`;
  const known = verified.get(name) ?? isTrue(read, key);
  verified.set(name, known);
  return known;
}

function isTrue({ message, signature }: NodeSignature, key: KeyObject): Promise<boolean> {
  return new Promise((resolve) => {
    verify(null, message, key, signature, (error, isValid) => resolve(!error && isValid));
  });
}
