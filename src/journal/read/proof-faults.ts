import type { AppContext } from '#platform/context.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import type { LogName } from '../event.ts';
import { lastPublication } from '../export/export.queries.ts';
import { readLogPolicy } from '../publish/log-policy.ts';
import {
  type Checkpoint,
  checkNote,
  leafHash,
  parseOrigin,
  readLeaf,
  sameBytes,
  verifyInclusion,
  verifyNodeSignature,
} from '../verify/index.ts';
import { nodeCrypto } from '../witness/signing-key.ts';
import { inclusionProofs } from './prove-entry.ts';
import type { StoredEntry } from './read-entries.ts';

/**
 * What does not hold of an entry that is kept. `leaf-differs`: its bytes are not those whose hash is in the tree;
 * `bad-signature`: the registered key of its node did not sign them; `not-in-tree`: its place does not lead to the root that was
 * published; `not-cosigned`: what is published is not signed as the policy asks.
 */
export type ProofFault = 'leaf-differs' | 'bad-signature' | 'not-in-tree' | 'not-cosigned';

/**
 * Verifies each of these entries as its own page does: the hash of its bytes against the tree, the signature of its node, and,
 * when it is published, its place under the newest checkpoint, itself checked by the policy. By id; an entry that holds is
 * absent. Eight queries at most, whatever their number.
 */
export async function proofFaults(
  ctx: Pick<AppContext, 'readerDb' | 'db' | 'config'>,
  entries: readonly StoredEntry[],
): Promise<Map<string, ProofFault>> {
  const faults = new Map<string, ProofFault>();
  for (const entry of entries) {
    const fault = ownFault(entry);
    if (fault) faults.set(entry.id, fault);
  }
  const published = entries.filter(({ id, state }) => state === 'cosigned' && !faults.has(id));
  if (published.length === 0) return faults;
  const policy = await readLogPolicy(ctx);
  for (const log of ['actes', 'acces'] as const) {
    const theirs = published.filter((one) => one.log === log);
    if (theirs.length === 0) continue;
    const note = (await lastPublication(ctx.readerDb, log))?.note ?? '';
    const checked = policy.ok ? checkNote(nodeCrypto, policy.policy, note) : undefined;
    const known = checked?.ok && parseOrigin(checked.checkpoint.origin)?.log === log ? checked.checkpoint : undefined;
    const left = known ? await notIn(ctx, log, known, theirs) : theirs.map(({ id }) => id);
    for (const id of left) faults.set(id, known ? 'not-in-tree' : 'not-cosigned');
  }
  return faults;
}

function ownFault({ leaf, sealedHash, node, nodeKey, nodeSignature }: StoredEntry): ProofFault | undefined {
  if (sealedHash && !sameBytes(leafHash(sha256, leaf), sealedHash)) return 'leaf-differs';
  const read = readLeaf(leaf);
  const signed = nodeKey !== null && verifyNodeSignature(nodeCrypto, nodeKey, leaf, nodeSignature);
  return signed && read.ok && read.leaf.node === node ? undefined : 'bad-signature';
}

/** Those that the tree of this checkpoint does not have at their place. */
async function notIn(
  { readerDb }: Pick<AppContext, 'readerDb'>,
  log: LogName,
  { size, root }: Checkpoint,
  entries: readonly StoredEntry[],
): Promise<string[]> {
  const placed = entries.flatMap(({ id, index, leaf }) =>
    index !== null && index < size ? [{ id, index, leaf }] : [],
  );
  const proofs = await inclusionProofs(
    readerDb,
    log,
    size,
    placed.map(({ index }) => index),
  );
  const holding = placed.filter(({ index, leaf }, at) =>
    verifyInclusion(sha256, { index, size, root, leafHash: leafHash(sha256, leaf), proof: proofs[at] ?? [] }),
  );
  const proven = new Set(holding.map(({ id }) => id));
  return entries.flatMap(({ id }) => (proven.has(id) ? [] : [id]));
}
