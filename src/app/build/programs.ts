import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import type { Manifest } from './public-assets.ts';

/** Runs alone, far from here: its packages are in its file. */
const VERIFIER = 'src/app/journal-verify.ts';

const PROGRAMS = {
  server: 'src/app/server.ts',
  worker: 'src/app/worker.ts',
  signer: 'src/app/signer.ts',
  witness: 'src/app/witness.ts',
  cli: 'src/app/cli.ts',
  demo: 'src/app/demo/demo.ts',
  simulators: 'src/app/demo/simulators.ts',
  bench: 'bench/run.ts',
};

/** Bundles for Node 24 those programs that exist. Returns their names. */
export async function buildPrograms(root: string, outdir: string, manifest: Manifest): Promise<string[]> {
  const present = Object.entries(PROGRAMS).filter(([, file]) => existsSync(join(root, file)));
  await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(present),
    outdir,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    sourcemap: true,
    loader: { '.svg': 'file' },
    define: { BUILT_ASSETS: JSON.stringify(manifest) },
    plugins: [packagesStayOutside],
    logLevel: 'warning',
  });
  if (existsSync(join(root, VERIFIER))) await buildVerifier(root, join(outdir, 'journal-verify.mjs'));
  return present.map(([name]) => name);
}

/** One file for Node 20 and nothing else: what an auditor is handed. */
export async function buildVerifier(root: string, outfile: string): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: [VERIFIER],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
  });
}

/** Packages are loaded by Node, except react-dsfr: Node refuses its imports of folders and of .svg files. */
const packagesStayOutside: Plugin = {
  name: 'packages-stay-outside',
  setup(build) {
    build.onResolve({ filter: /^[^./#]/ }, ({ path, kind }) =>
      kind === 'entry-point' || path.startsWith('@codegouvfr/react-dsfr/') ? undefined : { path, external: true },
    );
  },
};
