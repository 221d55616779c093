import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildVerifier } from '#app/build/programs.ts';
import { runCli } from '#app/cli/run-cli.ts';
import { projectRoot } from '#platform/root.ts';
import { tamper } from '#support/database.ts';
import { journalOf } from '#support/journal.ts';
import { sealWorld } from '#support/seal.ts';
import { type ConcludeWorld, concludeWorld, mandateOf } from '../mandate/conclude-support.ts';
import { environmentOf } from '../platform/program.ts';
import { flipped, unpacked, writeEntries } from './export-support.ts';
import { tamper as behindTriggers } from './seal-bed.ts';

let world: ConcludeWorld;
let number: string;
let ids: string[];
/** An empty folder in which the verifier runs alone. */
let folder: string;
const at = (name: string) => join(folder, name);
/** What the operator's commands are told of the witnesses: beside that folder. */
const witnesses = () => `${folder}.witnesses.txt`;

beforeAll(async () => {
  world = await concludeWorld();
  const desk = await world.at();
  const { id, page } = await desk.prepare('josette', { themes: ['famille', 'argent'] });
  await desk.accept(id, page, world.newCode());
  number = (await mandateOf(world, id))?.number ?? '';
  ids = await writeEntries(world, 300);
  const { policy } = await sealWorld(world);
  folder = mkdtempSync(join(tmpdir(), 'entremise-offline-'));
  writeFileSync(at('policy.txt'), policy);
  writeFileSync(witnesses(), policy.replace(/^(#|log ).*\n/gm, ''));
  await buildVerifier(projectRoot(), at('journal-verify.mjs'));
});
afterAll(async () => {
  for (const path of [folder, witnesses()]) rmSync(path, { recursive: true, force: true });
  await world.close();
});

/** Runs the bundle with an empty environment; says its exit code and what it wrote. */
function alone(...args: string[]): Promise<{ code: number; out: string; errors: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['journal-verify.mjs', ...args], { cwd: folder, env: {} }, (error, out, errors) => {
      resolve({ code: error ? Number(error.code ?? -1) : 0, out, errors });
    });
  });
}

async function cli(...args: string[]) {
  const out: string[] = [];
  const said: string[] = [];
  const io = {
    env: { ...environmentOf(world, 0), JOURNAL_WITNESSES: witnesses() },
    out: (line: string) => void out.push(line),
    say: (line: string) => void said.push(line),
  };
  return { status: await runCli(args, io), out: out.join('\n'), said: said.join('\n') };
}

/** What an export opens. */
function disclosed(file: string): { index: string; name: string; value: string }[] {
  const text = unpacked(readFileSync(file)).get('disclosures.jsonl')?.toString() ?? '';
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const { index, disclosure } = JSON.parse(line);
      const [, name, value] = JSON.parse(Buffer.from(disclosure, 'base64url').toString());
      return { index, name, value };
    });
}

/** The place of the one entry of a kind. */
function indexOf(file: string, kind: string): string {
  const found = [...unpacked(readFileSync(file))].find(([, bytes]) => bytes.includes(`"type":"${kind}"`));
  return /^leaves\/(\d+)\.json$/.exec(found?.[0] ?? '')?.[1] ?? '';
}

