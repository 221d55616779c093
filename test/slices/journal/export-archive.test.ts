import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { strToU8, unzipSync, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { type Archived, centralHeader, crc32, endRecord, localHeader, readArchive } from '#journal/verify';
import { inflateRaw } from '../../../src/app/journal-verify/node-tools.ts';
import { newArchive } from '../../../src/journal/export/archive.ts';

const read = (zip: Uint8Array) => readArchive(zip, inflateRaw);
const fault = (zip: Uint8Array) => {
  const answer = read(zip);
  return answer.ok ? 'none' : answer.fault;
};

function archived(files: Readonly<Record<string, string>>): Buffer {
  const archive = newArchive();
  for (const [path, content] of Object.entries(files)) archive.add(path, content);
  return Buffer.concat(archive.finish().pieces);
}

type Crafted = { path: string; data: Uint8Array; size?: number; crc?: number; packed?: Uint8Array };

/** An archive written by hand, with whatever it may claim. */
function crafted(files: readonly Crafted[], change: (archived: Archived[]) => void = () => undefined): Buffer {
  const parts: Uint8Array[] = [];
  const listed: Archived[] = [];
  let offset = 0;
  for (const { path, data, packed = deflateRawSync(data), size = data.length, crc = crc32(data) } of files) {
    const file = { path, crc, compressed: packed.length, size, offset };
    listed.push(file);
    const header = localHeader(file);
    parts.push(header, packed);
    offset += header.length + packed.length;
  }
  change(listed);
  const directory = Buffer.concat(listed.map(centralHeader));
  return Buffer.concat([...parts, directory, endRecord(listed.length, { offset, size: directory.length })]);
}

const text = (content: string) => strToU8(content);

describe('an archive', () => {
  const files = { 'b.txt': 'deux', 'a/b.txt': 'un', 'README.txt': 'x'.repeat(200_000), 'vide.txt': '' };

  test('is read back as it was written, in the order of names, whatever the order it was filled in', () => {
    const one = archived(files);
    const other = archived(Object.fromEntries(Object.entries(files).reverse()));
    expect(other.equals(one)).toBe(true);
    const answer = read(one);
    if (!answer.ok) throw new Error(answer.fault);
    expect([...answer.files.keys()]).toEqual(['README.txt', 'SHA256SUMS', 'a/b.txt', 'b.txt', 'vide.txt']);
    for (const [path, content] of Object.entries(files))
      expect(Buffer.from(answer.files.get(path) ?? '').toString()).toBe(content);
  });

  test('other tools read it, and sha256sum agrees with its sums', () => {
    const zip = archived(files);
    expect(Object.keys(unzipSync(zip)).sort()).toEqual(['README.txt', 'SHA256SUMS', 'a/b.txt', 'b.txt', 'vide.txt']);
    const folder = mkdtempSync(join(tmpdir(), 'entremise-zip-'));
    for (const [path, bytes] of Object.entries(unzipSync(zip))) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), bytes);
    }
    const sums = execFileSync('sha256sum', ['--strict', '-c', 'SHA256SUMS'], { cwd: folder, encoding: 'utf8' });
    expect(sums.trim().split('\n')).toHaveLength(4);
    rmSync(folder, { recursive: true });
  });

  test('written in pieces, it is the same as written at once', () => {
    const whole = archived({ 'a.txt': 'abcdef'.repeat(50_000) });
    const archive = newArchive();
    const file = archive.open('a.txt');
    for (let at = 0; at < 50_000; at += 1000) file.write('abcdef'.repeat(1000));
    file.end();
    expect(Buffer.concat(archive.finish().pieces).equals(whole)).toBe(true);
  });

  test.each(['../a', '/a', 'a/../b', 'a//b', 'a/', './a', 'a\\b', 'é', '', 'a'.repeat(121), 'a/.b'])(
    'has no file named « %s »',
    (path) => {
      expect(() => newArchive().add(path, '')).toThrow();
      expect(fault(crafted([{ path, data: text('x') }]))).not.toBe('none');
    },
  );

  test('has no name twice', () => {
    const archive = newArchive();
    archive.add('a', '');
    expect(() => archive.add('a', '')).toThrow();
  });

  /** The last bits of a deflated file mean nothing: a change there changes no file. */
  test('any byte of it that changes is seen, or changes nothing that is read', () => {
    const same = (other: Uint8Array) => {
      const [one, two] = [read(zip), read(other)];
      return (
        one.ok &&
        two.ok &&
        [...one.files].every(([path, bytes]) => Buffer.from(bytes).equals(two.files.get(path) ?? bytes.subarray(1)))
      );
    };
    let unseen = 0;
    const zip = archived({ 'a.txt': 'un deux trois', 'tile/0/000': 'x'.repeat(300) });
    for (let at = 0; at < zip.length; at += 1) {
      for (const bit of [1, 128]) {
        const changed = Buffer.from(zip);
        changed[at] = (changed[at] ?? 0) ^ bit;
        if (fault(changed) !== 'none') continue;
        expect(same(changed), `byte ${at}`).toBe(true);
        unseen += 1;
      }
    }
    expect(unseen).toBeLessThanOrEqual(3);
  });

  test('cut anywhere, or with something before or after, it is none', () => {
    const zip = archived({ 'a.txt': 'un deux trois' });
    for (let at = 0; at < zip.length; at += 1) expect(fault(zip.subarray(0, at))).not.toBe('none');
    expect(fault(Buffer.concat([zip, Buffer.from([0])]))).not.toBe('none');
    expect(fault(Buffer.concat([Buffer.from([0]), zip]))).not.toBe('none');
  });
});

