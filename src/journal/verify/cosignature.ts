import { joined, LARGEST, utf8 } from './bytes.ts';

const TIME_LENGTH = 8;
const SIGNATURE_LENGTH = 64;

/** What a witness signs (Ed25519) to say that it saw this tree head at this time, in seconds since 1970 (C2SP cosignature/v1). */
export function cosignedMessage(time: bigint, noteText: string): Uint8Array {
  return utf8(`cosignature/v1\ntime ${time}\n${noteText}`);
}

/** The signature bytes of a cosignature line: the time on eight bytes big-endian, then the Ed25519 signature. */
export function writeCosignature(time: bigint, signature: Uint8Array): Uint8Array {
  const start = new Uint8Array(TIME_LENGTH);
  new DataView(start.buffer).setBigUint64(0, time);
  return joined(start, signature);
}

/** The time and Ed25519 signature in a cosignature line's signature bytes; undefined when they are not that. */
export function parseCosignature(signature: Uint8Array): { time: bigint; signature: Uint8Array } | undefined {
  if (signature.length !== TIME_LENGTH + SIGNATURE_LENGTH) return undefined;
  const time = new DataView(signature.buffer, signature.byteOffset).getBigUint64(0);
  return time <= LARGEST ? { time, signature: signature.subarray(TIME_LENGTH) } : undefined;
}
