import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHECK_NAMES, plainPolicy, readArchive } from '#journal/verify';
import { verifyFromCommandLine } from '../../../src/app/journal-verify/command-line.ts';
import { inflateRaw } from '../../../src/app/journal-verify/node-tools.ts';
import { type ExportedWorld, exportedWorld } from './export-support.ts';

// One bit is changed in every region of the archives themselves, and of what the auditor hands in beside them. The program is run
// as its command line runs it, on files.

let all: ExportedWorld;
let folder: string;
const at = (name: string) => join(folder, name);
const KINDS = ['range', 'mandate'] as const;
type Kind = (typeof KINDS)[number];

beforeAll(async () => {
  all = await exportedWorld([5, 5]);
  folder = mkdtempSync(join(tmpdir(), 'entremise-flipped-'));
  writeFileSync(at('policy.txt'), all.sealed.policy);
  writeFileSync(at('kept'), all.kept);
});
afterAll(async () => {
  if (folder) rmSync(folder, { recursive: true, force: true });
  await all?.world.close();
});

/** What the program answers, and the checks that it says FAIL or NOT CHECKED of. */
type Answer = { exit: number; fails: string[]; unchecked: string[]; out: string };

function told(...args: string[]): Answer {
  const lines: string[] = [];
  const exit = verifyFromCommandLine(args, (line) => lines.push(line));
  const named = (word: string) =>
    lines.flatMap((line) => (line.startsWith(word.padEnd(12)) ? [line.slice(13).split(' ')[0] ?? ''] : []));
  return { exit, fails: named('FAIL'), unchecked: named('NOT CHECKED'), out: lines.join('\n') };
}

function toldOf(zip: Uint8Array): Answer {
  writeFileSync(at('export.zip'), zip);
  return told(at('export.zip'), '--policy', at('policy.txt'), '--previous', at('kept'));
}

const flippedAt = (bytes: Buffer, place: number, bit: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy[place] = (copy[place] ?? 0) ^ bit;
  return copy;
};

/** Fields of the headers of ZIP and their lengths in bytes (PKWARE APPNOTE 4.3.7, 4.3.12, 4.3.16); a name follows the first two. */
const COMMON = { version: 2, flags: 2, method: 2, time: 2, date: 2, crc: 4, compressed: 4, size: 4, nameLength: 2 };
const LOCAL = { signature: 4, ...COMMON, extraLength: 2 };
const CENTRAL = {
  ...{ signature: 4, madeBy: 2, ...COMMON, extraLength: 2, commentLength: 2 },
  ...{ disk: 2, internal: 2, external: 4, offset: 4 },
};
const END = { signature: 4, disk: 2, startDisk: 2, here: 2, files: 2, size: 4, offset: 4, commentLength: 2 };

type Region = { what: string; of: 'local' | 'data' | 'central' | 'end'; from: number; to: number };

/** Every region of a sound archive, one after the other, from its first byte to its last. */
function regionsOf(zip: Buffer): Region[] {
  const regions: Region[] = [];
  let place = 0;
  const take = (of: Region['of'], what: string, length: number) => {
    if (length > 0) regions.push({ of, what, from: place, to: place + length });
    place += length;
  };
  const fields = (of: Region['of'], header: Readonly<Record<string, number>>, path = '') => {
    for (const [name, length] of Object.entries(header)) take(of, `${path} ${of} ${name}`, length);
  };
  const end = zip.length - 22;
  while (place < zip.readUInt32LE(end + 16)) {
    const [compressed, name] = [zip.readUInt32LE(place + 18), zip.readUInt16LE(place + 26)];
    const path = zip.toString('latin1', place + 30, place + 30 + name);
    fields('local', LOCAL, path);
    take('local', `${path} local name`, name);
    take('data', `${path} data`, compressed);
  }
  while (place < end) {
    const name = zip.readUInt16LE(place + 28);
    const path = zip.toString('latin1', place + 46, place + 46 + name);
    fields('central', CENTRAL, path);
    take('central', `${path} central name`, name);
  }
  fields('end', END);
  return regions;
}

/** All regions of the first file, of one in the middle and of the last; of each other file one, not always the same. */
function someOf(regions: Region[], of: Region['of']): Region[] {
  const byFile = [...Map.groupBy(regions, ({ what }) => what.split(' ')[0])].map(([, fields]) =>
    fields.filter((one) => one.of === of),
  );
  const whole = [0, byFile.length >> 1, byFile.length - 1];
  return byFile.flatMap((fields, n) => (whole.includes(n) ? fields : fields.slice(n % fields.length).slice(0, 1)));
}

/** A bit of the first and of the last byte of a region, and of one in the middle of what is compressed. */
function bitsOf({ of, from, to }: Region): { place: number; bit: number }[] {
  const ends = [
    { place: from, bit: 1 },
    { place: to - 1, bit: 128 },
  ];
  return of === 'data' ? [...ends, { place: (from + to) >> 1, bit: 4 }] : ends;
}

const filesOf = (zip: Uint8Array) =>
  [...(readArchive(zip, inflateRaw)?.files ?? [])].map(
    ([path, bytes]) => `${path} ${Buffer.from(bytes).toString('base64')}`,
  );

