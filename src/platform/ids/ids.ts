import { randomBytes, randomInt } from 'node:crypto';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A UUIDv7 (RFC 9562 §5.7): time-ordered, so that inserts stay at the right edge of the index. */
export function uuidv7(now: Date): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now.getTime(), 0, 6);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a text taken from an address is a UUID, so that it may be compared in SQL without an error. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** `length` random characters of Crockford base32: no I, L, O, U, so that it can be read aloud and typed. */
export function randomCrockford(length: number): string {
  return Array.from({ length }, () => CROCKFORD[randomInt(32)]).join('');
}

/** What a person typed, as Crockford base32 reads it: upper case, O→0, I and L→1, spaces and dashes dropped. */
export function normaliseCrockford(typed: string): string {
  return typed
    .toUpperCase()
    .replace(/[\s\u00a0\u202f-]/g, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1');
}

/** A code shown in groups of four: « 7KQ2 X9MB 04ZT RC8H ». */
export function inGroups(code: string, size = 4): string {
  return code.match(new RegExp(`.{1,${size}}`, 'g'))?.join('\u00a0') ?? '';
}
