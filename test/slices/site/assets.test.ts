import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gunzipSync } from 'node:zlib';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPublicAssets, type Manifest } from '#app/build/public-assets.ts';
import { projectRoot } from '#platform/root.ts';
import { tinySite } from './tiny-site.tsx';

let folder: string;
let manifest: Manifest;
let site: ReturnType<typeof supertest>;

async function build(): Promise<Manifest> {
  const built = await buildPublicAssets(projectRoot(), folder);
  await built.compressed;
  return built.manifest;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'entremise-assets-'));
  manifest = await build();
  site = supertest(tinySite({ assets: folder }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const urlOf = (name: string) => `/statique/${manifest[name]}`;
const contentOf = (name: string) => readFile(join(folder, manifest[name] ?? ''), 'utf8');
describe('the build', () => {
  it('names each asset by its content: the same content, the same name', async () => {
    const names = ['entremise.css', 'entremise.js', 'entremise.svg', 'state-brand.css', 'verify-entry.js'];
    expect(Object.keys(manifest).sort()).toEqual(names);
    for (const file of Object.values(manifest)) expect(file).toMatch(/-[A-Z0-9]{8}\.(css|js|svg)$/);
    const before = await readdir(folder);
    expect(await build()).toEqual(manifest);
    expect(await readdir(folder)).toEqual(before);
  });

  it('names no file that is not there, and nothing from elsewhere', async () => {
    for (const sheet of ['entremise.css', 'state-brand.css'])
      for (const [, url = ''] of (await contentOf(sheet)).matchAll(/url\("?([^")]+)"?\)/g)) {
        if (url.startsWith('data:') || url.startsWith('#')) continue;
        expect(url).toMatch(/^\.\/[\w.-]+$/);
        expect(existsSync(join(folder, url)), url).toBe(true);
      }
    for (const script of ['entremise.js', 'verify-entry.js']) expect(await contentOf(script)).not.toMatch(/https?:/);
  });

  it('leaves the State’s font to its own style sheet', async () => {
    expect(await contentOf('entremise.css')).not.toMatch(/@font-face|Marianne|Spectral/);
    expect(await contentOf('state-brand.css')).toContain('font-family:Marianne');
  });

  it('makes the dark scheme follow the browser, and paper stay white', async () => {
    const css = await contentOf('entremise.css');
    expect(css).not.toContain('data-fr-theme');
    expect(css).toContain('@media screen and (prefers-color-scheme:dark)');
    expect(css).toMatch(/@media print\{/);
    expect(css).toContain('prefers-reduced-motion');
  });

  it('folds nothing that only a script would open', async () => {
    const { text } = await site.get('/');
    expect(text).not.toMatch(/fr-collapse|fr-modal|fr-tabs|fr-accordion/);
  });
});

describe('/statique', () => {
  it('serves brotli, else gzip, else the file as it is, of the same content', async () => {
    const plain = await readFile(join(folder, manifest['entremise.css'] ?? ''));
    const brotli = await site.get(urlOf('entremise.css')).set('accept-encoding', 'gzip, deflate, br');
    expect(brotli.headers).toMatchObject({
      'content-encoding': 'br',
      'content-type': 'text/css; charset=utf-8',
      vary: 'accept-encoding',
      'cache-control': 'public, max-age=31536000, immutable',
    });
    const gzip = await site.get(urlOf('entremise.css')).set('accept-encoding', 'gzip');
    expect(gzip.headers['content-encoding']).toBe('gzip');
    expect(gzip.text).toBe(plain.toString());
    const bare = await site.get(urlOf('entremise.css')).set('accept-encoding', 'identity');
    expect(bare.headers).not.toHaveProperty('content-encoding');
    expect(bare.text).toBe(plain.toString());
    for (const [extension, decompress] of [
      ['br', brotliDecompressSync],
      ['gz', gunzipSync],
    ] as const)
      expect(decompress(await readFile(join(folder, `${manifest['entremise.css']}.${extension}`)))).toEqual(plain);
  });

  it('honours a refusal of brotli', async () => {
    const { headers } = await site.get(urlOf('entremise.css')).set('accept-encoding', 'br;q=0, gzip');
    expect(headers['content-encoding']).toBe('gzip');
  });

  it('gives each file its type', async () => {
    expect((await site.get(urlOf('entremise.js'))).headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect((await site.get(urlOf('entremise.svg'))).headers['content-type']).toBe('image/svg+xml');
    const font = (await readdir(folder)).find((file) => file.endsWith('.woff2'));
    expect((await site.get(`/statique/${font}`)).headers['content-type']).toBe('font/woff2');
  });

  it('serves the plain names too, for views that run from the sources, without keeping them', async () => {
    const { status, headers } = await site.get('/statique/entremise.css');
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('no-cache');
  });

  it('answers 304 to who has the file', async () => {
    const { headers } = await site.get(urlOf('entremise.js'));
    expect((await site.get(urlOf('entremise.js')).set('if-none-match', headers.etag ?? '')).status).toBe(304);
  });

  it.each(['rien.css', 'manifest.json', '..%2Fpackage.json', '%2e%2e', 'constructor', 'entremise.css.br', 'a%00.css'])(
    'does not serve %s',
    async (name) => {
      expect((await site.get(`/statique/${name}`)).status).toBe(404);
    },
  );
});

it('the first page weighs 150 KB at most over the wire, fonts apart', async () => {
  const { text } = await site.get('/');
  const css = await contentOf('entremise.css');
  // Every image the style sheet names, though a page shows but a few: an upper bound.
  const images = [...new Set([...css.matchAll(/url\("?\.\/([\w.-]+)"?\)/g)].map(([, file = '']) => file))];
  const files = [...text.matchAll(/"\/statique\/([\w.-]+)"/g)].map(([, name = '']) => manifest[name] ?? name);
  expect(files.length).toBeGreaterThanOrEqual(3);
  const sizes = await Promise.all(
    [...files, ...images].map(async (file) => {
      const path = join(folder, file);
      return (await readFile(existsSync(`${path}.br`) ? `${path}.br` : path)).length;
    }),
  );
  const total = sizes.reduce((sum, size) => sum + size, brotliCompressSync(text).length);
  expect(total).toBeLessThanOrEqual(150 * 1024);
});
