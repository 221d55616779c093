import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';

const PACKAGE = 'node_modules/@codegouvfr/react-dsfr/dsfr';

/**
 * Takes the DSFR's style sheets as this service needs them: no State font, a dark scheme that needs no script,
 * and `used-icons`, the rules of those icons alone that views and pages name.
 */
export function dsfrStyles(root: string): Plugin {
  return {
    name: 'dsfr-styles',
    setup(build) {
      build.onLoad({ filter: /react-dsfr[\\/]dsfr[\\/].*\.css$/ }, async ({ path }) => ({
        contents: adaptStyles(await readFile(path, 'utf8')),
        loader: 'css',
      }));
      build.onResolve({ filter: /^used-icons$/ }, () => ({ path: 'used-icons', namespace: 'dsfr' }));
      build.onLoad({ filter: /^used-icons$/, namespace: 'dsfr' }, () => ({
        contents: usedIcons(root),
        loader: 'css',
        resolveDir: join(root, PACKAGE, 'utility', 'icons'),
      }));
    },
  };
}

/** The DSFR chooses its dark scheme by a script that writes an attribute; here the browser's preference decides. */
function adaptStyles(css: string): string {
  return css
    .replaceAll('@charset "UTF-8";', '')
    .replaceAll(/@font-face\s*\{[^}]*\}/g, '')
    .replaceAll(/font-family:\s*"?(Marianne|Spectral)"?[^;}]*/g, 'font-family: var(--font)')
    .replaceAll(
      /([^{};]*\[data-fr-theme=dark\][^{}]*)\{([^{}]*)\}/g,
      (_rule, selector: string, declarations: string) =>
        `@media screen and (prefers-color-scheme: dark) {${inEveryTheme(selector)} {${declarations}}}`,
    );
}

/** `:root:root` weighs as much as the attribute did. */
function inEveryTheme(selector: string): string {
  return selector.replaceAll(':root[data-fr-theme=dark]', ':root:root').replaceAll('[data-fr-theme=dark]', ':root');
}

function usedIcons(root: string): string {
  const names = namedIcons([join(root, 'views'), join(root, 'src')]);
  const all = readFileSync(join(root, PACKAGE, 'utility', 'icons', 'icons.main.css'), 'utf8');
  const files = new Map(
    [...all.matchAll(/\.(fr-icon-[\w-]+)::before,\s*\.[\w-]+::after\s*\{[^}]*?mask-image:\s*url\("([^"]+)"\)/g)].map(
      ([, name = '', url = '']) => [name, url],
    ),
  );
  return [...names]
    .map((name) => {
      const url = files.get(name);
      if (!url) throw new Error(`no such icon in the DSFR: ${name}`);
      return `.${name}::before,.${name}::after{-webkit-mask-image:url("${url}");mask-image:url("${url}")}`;
    })
    .join('\n');
}

/** Every `fr-icon-…` written in a .tsx file of these folders. */
function namedIcons(folders: readonly string[]): Set<string> {
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.tsx'))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  const names = files.flatMap((file) => readFileSync(file, 'utf8').match(/fr-icon-[a-z0-9][a-z0-9-]+/g) ?? []);
  return new Set(names.sort());
}
