import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifierRoutes } from '#app/site/verifier.page.ts';
import { HttpError } from '#platform/http/errors.ts';
import type { HttpRequest } from '#platform/http/route.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'entremise-verifier-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const answers = () => Promise.all(verifierRoutes(folder).map((one) => one.run({} as HttpRequest, () => ({}) as never)));

test('the program that verifies is given as it was built, with its hash as sha256sum -c reads it', async () => {
  await expect(answers()).rejects.toThrow(HttpError);
  await writeFile(join(folder, 'journal-verify.mjs'), 'console.log(1);\n');
  const hash = createHash('sha256').update('console.log(1);\n').digest('hex');
  expect(await answers()).toMatchObject([
    { status: 200, type: 'text/javascript', body: Buffer.from('console.log(1);\n') },
    { status: 200, type: 'text/plain', body: `${hash}  journal-verify.mjs\n` },
  ]);
});
