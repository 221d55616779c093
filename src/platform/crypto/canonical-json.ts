export type CanonicalValue = string | number | boolean | CanonicalValue[] | { [key: string]: CanonicalValue };

/**
 * RFC 8785 (JCS) restricted to what cannot be written in two ways: ASCII keys, NFC strings without lone surrogates,
 * safe integers, no null, no fraction. Throws a TypeError for anything else: what is hashed must have one form only.
 */
export function canonicalJson(value: CanonicalValue): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) throw new TypeError(`not a safe integer: ${value}`);
    return String(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isPlainObject(value)) throw new TypeError(`no canonical form for ${typeof value}`);
  const members = Object.keys(value)
    .sort()
    .map((key) => {
      if (!/^[\x21-\x7e]+$/.test(key)) throw new TypeError(`key is not ASCII: ${key}`);
      return `${JSON.stringify(key)}:${canonicalJson(value[key] as CanonicalValue)}`;
    });
  return `{${members.join(',')}}`;
}

/** A Date, a Map or a Buffer would be written as its members, or as `{}`. */
function isPlainObject(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function quoted(text: string): string {
  if (/^[\x20\x21\x23-\x5b\x5d-\x7e]*$/.test(text)) return `"${text}"`; // ASCII without \" and \\: most of what is written
  if (!text.isWellFormed()) throw new TypeError('lone surrogate in a string');
  if (text.normalize('NFC') !== text) throw new TypeError('string is not in NFC');
  return JSON.stringify(text);
}
