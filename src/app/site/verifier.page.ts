import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { notFound } from '#platform/http/errors.ts';
import { open } from '#platform/http/reply.ts';
import { anyone, type Page, type Route, route } from '#platform/http/route.ts';
import { projectRoot } from '#platform/root.ts';

const VERIFIER = 'journal-verify.mjs';

/**
 * The program that verifies exports without us, for whoever wants it, and its hash as `sha256sum -c` reads it. Neither proves
 * the other: an auditor compares the hash with one received by another way.
 */
export function verifierRoutes(folder = join(projectRoot(), 'dist')): readonly Route[] {
  const cookieless = { cookieless: true };
  return [
    route('get', `/journal/${VERIFIER}`, anyone, programPage(folder), cookieless),
    route('get', `/journal/${VERIFIER}.sha256`, anyone, hashPage(folder), cookieless),
  ];
}

const programPage =
  (folder: string): Page<null> =>
  async () =>
    open('text/javascript', await built(folder), 'never');

const hashPage =
  (folder: string): Page<null> =>
  async () => {
    const hash = createHash('sha256')
      .update(await built(folder))
      .digest('hex');
    return open('text/plain', `${hash}  ${VERIFIER}\n`, 'never');
  };

/** Not there when the site runs from its sources, without a build. */
async function built(folder: string): Promise<Buffer> {
  return readFile(join(folder, VERIFIER)).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? notFound() : error;
  });
}