describe('from the command line to an auditor without us', () => {
  test('a range: exported, kept, exported again, verified alone against what was kept', async () => {
    const first = await cli('journal', 'export', '--log', 'actes', '--from', '0', '--out', at('un.zip'));
    expect([first.status, first.said]).toEqual([0, expect.stringContaining('PLAGE COMPLÈTE')]);
    writeFileSync(at('checkpoint'), unpacked(readFileSync(at('un.zip'))).get('checkpoint') ?? '');
    const fresh = await alone('un.zip', '--policy', 'policy.txt');
    expect([fresh.code, fresh.errors]).toEqual([10, '']);
    await writeEntries(world, 20);
    await sealWorld(world);
    await cli('journal', 'export', '--log', 'actes', '--from', '290', '--out', at('deux.zip'));
    const again = await alone('deux.zip', '--policy', 'policy.txt', '--previous', 'checkpoint');
    expect([again.code, again.errors]).toEqual([0, '']);
    expect(again.out).toContain('PLAGE COMPLÈTE');
    expect(again.out).toContain('TOUT TIENT. [0]');
    expect(again.out).toContain('Ce que cela ne prouve pas');
    const same = await cli(
      'journal',
      'verify',
      at('deux.zip'),
      '--policy',
      at('policy.txt'),
      '--previous',
      at('checkpoint'),
    );
    expect([same.status, same.out]).toEqual([0, again.out.trimEnd()]);
  });

  test('a mandate: its entries, numbers and the evidence of consent, checked without us', async () => {
    const made = await cli(
      'journal',
      'export',
      '--select',
      `mandat:${number.toLowerCase()}`,
      '--out',
      at('mandat.zip'),
    );
    expect([made.status, made.said]).toEqual([0, expect.stringContaining('données personnelles')]);
    const { code, out } = await alone('mandat.zip', '--policy', 'policy.txt');
    expect(code).toBe(10);
    expect(out.match(/NOT CHECKED .*/g)).toEqual([expect.stringContaining('consistency')]);
    expect(out).toMatch(/PASS {9}consent/);
    expect(out).toMatch(/PASS {9}counters/);
    expect(out).toContain('RIEN NE PROUVE');
    expect(out).toContain('l’aidant l’attestent');
    const told = (await journalOf(world.database.readerUrl, { kinds: ['journal.exported'] })).at(-1);
    expect(told?.clear).toMatchObject({ by: 'operator', what: 'selection', evidence: 1 });
    expect(told?.leaf.toString()).not.toContain(number);
  });

  test('of a mandate, only what its evidence is compared with is opened; with --open, all of the selection', async () => {
    const asked = ['--select', `mandat:${number}`, '--select', ids[0] ?? ''];
    const made = await cli('journal', 'export', ...asked, '--out', at('peu.zip'));
    expect([made.status, made.said]).toEqual([0, expect.stringContaining('--open ouvrirait le reste')]);
    const opened = disclosed(at('peu.zip'));
    expect(new Set(opened.map(({ index }) => index))).toEqual(new Set([indexOf(at('peu.zip'), 'mandate.concluded')]));
    // hashes and a number: nobody's name
    expect(opened.filter(({ name, value }) => name !== 'number' && !/^[0-9a-f]{64}$/.test(value))).toEqual([]);
    expect(opened.find(({ name }) => name === 'number')?.value).toBe(number);
    const { code, out } = await alone('peu.zip', '--policy', 'policy.txt');
    expect([code, out.match(/NOT CHECKED .*/g)]).toEqual([10, [expect.stringContaining('consistency')]]);
    expect(out).toMatch(/PASS {9}consent/);
    expect(out).toMatch(
      /PASS {9}disclosures .*1\u00a0autre entrée reste fermée\u00a0: on n’en a ici que les empreintes/,
    );
    expect(out).toContain(`Places\u00a0: ${indexOf(at('peu.zip'), 'door.opened')}. `);
    expect((await cli('journal', 'export', ...asked, '--open', '--out', at('tout.zip'))).status).toBe(0);
    expect(disclosed(at('tout.zip')).map(({ value }) => value)).toContain('Zoé 0');
    expect((await alone('tout.zip', '--policy', 'policy.txt')).out).not.toContain('fermée');
    for (const name of ['peu.zip', 'tout.zip']) rmSync(at(name));
  });

  test('chosen entries, from a file of ids', async () => {
    writeFileSync(at('ids.txt'), `# trois\n${ids.slice(0, 3).join('\n')}\n`);
    const made = await cli(
      'journal',
      'export',
      '--select',
      at('ids.txt'),
      '--select',
      ids[5] ?? '',
      '--out',
      at('choix.zip'),
    );
    expect(made.out.split('\t')[1]).toBe('4');
    expect((await alone('choix.zip', '--policy', 'policy.txt')).code).toBe(10);
  });

  test('from a database that was changed: what is written is read again, and is not called authentic', async () => {
    const flip = () =>
      tamper(world, async (db) => {
        const { rows } = await sql<{ name: string }>`
          select tableoid::regclass::text as name from journal.entry where id = ${ids[5]}`.execute(db);
        const name = rows[0]?.name ?? '';
        await behindTriggers(
          db,
          name,
          `update ${name} set leaf = set_byte(leaf, 20, get_byte(leaf, 20) # 1) where id = '${ids[5]}'`,
        );
      });
    await flip();
    const made = await cli('journal', 'export', '--select', ids[5] ?? '', '--out', at('faux.zip'));
    expect([made.status, made.out]).toEqual([20, '']);
    expect(made.said).toMatch(/NE TIENT PAS.*\n.*journal check.*\n\S+ : /);
    expect(made.said).not.toContain('authentiques');
    expect((await alone('faux.zip', '--policy', 'policy.txt')).code).toBe(20);
    rmSync(at('faux.zip'));
    await flip();
  });

  test('unpacked in a folder, it verifies as well; a link in it is refused', async () => {
    for (const [path, bytes] of unpacked(readFileSync(at('mandat.zip')))) {
      mkdirSync(dirname(at(`ouvert/${path}`)), { recursive: true });
      writeFileSync(at(`ouvert/${path}`), bytes);
    }
    expect((await alone('ouvert', '--policy', 'policy.txt')).code).toBe(10);
    symlinkSync('/etc/passwd', at('ouvert/lien'));
    const linked = await alone('ouvert', '--policy', 'policy.txt');
    expect([linked.code, linked.out]).toEqual([
      20,
      expect.stringContaining('lien\u00a0: ce n’est pas un fichier ordinaire'),
    ]);
    expect(linked.out.match(/^FAIL .*/gm)).toEqual([expect.stringContaining('archive')]);
    expect(linked.out).not.toContain('root:');
    rmSync(at('ouvert/lien'));
    for (const [path, length, said] of [
      ['.cache', 1, 'ce nom n’est celui d’aucun fichier d’un export'],
      ['consent/grand', 1_048_577, 'sa taille est plus grande'],
    ] as const) {
      writeFileSync(at(`ouvert/${path}`), Buffer.alloc(length));
      const odd = await alone('ouvert', '--policy', 'policy.txt');
      expect([odd.code, odd.out.match(/^FAIL .*/gm)]).toEqual([20, [expect.stringContaining('archive')]]);
      expect(odd.out).toContain(`${path}\u00a0: ${said}`);
      rmSync(at(`ouvert/${path}`));
    }
  });

  test('it keeps nothing', () => {
    expect(readdirSync(folder).sort()).toEqual(
      [
        'checkpoint',
        'choix.zip',
        'deux.zip',
        'ids.txt',
        'journal-verify.mjs',
        'mandat.zip',
        'ouvert',
        'policy.txt',
        'un.zip',
      ].sort(),
    );
  });
});

