import type { AppContext } from '#platform/context.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import type { LogName } from '../event.ts';
import { lastPublication } from '../export/export.queries.ts';
import { readLogPolicy } from '../publish/log-policy.ts';
import { inclusionProofs } from '../read/prove-entry.ts';
import type { StoredEntry } from '../read/read-entries.ts';
import {
  type Checkpoint,
  type Crypto,
  checkNote,
  leafHash,
  parseOrigin,
  readLeaf,
  sameBytes,
  verifyInclusion,
  verifyNodeSignature,
} from '../verify/index.ts';
import { nodeCrypto } from '../witness/signing-key.ts';

/**
 * What does not hold of an entry that is kept. `leaf-differs`: its bytes are not those whose hash is in the tree;
 * `bad-signature`: the registered key of its node did not sign them; `not-in-tree`: its place does not lead to the root that was
 * published; `not-cosigned`: what is published is not signed as the policy asks.
 */
export type ProofFault = 'leaf-differs' | 'bad-signature' | 'not-in-tree' | 'not-cosigned';

/** `hash`: of the bytes that are kept now. */
type HashedEntry = StoredEntry & { hash: Uint8Array };

/**
 * Verifies each of these entries as its own page does: the hash of its bytes against the tree, the signature of its node, and,
 * when it is published, its place under the newest checkpoint, itself checked by the policy. By id; an entry that holds is
 * absent. Six queries at most, whatever their number.
 */
export async function proofFaults(
  ctx: Pick<AppContext, 'readerDb' | 'db' | 'config'>,
  entries: readonly StoredEntry[],
): Promise<Map<string, ProofFault>> {
  const faults = new Map<string, ProofFault>();
  const crypto = verifyingOnce(nodeCrypto);
  const hashed = entries.map((entry) => ({ ...entry, hash: leafHash(sha256, entry.leaf) }));
  for (const entry of hashed) {
    const fault = ownFault(crypto, entry);
    if (fault) faults.set(entry.id, fault);
  }
  const published = hashed.filter(({ id, state }) => state === 'cosigned' && !faults.has(id));
  const logs = (['actes', 'acces'] as const).filter((log) => published.some((one) => one.log === log));
  if (logs.length === 0) return faults;
  const [policy, ...publications] = await Promise.all([
    readLogPolicy(ctx),
    ...logs.map((log) => lastPublication(ctx.readerDb, log)),
  ]);
  for (const [at, log] of logs.entries()) {
    const theirs = published.filter((one) => one.log === log);
    const note = publications[at]?.note ?? '';
    const checked = policy.ok ? checkNote(crypto, policy.policy, note) : undefined;
    const known = checked?.ok && parseOrigin(checked.checkpoint.origin)?.log === log ? checked.checkpoint : undefined;
    const left = known ? await notIn(ctx, log, known, theirs) : theirs.map(({ id }) => id);
    for (const id of left) faults.set(id, known ? 'not-in-tree' : 'not-cosigned');
  }
  return faults;
}

/** Entries that were signed together have one signature: it is verified once for all of them. */
function verifyingOnce({ sha256, ed25519Verify }: Crypto): Crypto {
  const answers = new Map<string, boolean>();
  return {
    sha256,
    ed25519Verify(publicKey, message, signature) {
      const asked = [publicKey, message, signature].map((one) => Buffer.from(one).toString('base64')).join(' ');
      const answer = answers.get(asked) ?? ed25519Verify(publicKey, message, signature);
      answers.set(asked, answer);
      return answer;
    },
  };
}

function ownFault(crypto: Crypto, entry: HashedEntry): ProofFault | undefined {
  const { leaf, hash, sealedHash, node, nodeKey, nodeSignature } = entry;
  if (sealedHash && !sameBytes(hash, sealedHash)) return 'leaf-differs';
  const read = readLeaf(leaf);
  const signed = nodeKey !== null && verifyNodeSignature(crypto, nodeKey, leaf, nodeSignature);
  return signed && read.ok && read.leaf.node === node ? undefined : 'bad-signature';
}

/** Those that the tree of this checkpoint does not have at their place. */
async function notIn(
  { readerDb }: Pick<AppContext, 'readerDb'>,
  log: LogName,
  { size, root }: Checkpoint,
  entries: readonly HashedEntry[],
): Promise<string[]> {
  const placed = entries.flatMap(({ id, index, hash }) =>
    index !== null && index < size ? [{ id, index, hash }] : [],
  );
  const proofs = await inclusionProofs(
    readerDb,
    log,
    size,
    placed.map(({ index }) => index),
  );
  const holding = placed.filter(({ index, hash }, at) =>
    verifyInclusion(sha256, { index, size, root, leafHash: hash, proof: proofs[at] ?? [] }),
  );
  const proven = new Set(holding.map(({ id }) => id));
  return entries.flatMap(({ id }) => (proven.has(id) ? [] : [id]));
}
