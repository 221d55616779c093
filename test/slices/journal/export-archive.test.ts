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
/** The first, or that there is none, or that it is no archive. */
const fault = (zip: Uint8Array) => {
  const answer = read(zip);
  return answer ? (answer.faults[0]?.what ?? 'none') : 'not-a-zip';
};
/** What could be read, whatever its faults. */
const readable = (zip: Uint8Array) =>
  Object.fromEntries([...(read(zip)?.files ?? [])].map(([path, bytes]) => [path, Buffer.from(bytes).toString()]));

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
    expect([fault(one), Object.keys(readable(one))]).toEqual([
      'none',
      ['README.txt', 'SHA256SUMS', 'a/b.txt', 'b.txt', 'vide.txt'],
    ]);
    expect(readable(one)).toMatchObject(files);
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
    let unseen = 0;
    const zip = archived({ 'a.txt': 'un deux trois', 'tile/0/000': 'x'.repeat(300) });
    for (let at = 0; at < zip.length; at += 1) {
      for (const bit of [1, 128]) {
        const changed = Buffer.from(zip);
        changed[at] = (changed[at] ?? 0) ^ bit;
        if (fault(changed) !== 'none') continue;
        expect(readable(changed), `byte ${at}`).toEqual(readable(zip));
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

describe('of an archive that is not whole, what can be read is', () => {
  const files = { 'a.txt': 'un', 'b.txt': 'deux '.repeat(20), 'c.txt': 'trois' };
  const zip = archived(files);
  const whole = readable(zip);
  /** Where its directory begins. */
  const directory = zip.readUInt32LE(zip.length - 6);
  const [local, central] = [zip.indexOf('b.txt') - 30, zip.indexOf('b.txt', directory) - 46];
  const changedAt = (place: number, to: number) => {
    const copy = Buffer.from(zip);
    copy[place] = to;
    return copy;
  };
  /** The same, of four files, with another end. */
  const withEnd = (offset: number, { files = 4, more = text('') }) => {
    const whole = zip.subarray(0, zip.length - 22);
    return Buffer.concat([whole, more, endRecord(files, { offset, size: whole.length + more.length - offset })]);
  };
  const faults = (changed: Uint8Array) =>
    read(changed)?.faults.map(({ what, path }) => (path === undefined ? what : `${what} ${path}`));
  const others = ({ 'b.txt': _left, ...all }: Record<string, string>) => all;

  test.each<[string, () => Uint8Array, string[]]>([
    ['a date before a file', () => changedAt(local + 10, 1), ['another-header b.txt']],
    ['a length before a file', () => changedAt(local + 18, 1), ['another-header b.txt']],
    ['the very first sign', () => changedAt(0, 0), ['another-header SHA256SUMS']],
    ['a date in the directory', () => changedAt(central + 12, 1), ['another-zip b.txt']],
    ['a length in the directory', () => changedAt(central + 20, 1), ['another-zip']],
    ['a sum in the directory', () => changedAt(central + 16, 1), ['another-header b.txt', 'damaged b.txt']],
    ['a name in the directory', () => changedAt(central + 46, 0x2f), ['bad-name /.txt']],
    ['how many files there are', () => changedAt(zip.length - 14, 1), ['another-zip']],
    ['more files than there can be', () => changedAt(zip.length - 13, 0xff), ['another-zip']],
    ['one file more than there is', () => withEnd(directory, { files: 5 }), ['truncated']],
    ['something after its directory', () => withEnd(directory, { more: text('x') }), ['another-zip']],
    ['its end', () => zip.subarray(0, -1), ['truncated']],
    ['its directory', () => zip.subarray(0, directory), ['truncated']],
    ['a comment', () => Buffer.concat([zip.subarray(0, -2), Buffer.from([2, 0]), text('ou')]), ['truncated']],
  ])('%s: all of its files', (_case, make, expected) => {
    expect([faults(make()), readable(make())]).toEqual([expected, whole]);
  });

  test('a file that does not unpack is left out; one that unpacks to something else is read as it is', () => {
    const broken = changedAt(local + 35, 0xff);
    expect([faults(broken), readable(broken)]).toEqual([['damaged b.txt'], others(whole)]);
    const [one, two] = [
      { path: 'a', data: text('un') },
      { path: 'b', data: text('deux') },
    ];
    const other = crafted([one, { ...two, packed: deflateRawSync(text('trop')) }]);
    expect([faults(other), readable(other)]).toEqual([['damaged b'], { a: 'un', b: 'trop' }]);
  });

  test('cut in the middle, the files before', () => {
    const cut = zip.subarray(0, local + 40);
    expect(faults(cut)).toEqual(['truncated', 'damaged b.txt']);
    expect(readable(cut)).toEqual({ SHA256SUMS: whole.SHA256SUMS, 'a.txt': 'un' });
  });

  test('a name that is there twice, the first; a file that is too large or has no name that is allowed, none', () => {
    const file = (path: string, data: string, size?: number) => ({ path, data: text(data), ...(size && { size }) });
    const odd = crafted([
      ...[file('a', 'un'), file('a', 'deux'), file('../b', 'trois'), file('d', 'quatre', 0xff_ff_ff_ff)],
      ...[file('c', 'dernier'), file('b', 'avant')],
    ]);
    expect([faults(odd), readable(odd)]).toEqual([['duplicate-name a'], { a: 'un', c: 'dernier' }]);
  });
});

describe('a hostile archive', () => {
  const large = Array.from({ length: 9 }, (_, at) => ({ path: `${at}.jsonl`, data: text('x'), size: 256 * 1_048_576 }));

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
      'another-header',
    ],
    [
      'an announced size beyond what its path may have',
      () => crafted([{ path: 'tile/0/000', data: text('x'), size: 8193 }]),
      'too-large',
    ],
    ['four gigabytes', () => crafted([{ ...one, size: 0xff_ff_ff_ff }]), 'too-large'],
    ['many files that add up', () => crafted(large), 'too-large'],
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
    ['its end alone', () => archived({ 'a.txt': 'un' }).subarray(-22), 'another-zip'],
    ['nothing', () => new Uint8Array(), 'not-a-zip'],
  ])('%s', (_case, make, expected) => {
    expect(fault(make())).toBe(expected);
  });

  test('files that add up are not all read, be the archive whole or cut', () => {
    const paths = large.slice(0, 7).map(({ path }) => path);
    for (const zip of [crafted(large), crafted(large).subarray(0, -1)])
      expect(Object.keys(readable(zip))).toEqual(paths);
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
              'another-header',
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
