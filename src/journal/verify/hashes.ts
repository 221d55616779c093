/** SHA-256, handed in: Node, a browser and a verifier without packages each have their own. */
export type Sha256 = (data: Uint8Array) => Uint8Array;

function prefixed(prefix: number, ...parts: Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(1 + parts.reduce((length, part) => length + part.length, 0));
  joined[0] = prefix;
  let offset = 1;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** The hash of a leaf: SHA-256(0x00 ‖ leaf), RFC 6962 §2.1. */
export function leafHash(sha256: Sha256, leaf: Uint8Array): Uint8Array {
  return sha256(prefixed(0x00, leaf));
}

/** The hash of a node with two children: SHA-256(0x01 ‖ left ‖ right), RFC 6962 §2.1. */
export function nodeHash(sha256: Sha256, left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(prefixed(0x01, left, right));
}
