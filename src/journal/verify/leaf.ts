export type LeafValue = string | number | boolean | LeafValue[] | { [name: string]: LeafValue };
export type Leaf = { [name: string]: LeafValue };
export type LeafFault = 'too-long' | 'not-utf-8' | 'not-json' | 'not-an-object' | 'not-canonical';

/** The longest leaf, in bytes: a bundle of tlog-tiles takes 65 535, the journal a quarter of it. */
export const LONGEST_LEAF = 16_384;

/** How many levels of arrays and objects a leaf has at most. */
export const DEEPEST_LEAF = 8;

const DOMAIN = new TextEncoder().encode('entremise journal leaf\n');

/** What a node signs (Ed25519) for a leaf: a line that no other signature of the service begins with, then the leaf. */
export function signedBytes(leaf: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(DOMAIN.length + leaf.length);
  bytes.set(DOMAIN);
  bytes.set(leaf, DOMAIN.length);
  return bytes;
}

/**
 * Reads the bytes of a leaf and checks that they are their own canonical form (RFC 8785 restricted to ASCII names, NFC
 * strings and whole numbers from 0 to 2^53 − 1): a doubled name, another order, a space, 1.0, -0, 1e21 or a lone surrogate
 * is a fault. Integrity does not depend on it (the bytes are hashed); it rules out two readings of one leaf.
 */
export function readLeaf(bytes: Uint8Array): { ok: true; leaf: Leaf } | { ok: false; fault: LeafFault } {
  if (bytes.length > LONGEST_LEAF) return { ok: false, fault: 'too-long' };
  const text = decoded(bytes);
  if (text === undefined) return { ok: false, fault: 'not-utf-8' };
  const value = parsed(text);
  if (value === undefined) return { ok: false, fault: 'not-json' };
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return { ok: false, fault: 'not-an-object' };
  if (canonical(value) !== text) return { ok: false, fault: 'not-canonical' };
  return { ok: true, leaf: value as Leaf };
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The one way to write a value, or undefined when it has none or lies deeper than any leaf goes. */
function canonical(value: unknown, depth = 0): string | undefined {
  if (depth > DEEPEST_LEAF) return undefined;
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'string') {
    return value.isWellFormed() && isNfc(value) ? JSON.stringify(value) : undefined;
  }
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0) ? String(value) : undefined;
  }
  if (value === null || typeof value !== 'object') return undefined;
  if (Array.isArray(value))
    return list(
      '[',
      value.map((item) => canonical(item, depth + 1)),
      ']',
    );
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return list(
    '{',
    members.map(([name, item]) => member(name, canonical(item, depth + 1))),
    '}',
  );
}

/**
 * Whether a text is in NFC. Many marks upon one letter are looked at two by two first, each part of a text in NFC being so: putting
 * them in order takes the square of their number.
 */
function isNfc(text: string): boolean {
  for (const [marks] of text.length > MANY_MARKS ? text.matchAll(/\p{M}{31,}/gu) : []) {
    let before = '';
    for (const mark of marks) {
      const both = before + mark;
      if (both.normalize('NFC') !== both) return false;
      before = mark;
    }
  }
  return text.normalize('NFC') === text;
}

const MANY_MARKS = 100;

function member(name: string, written: string | undefined): string | undefined {
  return /^[\x21-\x7e]+$/.test(name) && written !== undefined ? `${JSON.stringify(name)}:${written}` : undefined;
}

function list(open: string, parts: (string | undefined)[], close: string): string | undefined {
  return parts.includes(undefined) ? undefined : `${open}${parts.join(',')}${close}`;
}
