import { describe, expect, test } from 'vitest';
import { filesUnder, type Import, importsOf, textOf } from './sources.ts';

/** The floors of decisions: a folder imports from floors below its own, and from the neighbours named beside it. */
const FLOORS: Record<string, { floor: number; mayAlsoImport?: string[] }> = {
  app: { floor: 6 },
  admin: { floor: 5 },
  audit: { floor: 5 },
  stats: { floor: 5 },
  'oidc-provider': { floor: 4 },
  mandate: { floor: 3, mayAlsoImport: ['consent'] },
  consent: { floor: 3 },
  habilitation: { floor: 3 },
  franceconnect: { floor: 2, mayAlsoImport: ['usager'] },
  usager: { floor: 2 },
  identity: { floor: 2, mayAlsoImport: ['organisation'] },
  organisation: { floor: 2 },
  journal: { floor: 1 },
  platform: { floor: 0 },
};

const sources = filesUnder('src');
const views = filesUnder('views');

function folderOf(path: string): string {
  return path.split('/')[1] ?? '';
}

function allowed({ from, to }: Import): boolean {
  if (to.startsWith('views/')) return folderOf(from) !== 'journal';
  if (!to.startsWith('src/')) return false;
  const [here, there] = [folderOf(from), folderOf(to)];
  if (here === there) return true;
  const target = FLOORS[there]?.floor ?? Number.POSITIVE_INFINITY;
  return target < (FLOORS[here]?.floor ?? -1) || Boolean(FLOORS[here]?.mayAlsoImport?.includes(there));
}

const shown = ({ from, line, to }: Import) => `${from}:${line} → ${to}`;

describe('the layout holds', () => {
  test('every folder of src has a floor', () => {
    const unknown = sources.filter((file) => !FLOORS[folderOf(file)]);
    expect(unknown).toEqual([]);
  });

  test('imports go down', () => {
    const wrong = sources.flatMap(importsOf).filter((found) => !allowed(found));
    expect(wrong.map(shown)).toEqual([]);
  });

  test('a domain is entered by its door', () => {
    const around = sources
      .flatMap(importsOf)
      .filter(({ from, to }) => folderOf(from) !== folderOf(to) && to.startsWith('src/'))
      .filter(({ to }) => folderOf(to) !== 'platform' && !/^src\/[\w-]+\/(index\.ts|verify\/index\.ts)$/.test(to));
    expect(around.map(shown)).toEqual([]);
  });

  test('the verifying core of the journal imports nothing of ours', () => {
    const found = sources.filter((file) => file.startsWith('src/journal/verify/')).flatMap(importsOf);
    expect(found.filter(({ to }) => !to.startsWith('src/journal/verify/')).map(shown)).toEqual([]);
  });

  test('views import types only, and other views', () => {
    const values = views.flatMap(importsOf).filter(({ to, typeOnly }) => !to.startsWith('views/') && !typeOnly);
    expect(values.map(shown)).toEqual([]);
  });

  test('tests are imported by nobody', () => {
    const found = [...sources, ...views].flatMap(importsOf).filter(({ to }) => /^(test|bench)\//.test(to));
    expect(found.map(shown)).toEqual([]);
  });
});

describe('files stay small', () => {
  const longest = (file: string) => (file.startsWith('views/') ? 150 : 300);

  test('no source over 300 lines, no view over 150', () => {
    const long = [...sources, ...views]
      .filter((file) => file !== 'src/platform/db/tables.ts')
      .map((file) => ({ file, lines: textOf(file).split('\n').length - 1 }))
      .filter(({ file, lines }) => lines > longest(file));
    expect(long).toEqual([]);
  });

  test('no function over 50 lines', () => {
    const long = sources.filter((file) => file.endsWith('.ts')).flatMap(longFunctions);
    expect(long).toEqual([]);
  });
});

/** Top-level functions, as the formatter writes them: from their first column to the `}` in the first column. */
function longFunctions(file: string): string[] {
  const lines = textOf(file).split('\n');
  return lines.flatMap((line, start) => {
    const name = /^(?:export )?(?:async )?function\*? (\w+)/.exec(line)?.[1];
    if (!name) return [];
    const length = lines.slice(start).indexOf('}') + 1;
    return length > 50 ? [`${file}:${start + 1} ${name} has ${length} lines`] : [];
  });
}

describe('what belongs to the platform stays there', () => {
  const outside = sources.filter((file) => !/^src\/(platform|app)\//.test(file));
  const using = (pattern: RegExp) => outside.filter((file) => pattern.test(withoutComments(textOf(file))));

  test.each([
    ['the environment', /process\.env/],
    ['the clock', /new Date\(\)|Date\.now\(\)/],
    ['the clock of the database', /sql[^;`]*`[^`]*\bnow\(\)/],
    ['the console', /console\./],
  ])('%s', (_what, pattern) => {
    expect(using(pattern)).toEqual([]);
  });

  test('only use cases and jobs open transactions: never a page, a query file or a rule', () => {
    const wrong = using(/inTransaction\(|\.transaction\(\)/).filter((file) =>
      /\.(page|queries|rules|routes|events)\.tsx?$/.test(file),
    );
    expect(wrong).toEqual([]);
  });
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');
}
