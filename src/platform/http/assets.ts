import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { Express, Request } from 'express';
import { projectRoot } from '../root.ts';
import { notFound } from './errors.ts';

const PREFIX = '/statique';
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};
const ENCODINGS = { br: '.br', gzip: '.gz' } as const;

/**
 * Serves what `npm run build` left in dist/public. A hashed name never changes its content: the browser keeps it for a
 * year. The plain names of the manifest, which views use when they run from the sources, are asked for anew each time.
 */
export function serveAssets(app: Express, folder = join(projectRoot(), 'dist', 'public')): void {
  const files = new Set(existsSync(folder) ? readdirSync(folder) : []);
  const plainNames: Readonly<Record<string, string>> = files.has('manifest.json')
    ? JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'))
    : {};

  app.get(`${PREFIX}/:name`, (request, response, next) => {
    const asked = request.params.name;
    const name = Object.hasOwn(plainNames, asked) ? (plainNames[asked] ?? asked) : asked;
    const type = TYPES[extname(name)];
    if (!type || !files.has(name)) return next(notFound());
    const encoding = acceptedEncoding(request, name, files);
    response.set({
      'content-type': type,
      'cache-control': name === asked ? 'public, max-age=31536000, immutable' : 'no-cache',
      vary: 'accept-encoding',
    });
    if (encoding) response.set('content-encoding', encoding);
    const file = encoding ? `${name}${ENCODINGS[encoding]}` : name;
    return response.sendFile(file, { root: folder, cacheControl: false, dotfiles: 'allow' }, (error) => {
      if (error && !response.headersSent) next(notFound());
    });
  });
}

/** Brotli when the browser takes it, else gzip, else the file as it is. */
function acceptedEncoding(request: Request, name: string, files: ReadonlySet<string>) {
  const encodings = Object.keys(ENCODINGS) as (keyof typeof ENCODINGS)[];
  return encodings.find((encoding) => files.has(name + ENCODINGS[encoding]) && request.acceptsEncodings(encoding));
}
