import { type KeyObject, verify } from 'node:crypto';
import { ed25519PublicKey } from '#platform/crypto/ed25519.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import type { LogName } from '../event.ts';
import { type NodeSignature, readLeaf, readNodeSignature } from '../verify/index.ts';
import type { Candidate } from './unsealed.queries.ts';

/** What is looked at of an entry. */
export type Checked = Pick<Candidate, 'id' | 'node' | 'nodeKey' | 'leaf' | 'nodeSig' | 'isRevoked'> &
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

/**
 * Looks at each entry: signed by a registered node whose key was valid, its bytes the canonical leaf of this entry in this
 * log. Gives the reason against it, or undefined, in the same order.
 */
export function checkEntries(log: LogName, entries: readonly Checked[]): Promise<(RogueReason | undefined)[]> {
  const { look, reasons } = entryChecker(log);
  look(entries);
  return reasons();
}

/** The same for entries that come bit by bit: `look` begins, in other threads, and `reasons` waits for all of them. */
export function entryChecker(log: LogName): {
  look(entries: readonly Checked[]): void;
  reasons(): Promise<(RogueReason | undefined)[]>;
} {
  const verified: Verified = new Map();
  const looked: Promise<{ id: string; reason: RogueReason | undefined; isSealed: boolean }>[] = [];
  const look = async (entry: Checked, key: KeyObject | null) => {
    const reason = await check(log, entry, key, verified);
    return { id: entry.id, reason, isSealed: Boolean(entry.sealedHash) };
  };
  return {
    look(entries) {
      // a key that does not read throws here, not in a promise that nobody waits for yet
      for (const entry of entries) looked.push(look(entry, entry.nodeKey && ed25519PublicKey(entry.nodeKey)));
    },
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
  key: KeyObject | null,
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
