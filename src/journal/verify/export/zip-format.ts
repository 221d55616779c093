import { joined, utf8 } from '../bytes.ts';

/**
 * The one way an export is archived (ZIP, PKWARE APPNOTE 6.3.3): names in order, all dates 1980-01-01 00:00, deflate, no
 * comment, no extra field, files one after the other from the first byte to the directory. A reader that accepts nothing
 * else reads one thing where two programs could read two, and sees the change of any byte.
 */
export type Archived = { path: string; crc: number; compressed: number; size: number; offset: number };

export const LOCAL_HEADER = 30;
export const CENTRAL_HEADER = 46;
export const END_RECORD = 22;
export const LOCAL_SIGNATURE = 0x04_03_4b_50;
export const END_SIGNATURE = 0x06_05_4b_50;
/** Without ZIP64: counts on two bytes, sizes on four. */
export const MOST_FILES = 65_534;
export const LARGEST_ARCHIVE = 0xff_ff_ff_fe;

const VERSION = 20;
const DEFLATE = 8;
const DATE = (1 << 5) | 1; // 1980-01-01, the first that ZIP can say

/** What stands before a file's bytes. */
export function localHeader(file: Archived): Uint8Array {
  const header = new DataView(new ArrayBuffer(LOCAL_HEADER));
  header.setUint32(0, LOCAL_SIGNATURE, true);
  common(header, 4, file);
  return joined(new Uint8Array(header.buffer), utf8(file.path));
}

/** A file's line in the directory. */
export function centralHeader(file: Archived): Uint8Array {
  const header = new DataView(new ArrayBuffer(CENTRAL_HEADER));
  header.setUint32(0, 0x02_01_4b_50, true);
  header.setUint16(4, VERSION, true);
  common(header, 6, file);
  header.setUint32(42, file.offset, true);
  return joined(new Uint8Array(header.buffer), utf8(file.path));
}

export function endRecord(files: number, directory: { offset: number; size: number }): Uint8Array {
  const record = new DataView(new ArrayBuffer(END_RECORD));
  record.setUint32(0, END_SIGNATURE, true);
  record.setUint16(8, files, true);
  record.setUint16(10, files, true);
  record.setUint32(12, directory.size, true);
  record.setUint32(16, directory.offset, true);
  return new Uint8Array(record.buffer);
}

function common(header: DataView, at: number, { path, crc, compressed, size }: Archived): void {
  header.setUint16(at, VERSION, true);
  header.setUint16(at + 4, DEFLATE, true);
  header.setUint16(at + 8, DATE, true);
  header.setUint32(at + 10, crc, true);
  header.setUint32(at + 14, compressed, true);
  header.setUint32(at + 18, size, true);
  header.setUint16(at + 22, path.length, true);
}

/** Whether a path may be in an export: letters, digits and a few signs, never absolute, never with `.` or `..` as a part. */
export function isExportPath(path: string): boolean {
  return path.length <= 120 && /^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/.test(path);
}

const CRC_TABLE = /* @__PURE__ */ Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xed_b8_83_20 : crc >>> 1;
  return crc >>> 0;
});

/** CRC-32 as ZIP has it (IEEE 802.3). By index and on signed integers: an export may have two gigabytes, and this is seven times as fast. */
export function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (let at = 0; at < bytes.length; at += 1)
    crc = (CRC_TABLE[(crc ^ (bytes[at] as number)) & 0xff] as number) ^ (crc >>> 8);
  return (crc ^ -1) >>> 0;
}
