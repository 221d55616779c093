import { joined } from './bytes.ts';
import { TILE_WIDTH } from './tiles.ts';

export type BundleFault = 'empty' | 'truncated' | 'too-many-entries';

const LONGEST_ENTRY = 0xff_ff;

/** Entries as a bundle: each after its length, two bytes big-endian (C2SP tlog-tiles, Log entries). Throws for an entry over 65 535 bytes. */
export function writeBundle(leaves: readonly Uint8Array[]): Uint8Array {
  return joined(
    ...leaves.flatMap((leaf) => {
      if (leaf.length > LONGEST_ENTRY)
        throw new RangeError(`An entry of ${leaf.length} bytes does not fit in a bundle.`);
      return [Uint8Array.of(leaf.length >> 8, leaf.length & 0xff), leaf];
    }),
  );
}

/** The entries of a bundle, 1 to 256; nothing may be missing or left over. */
export function readBundle(bytes: Uint8Array): { ok: true; leaves: Uint8Array[] } | { ok: false; fault: BundleFault } {
  const leaves: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [high, low] = [bytes[at], bytes[at + 1]];
    if (high === undefined || low === undefined) return { ok: false, fault: 'truncated' };
    const end = at + 2 + high * 256 + low;
    if (end > bytes.length) return { ok: false, fault: 'truncated' };
    if (leaves.length === TILE_WIDTH) return { ok: false, fault: 'too-many-entries' };
    leaves.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return leaves.length > 0 ? { ok: true, leaves } : { ok: false, fault: 'empty' };
}
