import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { build, type Metafile } from 'esbuild';
import { dsfrStyles } from './dsfr-styles.ts';
import { viewStyles } from './view-styles.ts';

/** The name that a view asks for, and the hashed file that has its content. */
export type Manifest = Readonly<Record<string, string>>;

const ENTRIES = [
  'views/client/entremise.css',
  'views/client/state-brand.css',
  'views/client/entremise.ts',
  'views/client/entremise.svg',
  'src/audit/browser/verify-entry.ts',
];
const COMPRESSIBLE = /\.(css|js|svg|json)$/;
const MANIFEST = 'manifest.json';
/** In bytes: a smaller file fits in one packet as it is. */
const WORTH_COMPRESSING = 1024;

/**
 * Writes in `outdir` what the browser loads, under names that change with the content, and manifest.json.
 * Resolves as soon as the names are known; `compressed` when the .br and .gz files are written too.
 */
export async function buildPublicAssets(
  root: string,
  outdir: string,
): Promise<{ manifest: Manifest; compressed: Promise<void> }> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ENTRIES,
    outdir,
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['chrome109', 'firefox115', 'safari16'],
    entryNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    loader: { '.svg': 'copy', '.woff2': 'copy' },
    plugins: [dsfrStyles(root), viewStyles(root)],
    metafile: true,
    logLevel: 'warning',
  });
  const manifest = manifestOf(metafile);
  await mkdir(outdir, { recursive: true });
  await writeFile(join(outdir, MANIFEST), JSON.stringify(manifest, null, 2));
  return { manifest, compressed: compressNew(outdir, filesOf(metafile)) };
}

function filesOf(metafile: Metafile): string[] {
  return Object.keys(metafile.outputs).map((path) => basename(path));
}

function manifestOf(metafile: Metafile): Manifest {
  const entries = Object.entries(metafile.outputs).flatMap(([path, { entryPoint }]) =>
    entryPoint ? [[basename(entryPoint).replace(/\.ts$/, '.js'), basename(path)]] : [],
  );
  // A copied file has no entry point of its own in esbuild's account.
  const copied = ENTRIES.map((path) => basename(path))
    .filter((name) => name.endsWith('.svg'))
    .map((name) => {
      const stem = name.replace('.svg', '-');
      return [name, filesOf(metafile).find((file) => file.startsWith(stem) && file.endsWith('.svg'))];
    });
  return Object.fromEntries([...entries, ...copied]);
}

/** A name says the content: what an earlier build compressed is kept, and what only a program that still runs names. */
async function compressNew(outdir: string, files: readonly string[]): Promise<void> {
  const before = new Set(await readdir(outdir));
  for (const file of files.filter((name) => COMPRESSIBLE.test(name))) {
    const content = await readFile(join(outdir, file));
    if (content.length < WORTH_COMPRESSING) continue;
    if (!before.has(`${file}.br`) || !before.has(`${file}.gz`)) await compress(join(outdir, file), content);
  }
}

async function compress(path: string, content: Buffer): Promise<void> {
  const [brotli, gzipped] = await Promise.all([
    promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }),
    promisify(gzip)(content, { level: 9 }),
  ]);
  await Promise.all([writeWhole(`${path}.br`, brotli), writeWhole(`${path}.gz`, gzipped)]);
}

/** A build that is stopped leaves no half file under a name that the next build would trust. */
async function writeWhole(path: string, content: Buffer): Promise<void> {
  const partial = `${path}.${process.pid}.part`;
  await writeFile(partial, content);
  await rename(partial, path);
}
