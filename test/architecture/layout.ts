import type { Import, Source } from './sources.ts';
import { importsIn, packagesIn } from './sources.ts';

/** The floors of decisions: a folder imports from floors below its own, and from the neighbours named beside it. */
export const FLOORS: Record<string, { floor: number; mayAlsoImport?: string[] }> = {
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

/**
 * The folders of the journal: each knows those before it. `.`: the files beside them, but for those that join several, which
 * the door alone imports.
 */
const IN_JOURNAL = 'verify witness signer . read erase seal publish succession export check'.split(' ');
const JOINS = /^src\/journal\/(index|journal\.events|start-sealing)\.ts$/;

/** Packages that open a socket, a database or a log belong to the folders named here. */
const PACKAGES: Record<string, readonly string[]> = {
  pg: ['platform', 'app'],
  pino: ['platform'],
  nodemailer: ['platform', 'app'],
  'graphile-worker': ['platform', 'app'],
  express: ['platform', 'app', 'oidc-provider'],
  'oidc-provider': ['oidc-provider', 'app'],
  'openid-client': ['franceconnect', 'app'],
};

const folderOf = (path: string) => path.split('/')[1] ?? '';
const isTest = (path: string) => /\.test\.tsx?$/.test(path);
const shown = ({ from, line, to }: Import) => `${from}:${line} → ${to}`;

/** Tests of pure files stand beside them, and may take what all tests share. */
const isTestSupport = ({ from, to }: Import) => isTest(from) && to.startsWith('test/support/');

function goesDown(one: Import): boolean {
  const { from, to } = one;
  if (isTestSupport(one)) return true;
  if (to.startsWith('views/')) return folderOf(from) !== 'journal' && folderOf(from) !== 'platform';
  if (!to.startsWith('src/')) return false;
  const [here, there] = [folderOf(from), folderOf(to)];
  if (here === there) return true;
  const target = FLOORS[there]?.floor ?? Number.POSITIVE_INFINITY;
  return target < (FLOORS[here]?.floor ?? -1) || Boolean(FLOORS[here]?.mayAlsoImport?.includes(there));
}

function byItsDoor({ from, to }: Import): boolean {
  const [here, there] = [folderOf(from), folderOf(to)];
  if (here === there || there === 'platform' || !to.startsWith('src/')) return true;
  return /^src\/[\w-]+\/(index\.ts|verify\/index\.ts)$/.test(to);
}

const placeInJournal = (path: string) => IN_JOURNAL.indexOf(/^src\/journal\/([\w-]+)\//.exec(path)?.[1] ?? '.');

function inOrder({ from, to }: Import): boolean {
  const areThere = [from, to].every((path) => path.startsWith('src/journal/'));
  if (!areThere || JOINS.test(from) || isTest(from)) return true;
  if (placeInJournal(to) < 0 || placeInJournal(from) < 0) return false;
  return placeInJournal(to) <= placeInJournal(from) && !JOINS.test(to);
}

/** What breaks the layout in these files, one line each; empty when all is well. Pure: it can be shown what it must see. */
export function faultsOf(files: readonly Source[]): string[] {
  return files.flatMap((file) => [...importFaults(file), ...packageFaults(file)]);
}

function importFaults(file: Source): string[] {
  const { path } = file;
  const found = importsIn(file);
  if (path.startsWith('views/')) {
    return found
      .filter(({ to, typeOnly }) => !to.startsWith('views/') && !typeOnly)
      .map((one) => `a value: ${shown(one)}`);
  }
  const outOfVerify = (one: Import) =>
    path.startsWith('src/journal/verify/') && !one.to.startsWith('src/journal/verify/') && !isTestSupport(one);
  return [
    ...(FLOORS[folderOf(path)] ? [] : [`no floor: ${path}`]),
    ...found.filter((one) => !goesDown(one)).map((one) => `not down: ${shown(one)}`),
    ...found.filter((one) => !byItsDoor(one)).map((one) => `not by its door: ${shown(one)}`),
    ...found.filter((one) => !inOrder(one)).map((one) => `not in this order: ${shown(one)}`),
    ...found.filter(outOfVerify).map((one) => `the verifier is alone: ${shown(one)}`),
  ];
}

function packageFaults(file: Source): string[] {
  const { path } = file;
  const found = packagesIn(file);
  if (path.startsWith('views/')) {
    const foreign = found.filter(({ name }) => name !== 'react' && !name.startsWith('@codegouvfr/'));
    return foreign
      .filter(({ typeOnly }) => !typeOnly)
      .map(({ name, line }) => `not for a view: ${path}:${line} → ${name}`);
  }
  if (isTest(path)) return [];
  const alone = path.startsWith('src/journal/verify/');
  const misplaced = ({ name }: { name: string }) => alone || !(PACKAGES[name]?.includes(folderOf(path)) ?? true);
  return found.filter(misplaced).map(({ name, line }) => `not here: ${path}:${line} → ${name}`);
}

/** Functions of more than fifty lines, as the formatter writes them: from one statement in the first column to its end. */
export function longFunctions({ path, text }: Source): string[] {
  const lines = text.split('\n');
  return lines.flatMap((line, start) => {
    const name = /^(?:export )?(?:async )?(?:function\*?|const) (\w+)/.exec(line)?.[1];
    const end = lines.findIndex((later, at) => at > start && /^\S/.test(later) && !/^\).*\{$/.test(later));
    const length = (end < 0 ? lines.length : end) - start + (lines[end]?.startsWith('}') ? 1 : 0);
    const isFunction = / function\*? |^(?:async )?function/.test(line) || lines.slice(start, start + 8).some(opensBody);
    return name && isFunction && length > 50 ? [`${path}:${start + 1} ${name} has ${length} lines`] : [];
  });
}

const opensBody = (line: string) => /=> \{$/.test(line);

const DATABASE_CLOCK = /sql[^;`]*`[^`]*\b(?:now\(\)|current_timestamp|clock_timestamp\(\))/;

const PLATFORM_ONLY: readonly [what: string, pattern: RegExp][] = [
  ['the environment', /process\.env/],
  ['the clock', /new Date\(\)|Date\.now\(\)|performance\.now\(\)/],
  ['the console', /console\./],
  ['chance that is not cryptographic', /Math\.random\(\)/],
];

/** What only the platform and the programs may touch, found elsewhere. The journal alone is dated by the database. */
export function platformFaultsOf(files: readonly Source[]): string[] {
  const outside = files.filter(({ path }) => !/^src\/(platform|app)\//.test(path) && !isTest(path));
  return outside.flatMap(({ path, text }) => {
    const code = withoutComments(text);
    const asksDatabase = !path.startsWith('src/journal/') && DATABASE_CLOCK.test(code.replace(/\$\{[^{}]*\}/g, '?'));
    return [
      ...PLATFORM_ONLY.filter(([, pattern]) => pattern.test(code)).map(([what]) => `${path} touches ${what}`),
      ...(asksDatabase ? [`${path} touches the clock of the database`] : []),
    ];
  });
}

/** Only use cases and jobs open transactions: never a page, a query file or a rule. */
export function transactionFaultsOf(files: readonly Source[]): string[] {
  return files
    .filter(({ path }) => /\.(page|queries|rules|routes|events|errors)\.tsx?$/.test(path) || path.startsWith('views/'))
    .filter(({ text }) => /inTransaction\(|\.transaction\(\)/.test(withoutComments(text)))
    .map(({ path }) => `${path} opens a transaction`);
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');
}