describe('what cannot be verified', () => {
  test('tampered: 20, and the checks that fail are named', async () => {
    const zip = unpacked(readFileSync(at('un.zip')));
    mkdirSync(at('faux'), { recursive: true });
    for (const [path, bytes] of zip) {
      mkdirSync(dirname(at(`faux/${path}`)), { recursive: true });
      writeFileSync(at(`faux/${path}`), path === 'tile/entries/000' ? flipped(bytes, 60) : bytes);
    }
    const { code, out, errors } = await alone('faux', '--policy', 'policy.txt');
    expect([code, errors]).toEqual([20, '']);
    expect(out).toMatch(/FAIL {9}sums[\s\S]*FAIL {9}entries/);
    expect(out).toContain('CET EXPORT NE TIENT PAS');
    const ours = await cli('journal', 'verify', at('faux'), '--policy', at('policy.txt'));
    expect([ours.status, ours.out]).toEqual([20, out.trimEnd()]);
  });

  test.each<[string, (zip: Buffer) => Uint8Array, string, RegExp | undefined]>([
    ['a cut archive', (zip) => zip.subarray(0, zip.length - 100), 'l’archive est coupée', undefined],
    ['a damaged one', (zip) => flipped(Buffer.from(zip), 900), 'ce fichier est abîmé', /^FAIL {9}sums/m],
    ['one made again by another program', (zip) => zipSync(unzipSync(zip)), 'déballez-la', /^NOT CHECKED {2}sums/m],
  ])(
    '%s: 20, the check named, no stack; the folder where it is unpacked is taken',
    async (_case, change, said, other) => {
      writeFileSync(at('autre.zip'), change(readFileSync(at('un.zip'))));
      const { code, out, errors } = await alone('autre.zip', '--policy', 'policy.txt');
      expect([code, errors, out]).toEqual([20, '', expect.stringMatching(/^FAIL {9}archive /m)]);
      expect(out).toContain(said);
      if (other) expect(out).toMatch(other);
      else expect(out.match(/^FAIL/gm)).toHaveLength(1);
      rmSync(at('autre.zip'));
    },
  );

  test.each<[string, () => string[], string]>([
    ['no argument', () => [], 'node journal-verify.mjs'],
    ['no policy', () => ['un.zip'], '--policy'],
    ['an unknown option', () => ['un.zip', '--policy', 'policy.txt', '--oui'], '--policy'],
    ['no such file', () => ['rien.zip', '--policy', 'policy.txt'], 'ENOENT'],
    ['a text', () => ['policy.txt', '--policy', 'policy.txt'], 'pas une archive'],
    ['a policy that is none', () => ['un.zip', '--policy', 'un.zip'], 'la politique donnée (--policy) ne se lit pas'],
    ['no such policy', () => ['un.zip', '--policy', 'rien.txt'], 'la politique donnée (--policy) ne se lit pas'],
    ['a policy without a quorum', () => ['un.zip', '--policy', 'sans.txt'], 'combien de témoins doivent cosigner'],
    [
      'a checkpoint that is none',
      () => ['un.zip', '--policy', 'policy.txt', '--previous', 'policy.txt'],
      'le point de contrôle donné (--previous) ne se lit pas',
    ],
    ['a device', () => ['/dev/zero', '--policy', 'policy.txt'], 'ordinaire'],
  ])('%s: 30, in French, without a stack', async (_case, args, expected) => {
    writeFileSync(at('sans.txt'), readFileSync(at('policy.txt'), 'utf8').replace(/quorum.*\n/, ''));
    const { code, out, errors } = await alone(...args());
    expect([code, errors]).toEqual([30, '']);
    expect(out).toContain(expected);
    expect(out).not.toMatch(/\n\s+at /);
    expect(out).not.toMatch(/ligne 0|no-quorum/);
    expect(out.includes('CET EXPORT NE SE LIT PAS')).toBe(!/--p\w+\) ne se lit pas|Vérifie un export/.test(out));
  });

  test('whoever reads its first line alone gets the status all the same, and no stack', async () => {
    const child = spawn(process.execPath, ['journal-verify.mjs', 'un.zip', '--policy', 'policy.txt'], {
      cwd: folder,
      env: {},
    });
    child.stdout.destroy(); // nobody reads: as « | head » does once it has its lines
    let errors = '';
    child.stderr.on('data', (piece) => {
      errors += String(piece);
    });
    expect([await once(child, 'close'), errors]).toEqual([[10, null], '']);
  });

  test('the command refuses what it cannot export, and writes no file', async () => {
    const cases: [string[], string][] = [
      [['--from', '0', '--to', '99999'], 'n’en est pas une'],
      [['--from', '-1'], '--from'],
      [['--from', 'un'], 'n’est pas une place'],
      [[], '--from ou --select'],
      [['--select', 'mandat:0000'], 'aucun mandat'],
      [['--select', 'rien'], 'ne se lit pas'],
      [['--select', ids[0] ?? '', '--from', '0'], 'ne va pas avec'],
      [['--log', 'autre', '--from', '0'], 'actes ou acces'],
    ];
    for (const [args, message] of cases) {
      const { status, said } = await cli('journal', 'export', ...args, '--out', at('non.zip'));
      expect([status, said], args.join(' ')).toEqual([1, expect.stringContaining(message)]);
      expect(existsSync(at('non.zip'))).toBe(false);
    }
    const over = await cli('journal', 'export', '--from', '0', '--out', at('un.zip'));
    expect([over.status, over.said]).toEqual([1, expect.stringContaining('existe déjà')]);
  });
});
