import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeKeys } from '#platform/crypto/make-keys.ts';
import { makeJournalSecrets } from './journal-programs.ts';

/** Everything secret of one demonstration, made once and kept in its data folder. Never used by a real service. */
export type DemoSecrets = Awaited<ReturnType<typeof makeDemoSecrets>>;

const secret = () => randomBytes(32).toString('base64url');

export async function makeDemoSecrets() {
  return {
    keys: await makeKeys('demo'),
    superuserPassword: secret(),
    rolePasswords: { owner: secret(), app: secret(), worker: secret(), reader: secret() },
    relyingPartySecret: secret(),
    identityProviderSecret: secret(),
    portalSecrets: [secret(), secret()] as const,
    /** The TOTP secret of each demonstration account derives from it and from the e-mail. */
    accounts: secret(),
    subjects: secret(),
    journal: makeJournalSecrets(),
  };
}

/**
 * Reads the secrets of the data folder, or makes them, those that an older demonstration had not included. Written aside
 * then renamed: a killed run leaves no half file.
 */
export async function demoSecrets(dataDir: string): Promise<DemoSecrets> {
  const file = join(dataDir, 'secrets.json');
  const kept = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  const known = JSON.parse(kept ?? '{}') as Partial<DemoSecrets>;
  const made = { ...(await makeDemoSecrets()), ...known };
  if (Object.keys(made).every((name) => name in known)) return made;
  await mkdir(dataDir, { recursive: true });
  await writeFile(`${file}.new`, JSON.stringify(made, null, 2), { mode: 0o600 });
  await rename(`${file}.new`, file);
  return made;
}
