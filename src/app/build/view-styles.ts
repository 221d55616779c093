import { globSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';

/** `view-styles` stands for the style sheets that lie beside the views they are for: views/<domain>/…/<page>.css. */
export function viewStyles(root: string): Plugin {
  const views = join(root, 'views');
  return {
    name: 'view-styles',
    setup(build) {
      build.onResolve({ filter: /^view-styles$/ }, () => ({ path: 'view-styles', namespace: 'views' }));
      build.onLoad({ filter: /.*/, namespace: 'views' }, () => ({
        contents: stylesIn(views)
          .map((file) => `@import './${file}';`)
          .join('\n'),
        loader: 'css',
        resolveDir: views,
      }));
    },
  };
}

function stylesIn(views: string): string[] {
  return globSync('*/**/*.css', { cwd: views })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => !file.startsWith('client/'))
    .sort();
}
