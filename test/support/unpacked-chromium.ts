import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '#platform/root.ts';

const exec = promisify(execFile);

/**
 * The Chromium of @sparticuz/chromium, unpacked once per version under node_modules/.cache (2 s, 200 MB), with its fonts:
 * the pages then have the same widths on every machine. Workers may ask at the same time: each unpacks under a name of its
 * own, and the first to finish gives the result to all.
 */
export async function unpackedChromium(): Promise<{ executablePath: string; env: Record<string, string> }> {
  const packageFolder = join(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '..');
  const { version } = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')) as { version: string };
  const cache = join(projectRoot(), 'node_modules', '.cache');
  const folder = join(cache, `chromium-${version}`);
  if (!(await exists(join(folder, 'ready.json')))) await unpack(cache, folder, packageFolder);
  const libraries = JSON.parse(await readFile(join(folder, 'ready.json'), 'utf8')) as string[];
  return {
    executablePath: join(folder, 'chromium'),
    env: {
      FONTCONFIG_FILE: join(folder, 'fonts.conf'),
      ...(libraries.length > 0 && { LD_LIBRARY_PATH: libraries.map((name) => join(folder, name)).join(':') }),
    },
  };
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

async function unpack(cache: string, folder: string, packageFolder: string): Promise<void> {
  await removeInterrupted(cache);
  const draft = `${folder}.${randomBytes(6).toString('hex')}.draft`;
  await mkdir(draft, { recursive: true });
  // The package unpacks into the temporary folder of its process, without care for others doing the same: it gets a
  // process and a temporary folder of its own.
  const script = `const { inflate } = await import('@sparticuz/chromium');
    await Promise.all(process.argv.slice(1).map(inflate));`;
  const archives = ['chromium.br', 'fonts.tar.br', 'swiftshader.tar.br', 'al2023.tar.br'];
  const paths = archives.map((name) => join(packageFolder, 'bin', name));
  await exec(process.execPath, ['--input-type=module', '-e', script, ...paths], {
    cwd: projectRoot(),
    env: { ...process.env, TMPDIR: draft },
  });
  await writeFile(join(draft, 'fonts.conf'), fontsConfiguration(folder));
  await writeFile(join(draft, 'ready.json'), JSON.stringify(await missingLibraries(draft)));
  await rename(draft, folder).catch(async (error: NodeJS.ErrnoException) => {
    await rm(draft, { recursive: true, force: true });
    if (!(await exists(join(folder, 'ready.json')))) throw error;
  });
}

// On machines without NSS the package's own libraries are needed; elsewhere they would hide those of the system.
async function missingLibraries(draft: string): Promise<string[]> {
  const runs = await exec(join(draft, 'chromium'), ['--version']).then(
    () => true,
    () => false,
  );
  return runs ? [] : ['al2023/lib'];
}

function fontsConfiguration(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(folder, 'fonts')}</dir>
  <cachedir>${join(folder, 'fonts-cache')}</cachedir>
</fontconfig>
`;
}

// What a killed run left half unpacked. Ten minutes are far more than an unpacking takes.
async function removeInterrupted(cache: string): Promise<void> {
  for (const name of await readdir(cache).catch(() => [])) {
    if (!/^chromium-.*\.draft$/.test(name)) continue;
    const path = join(cache, name);
    const age = await stat(path).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > 600_000) await rm(path, { recursive: true, force: true });
  }
}
