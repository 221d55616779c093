import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import type { Inflate, Tools } from '#journal/verify';

/** DER before a raw Ed25519 key of 32 bytes (RFC 8410 §4). */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/** What the verifying core asks for, from Node alone. Keys are prepared once: an export has a few, and many signatures. */
export function nodeTools(): Tools {
  const keys = new Map<string, KeyObject>();
  const prepared = (name: string, make: () => KeyObject): KeyObject => {
    const key = keys.get(name) ?? make();
    keys.set(name, key);
    return key;
  };
  return {
    sha256: (data) => createHash('sha256').update(data).digest(),
    ed25519Verify(publicKey, message, signature) {
      const name = Buffer.from(publicKey).toString('base64');
      const key = prepared(name, () =>
        createPublicKey({ key: Buffer.concat([SPKI, publicKey]), format: 'der', type: 'spki' }),
      );
      return verify(null, message, key, signature);
    },
    es256Verify({ x, y }, message, signature) {
      const key = prepared(`${x}.${y}`, () =>
        createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' }),
      );
      return verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, signature);
    },
  };
}

/** Never gives more than `longest` bytes, whatever the data unpack to, nor anything when some of the data is left over. */
export const inflateRaw: Inflate = (data, longest) => {
  const options = { maxOutputLength: Math.max(longest, 1), info: true };
  const { buffer, engine } = inflateRawSync(data, options) as unknown as Inflated;
  return engine.bytesWritten === data.length ? buffer : undefined;
};

/** What `info` adds (Node, zlib); `bytesWritten`: how much of the data was read. */
type Inflated = { buffer: Buffer; engine: { bytesWritten: number } };
