import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifierRoutes } from '#app/site/verifier.page.ts';
import { sha256 } from '#platform/crypto/hashes.ts';

// The program that auditors download, and the hash that they compare with one received by another way.

const PROGRAM = '// vérifie un export\n';
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'entremise-verifier-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const answer = (path: string) =>
  verifierRoutes(folder)
    .find((one) => one.path === path)
    ?.run({} as never, () => ({}) as never);
const [program, itsHash] = ['/journal/journal-verify.mjs', '/journal/journal-verify.mjs.sha256'];

test('not built: there is none', async () => {
  for (const path of [program, itsHash]) await expect(answer(path)).rejects.toMatchObject({ status: 404 });
});

test('built: its very bytes, and a line that sha256sum -c reads', async () => {
  await writeFile(join(folder, 'journal-verify.mjs'), PROGRAM);
  expect(await answer(program)).toMatchObject({ type: 'text/javascript', body: Buffer.from(PROGRAM) });
  const line = `${sha256(PROGRAM).toString('hex')}  journal-verify.mjs\n`;
  expect(await answer(itsHash)).toMatchObject({ type: 'text/plain', body: line });
});
