import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildPrograms } from '#app/build/programs.ts';
import { projectRoot } from '#platform/root.ts';

const PROGRAM = `
import { Alert } from '@codegouvfr/react-dsfr/Alert';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { asset } from '#views/layout/assets.ts';
console.log(asset('entremise.css'));
console.log(renderToStaticMarkup(createElement(Alert, { small: true, severity: 'info', description: 'Bonjour' })));
`;

let root: string;

beforeAll(async () => {
  const project = projectRoot();
  root = await realpath(await mkdtemp(join(tmpdir(), 'entremise-programs-')));
  await mkdir(join(root, 'src', 'app'), { recursive: true });
  await Promise.all([
    cp(join(project, 'package.json'), join(root, 'package.json')),
    cp(join(project, 'tsconfig.json'), join(root, 'tsconfig.json')),
    cp(join(project, 'views'), join(root, 'views'), { recursive: true }),
    symlink(join(project, 'node_modules'), join(root, 'node_modules')),
    writeFile(join(root, 'src', 'app', 'cli.ts'), PROGRAM),
  ]);
});
afterAll(() => rm(root, { recursive: true, force: true }));

it('bundles the programs that exist: the DSFR’s components inside, packages outside, assets by their hashed name', async () => {
  const names = await buildPrograms(root, join(root, 'dist'), { 'entremise.css': 'entremise-ABCDEFGH.css' });
  expect(names).toEqual(['cli']);
  const bundle = await readFile(join(root, 'dist', 'cli.js'), 'utf8');
  expect(bundle).toMatch(/^import .* from "react-dom\/server"/m);
  expect(bundle).not.toMatch(/^import .* from "@codegouvfr/m);
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'dist', 'cli.js')]);
  expect(stdout.split('\n')[0]).toBe('/statique/entremise-ABCDEFGH.css');
  expect(stdout).toContain('fr-alert--info');
});
