import { LARGEST } from './bytes.ts';

/** The leaves [begin, end) of a tree; in a proof, always those of one of its subtrees (RFC 9162 §2.1.1). */
export type Range = { begin: bigint; end: bigint };

/** The whole tree: `hashRange` of it is the root. */
export function rootRange(size: bigint): Range {
  return { begin: 0n, end: size };
}

/** The subtrees whose hashes are the inclusion proof PATH(index, D[size]), in its order (RFC 9162 §2.1.3.1); none when there is no such leaf. */
export function inclusionRanges(index: bigint, size: bigint): Range[] {
  if (index < 0n || index >= size || size > LARGEST) return [];
  const ranges: Range[] = [];
  let [begin, end] = [0n, size];
  while (end - begin > 1n) {
    const middle = begin + splitOf(end - begin);
    if (index < middle) {
      ranges.unshift({ begin: middle, end });
      end = middle;
    } else {
      ranges.unshift({ begin, end: middle });
      begin = middle;
    }
  }
  return ranges;
}

/** The subtrees whose hashes are the consistency proof PROOF(oldSize, D[newSize]), in its order (RFC 9162 §2.1.4.1); none when it is empty or the sizes are impossible. */
export function consistencyRanges(oldSize: bigint, newSize: bigint): Range[] {
  if (oldSize <= 0n || oldSize >= newSize || newSize > LARGEST) return [];
  const ranges: Range[] = [];
  let [begin, end] = [0n, newSize];
  while (end !== oldSize) {
    const middle = begin + splitOf(end - begin);
    if (oldSize <= middle) {
      ranges.unshift({ begin: middle, end });
      end = middle;
    } else {
      ranges.unshift({ begin, end: middle });
      begin = middle;
    }
  }
  return begin === 0n ? ranges : [{ begin, end }, ...ranges];
}

/** The perfect subtrees that make up a subtree, from left to right, each smaller than the one before; undefined when the range is no subtree. */
export function perfectSubtrees({ begin, end }: Range): { height: number; index: bigint }[] | undefined {
  if (begin < 0n || end <= begin || end > LARGEST) return undefined;
  const subtrees: { height: number; index: bigint }[] = [];
  for (let at = begin; at < end; ) {
    const height = heightOf(end - at);
    const width = 1n << BigInt(height);
    if (at % width !== 0n) return undefined;
    subtrees.push({ height, index: at / width });
    at += width;
  }
  return subtrees;
}

/** The largest power of two smaller than a count of at least 2. */
function splitOf(count: bigint): bigint {
  return 1n << BigInt(heightOf(count - 1n));
}

/** The largest h with 2^h ≤ count. */
function heightOf(count: bigint): number {
  return count.toString(2).length - 1;
}
