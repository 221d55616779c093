import { emptyRoot, nodeHash, type Sha256 } from './verify/index.ts';

/** A perfect subtree: 2^height leaves. */
export type Subtree = { height: number; hash: Uint8Array };

/** The root of a tree that grows leaf by leaf, from its perfect subtrees, the largest first: 64 hashes at most. */
export class GrowingRoot {
  private readonly subtrees: Subtree[];
  private readonly sha256: Sha256;

  constructor(sha256: Sha256, subtrees: readonly Subtree[] = []) {
    this.sha256 = sha256;
    this.subtrees = [...subtrees];
  }

  add(leafHash: Uint8Array): void {
    let added: Subtree = { height: 0, hash: leafHash };
    for (let last = this.subtrees.at(-1); last?.height === added.height; last = this.subtrees.at(-1)) {
      this.subtrees.pop();
      added = { height: added.height + 1, hash: nodeHash(this.sha256, last.hash, added.hash) };
    }
    this.subtrees.push(added);
  }

  root(): Uint8Array {
    const whole = this.subtrees.reduceRight<Uint8Array | undefined>(
      (right, { hash }) => (right ? nodeHash(this.sha256, hash, right) : hash),
      undefined,
    );
    return whole ?? emptyRoot(this.sha256);
  }
}

/** The root of a power of two of hashes, and of any count of them as RFC 6962 says. */
export function rootOfHashes(sha256: Sha256, hashes: readonly Uint8Array[]): Uint8Array {
  const growing = new GrowingRoot(sha256);
  for (const hash of hashes) growing.add(hash);
  return growing.root();
}