describe('a hostile archive', () => {
  const one = { path: 'a.txt', data: text('un') };

  test.each<[string, () => Uint8Array, string]>([
    ['a name twice', () => crafted([one, one]), 'duplicate-name'],
    [
      'names out of order',
      () =>
        crafted([
          { ...one, path: 'b' },
          { ...one, path: 'a' },
        ]),
      'another-zip',
    ],
    ['a size that is not announced', () => crafted([{ ...one, size: 1 }]), 'damaged'],
    ['another sum', () => crafted([{ ...one, crc: 1 }]), 'damaged'],
    [
      'a file over another',
      () => crafted([one, { ...one, path: 'b' }], (files) => Object.assign(files[1] ?? {}, { offset: 0 })),
      'another-zip',
    ],
    [
      'a local name that is another',
      () => crafted([one], (files) => Object.assign(files[0] ?? {}, { path: 'b.txt' })),
      'another-zip',
    ],
    [
      'an announced size beyond what its path may have',
      () => crafted([{ path: 'tile/0/000', data: text('x'), size: 8193 }]),
      'too-large',
    ],
    ['four gigabytes', () => crafted([{ ...one, size: 0xff_ff_ff_ff }]), 'too-large'],
    [
      'many files that add up',
      () =>
        crafted(
          Array.from({ length: 9 }, (_, at) => ({ path: `${at}.jsonl`, data: text('x'), size: 256 * 1_048_576 })),
        ),
      'too-large',
    ],
    [
      'a bomb that says it is small',
      () => crafted([{ ...one, packed: deflateRawSync(Buffer.alloc(50_000_000)), size: 10 }]),
      'damaged',
    ],
    ['data that is not deflate', () => crafted([{ ...one, packed: Buffer.from([0xff, 0xff, 0xff]) }]), 'damaged'],
    [
      'something after the data',
      () => crafted([{ ...one, packed: Buffer.concat([deflateRawSync(text('un')), Buffer.from('oui')]) }]),
      'damaged',
    ],
    ['another program’s archive', () => zipSync({ 'a.txt': text('un') }), 'another-zip'],
    ['no file', () => endRecord(0, { offset: 0, size: 0 }), 'not-a-zip'],
    ['nothing', () => new Uint8Array(), 'not-a-zip'],
  ])('%s', (_case, make, expected) => {
    expect(fault(make())).toBe(expected);
  });

  test('whatever bytes, an answer', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => fault(bytes) !== 'none'));
    const zip = archived({ 'a.txt': 'un deux trois', 'b.txt': 'x'.repeat(90) });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(zip.length - 1), fc.integer({ min: 0, max: 255 })), { minLength: 1 }),
        (edits) => {
          const changed = Buffer.from(zip);
          for (const [at, value] of edits) changed[at] = value;
          if (changed.equals(zip)) expect(fault(changed)).toBe('none');
          else
            expect([
              'another-zip',
              'damaged',
              'truncated',
              'not-a-zip',
              'bad-name',
              'too-large',
              'too-many-files',
              'none',
            ]).toContain(fault(changed));
        },
      ),
    );
  });
});