describe.each(KINDS)('the archive of a %s', (kind: Kind) => {
  const sound = () => all.zips[kind];

  test('is sound before anything is touched; its regions are all of it', () => {
    const { exit, fails, out } = toldOf(sound());
    expect([exit, fails, out]).toEqual([0, [], expect.stringMatching(/^PASS {9}archive /m)]);
    const regions = regionsOf(sound());
    expect(regions[0]?.from).toBe(0);
    for (const [n, { to }] of regions.entries()) expect(regions[n + 1]?.from ?? sound().length).toBe(to);
  });

  test.each(['local', 'central', 'end'] as const)('one bit of each field of each header (%s): archive FAIL', (of) => {
    const whole = filesOf(sound()).join();
    for (const region of someOf(regionsOf(sound()), of)) {
      for (const { place, bit } of bitsOf(region)) {
        const zip = flippedAt(sound(), place, bit);
        const { exit, fails } = toldOf(zip);
        expect([exit, fails[0]], `${region.what}, byte ${place}, bit ${bit}`).toEqual([20, 'archive']);
        // what reads whole in spite of it is looked at as if nothing had happened
        if (filesOf(zip).join() === whole) expect(fails, region.what).toEqual(['archive']);
        else expect(fails, region.what).toContain('sums');
      }
    }
  });

  /** How deflate says a file is the one thing that nothing covers: the bits after its end, and other ways to say the same. */
  test('one bit of what is compressed: archive FAIL, and the file as one that was changed; or the same bytes are read', () => {
    const whole = filesOf(sound()).join();
    for (const region of regionsOf(sound()).filter(({ of }) => of === 'data')) {
      const path = region.what.replace(/ data$/, '');
      for (const { place, bit } of bitsOf(region)) {
        const zip = flippedAt(sound(), place, bit);
        const { exit, fails, out } = toldOf(zip);
        if (filesOf(zip).join() === whole) expect([exit, fails], path).toEqual([0, []]);
        else {
          expect([exit, fails], `${path}, byte ${place}`).toEqual([20, expect.arrayContaining(['archive', 'sums'])]);
          expect(out).toContain(`${path}\u00a0: ce fichier est abîmé.`);
        }
      }
    }
  });

  test('cut anywhere: archive FAIL; what stands before the cut is read', () => {
    const regions = regionsOf(sound());
    const places = regions.filter(({ of }, n) => of !== regions[n - 1]?.of).map(({ from }) => from);
    for (const place of [...places, sound().length - 22, sound().length - 1].filter((one) => one > 0)) {
      const cut = sound().subarray(0, place);
      const { exit, fails, out } = toldOf(cut);
      expect([exit, fails[0]], `at ${place}`).toEqual([20, 'archive']);
      expect(out).toContain('l’archive est coupée');
      const read = filesOf(cut).length;
      expect(fails.length === 1, `at ${place}`).toBe(read === 0 || read === all[kind].size);
    }
  });

  test('something after it, between its parts or before it: archive FAIL', () => {
    const [zip, end] = [sound(), sound().length - 22];
    const first = zip.readUInt32LE(end + 16);
    for (const place of [zip.length, end, first]) {
      const { exit, fails } = toldOf(Buffer.concat([zip.subarray(0, place), Buffer.from('x'), zip.subarray(place)]));
      expect([exit, fails], `at ${place}`).toEqual([20, ['archive']]);
    }
    // nothing is where it says it is
    const before = toldOf(Buffer.concat([Buffer.from('x'), zip]));
    expect([before.exit, before.fails]).toEqual([20, ['archive']]);
    expect(before.unchecked).toEqual(CHECK_NAMES.filter((name) => name !== 'archive'));
    expect(before.out).not.toMatch(/^PASS/m);
    expect(before.out).toContain('le dossier où un export est déballé');
  });
});

describe('what the auditor hands in beside the export', () => {
  const everyFourth = (bytes: Buffer) => [...bytes.keys()].filter((place) => place % 4 === 0);
  const given = (name: 'policy' | 'previous', text: Uint8Array) => {
    writeFileSync(at('other.txt'), text);
    const files = { policy: at('policy.txt'), previous: at('kept'), [name]: at('other.txt') };
    writeFileSync(at('export.zip'), all.zips.range);
    return told(at('export.zip'), '--policy', files.policy, '--previous', files.previous);
  };

  test('a policy of which one bit is changed: it is named, unless a comment alone was changed', () => {
    const policy = Buffer.from(all.sealed.policy);
    for (const place of everyFourth(policy)) {
      const changed = flippedAt(policy, place, 1);
      const { exit, fails, unchecked, out } = given('policy', changed);
      const what = `byte ${place} of ${changed}`;
      if (exit === 30) expect(out, what).toContain('la politique donnée (--policy) ne se lit pas');
      else if (plainPolicy(changed.toString()) === plainPolicy(all.sealed.policy)) expect(exit, what).toBe(0);
      else expect([exit, unchecked.includes('policy')], what).toEqual([fails.length > 0 ? 20 : 10, true]);
    }
  });

  test('a checkpoint that was kept: it is named, and so is a witness who was made unknown and counts no more', () => {
    const kept = Buffer.from(all.kept);
    const cosignatures = kept.indexOf('\n— temoin') + 1;
    for (const place of everyFourth(kept)) {
      const { exit, fails, out } = given('previous', flippedAt(kept, place, 1));
      const what = `byte ${place} of ${kept}`;
      if (exit === 30) expect(out, what).toContain('le point de contrôle donné (--previous) ne se lit pas');
      else if (exit === 20) expect(fails, what).toEqual(['consistency']);
      else expect([exit, out, place > cosignatures], what).toEqual([0, expect.stringContaining('ne compte pas'), true]);
    }
  });
});
