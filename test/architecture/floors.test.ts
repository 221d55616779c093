import { describe, expect, test } from 'vitest';
import { FLOORS, faultsOf, longFunctions, platformFaultsOf, transactionFaultsOf } from './layout.ts';
import { filesUnder, importsIn, type Source, sourcesUnder, textOf } from './sources.ts';

const sources = sourcesUnder('src');
const views = sourcesUnder('views');
const ours = [...sources, ...views];

describe('the layout holds', () => {
  test('imports go down, by doors; views import types only; the verifier imports nothing; packages stay where they belong', () => {
    expect(faultsOf(ours)).toEqual([]);
  });

  test('every floor that has a folder is told in README', () => {
    const readme = readmeMap();
    const folders = [...new Set(filesUnder('src').map((file) => file.split('/')[1] ?? ''))];
    for (const folder of folders) expect(readme, folder).toContain(`src/${folder}`);
    for (const [, folder, floor] of readme.matchAll(/src\/([a-z-]+)\s+F(\d)/g)) {
      expect(FLOORS[folder ?? '']?.floor, folder).toBe(Number(floor));
    }
  });

  test('what belongs to the platform stays there', () => {
    expect(platformFaultsOf(sources)).toEqual([]);
    expect(transactionFaultsOf(ours)).toEqual([]);
  });

  test('no source over 300 lines, no view over 150, no function over 50', () => {
    const longest = (path: string) => (path.startsWith('views/') ? 150 : 300);
    const long = ours
      .filter(({ path }) => path !== 'src/platform/db/tables.ts')
      .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
      .filter(({ path, lines }) => lines > longest(path));
    expect(long).toEqual([]);
    expect(sources.filter(({ path }) => path.endsWith('.ts')).flatMap(longFunctions)).toEqual([]);
  });
});

function readmeMap(): string {
  return textOf('README.md').split('## Map')[1]?.split('## ')[0] ?? '';
}

/** A real file with one line more: what the check must see. */
const BREACHES: readonly [file: string, line: string][] = [
  ['src/platform/context.ts', "import { record } from '#journal';"],
  ['src/journal/record.ts', "import { themes } from '#organisation';"],
  ['src/journal/record.ts', "import { ErrorPage } from '#views/errors/error-page.tsx';"],
  ['src/identity/guards.tsx', "import { findUsager } from '#usager';"],
  ['src/organisation/themes.ts', "import { addAidant } from '#identity';"],
  ['src/consent/evidence.ts', "import { endMandate } from '#mandate';"],
  ['src/consent/evidence.ts', "import type { endMandate } from '#mandate';"],
  ['src/usager/usager.ts', "export { endMandate } from '#mandate';"],
  ['src/usager/usager.ts', "export * from '#mandate';"],
  ['src/usager/usager.ts', "import '../mandate/index.ts';"],
  ['src/usager/usager.ts', "const later = () => import('../mandate/index.ts');"],
  ['src/usager/usager.ts', "import {\n  endMandate,\n  type Mandate,\n} from '#mandate';"],
  ['src/mandate/use/use.rules.ts', "import { findSession } from '../../identity/session.queries.ts';"],
  ['src/oidc-provider/front.ts', "import { openContext } from '#app/context.ts';"],
  ['src/oidc-provider/front.ts', "import { createWorld } from '#support/world.ts';"],
  ['src/journal/verify/leaf.ts', "import { createHash } from 'node:crypto';"],
  ['src/journal/verify/leaf.ts', "import { z } from 'zod';"],
  ['src/journal/verify/leaf.ts', "import { defineEvent } from '../event.ts';"],
  ['src/journal/read/read-tiles.ts', "import { publish } from '../publish/publish.ts';"],
  ['src/journal/erase/holds.ts', "import type { KnownSize } from '../seal/head.rules.ts';"],
  ['src/journal/record.ts', "import { readTiles } from './read/read-tiles.ts';"],
  ['src/journal/record.ts', "import { tool } from './tools/tool.ts';"],
  ['src/journal/seal/sweep.ts', "import { startSealing } from '../start-sealing.ts';"],
  ['src/mandate/mandate.queries.ts', "import pg from 'pg';"],
  ['src/usager/usager.ts', "import { pino } from 'pino';"],
  ['src/tools/tool.ts', 'export const tool = 1;'],
  ['views/layout/layout.tsx', "import { inWords } from '#platform/time/paris.ts';"],
  ['views/layout/layout.tsx', "export * from '#platform/time/paris.ts';"],
  ['views/layout/layout.tsx', "import { readFileSync } from 'node:fs';"],
];

describe('the check sees', () => {
  test.each(BREACHES)('%s with « %s »', (path, line) => {
    const known = ours.find((file) => file.path === path);
    const text = known ? `${line}\n${known.text}` : line;
    if (known) expect(faultsOf([known])).toEqual([]);
    expect(faultsOf([{ path, text }])).not.toEqual([]);
  });

  test('what is only written in a text or a comment is no import', () => {
    const text =
      "export const query = sql`select 1 from 'x'`;\n// import { a } from '#mandate';\nexport const b = 'c';\n";
    expect(importsIn({ path: 'src/usager/usager.ts', text })).toEqual([]);
  });

  test('the environment, the clocks, the console, chance, and transactions in the wrong file', () => {
    const at = (path: string, text: string): Source[] => [{ path, text }];
    const wrong = [
      'process.env.HOME',
      'new Date()',
      'Date.now()',
      'sql`select now()`',
      'sql`x < current_timestamp`',
      "console.log('x')",
      'Math.random()',
    ];
    for (const text of wrong) expect(platformFaultsOf(at('src/usager/usager.ts', text)), text).toHaveLength(1);
    for (const text of wrong) expect(platformFaultsOf(at('src/app/context.ts', text)), text).toEqual([]);
    expect(platformFaultsOf(at('src/usager/usager.ts', '// new Date() is not used\nnew Date(0)'))).toEqual([]);
    expect(transactionFaultsOf(at('src/usager/usager.queries.ts', 'db.transaction().execute()'))).toHaveLength(1);
    expect(transactionFaultsOf(at('src/usager/save-identity.ts', 'inTransaction(ctx, work)'))).toEqual([]);
  });

  test('long functions, however they are written', () => {
    const body = '  step();\n'.repeat(60);
    const long = [
      `export async function far(\n  a: string,\n): Promise<void> {\n${body}}\n`,
      `const far = async (a: string) => {\n${body}};\n`,
      `export const far =\n  (a: string) =>\n  async (b: string): Promise<void> => {\n  ${body}  };\n`,
    ];
    for (const text of long) expect(longFunctions({ path: 'x.ts', text })).toHaveLength(1);
    const short = `function near() {\n  step();\n}\n${'const a = 1;\n'.repeat(100)}`;
    expect(longFunctions({ path: 'x.ts', text: short })).toEqual([]);
  });
});
