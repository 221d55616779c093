import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import {
  beginHeads,
  type HeadFolder,
  type HeadStore,
  HeadStoreError,
  nodeCrypto,
  openHeads,
  recoverHead,
} from '#journal';
import { parsePolicy } from '#journal/verify';
import { StartError } from './fail-to-start.ts';
import { type HandedIn, newestCosigned } from './newest-cosigned.ts';

export type Keeping = { where: HeadFolder; origins: readonly string[] };

/**
 * `--init`, and `--recover-from CHECKPOINT --policy POLICY`: what a person does to the memory of a signer or a witness. Several
 * checkpoints of one log may be given, as several witnesses show it: their cosignatures are counted together. Says what was
 * done; undefined when nothing was asked and the program is to start.
 */
export async function careForHeads(
  { where, origins }: Keeping,
  args: readonly string[],
): Promise<string[] | undefined> {
  const asked = readArguments(args);
  if (asked.init) {
    const begun = await beginHeads(where, origins);
    return origins.map((origin) => `${origin}: ${begun.includes(origin) ? 'begun' : 'known already, left as it is'}`);
  }
  if (asked['recover-from'] === undefined) return undefined;
  if (asked.policy === undefined)
    throw new StartError('--recover-from needs --policy: the checkpoint is verified first');
  return recover({ where, origins }, asked['recover-from'], asked.policy);
}

/** Opens the memory. Throws a StartError that says how to begin and how to go on when there is none. */
export async function rememberedHeads({ where, origins }: Keeping): Promise<HeadStore> {
  return openHeads(where, origins).catch((error: unknown) => {
    if (!(error instanceof HeadStoreError)) throw error;
    const program = `npm run ${where.keeper} --`;
    throw new StartError(
      `${error.message}. A log that is new: ${program} --init. A memory that was lost, or rolled back: ` +
        `${program} --recover-from CHECKPOINT --policy POLICY, with the last checkpoint that was published (or with those that ` +
        'several witnesses show, each with its own --recover-from).',
      { cause: error },
    );
  });
}

function readArguments(args: readonly string[]) {
  try {
    const options = {
      init: { type: 'boolean' },
      'recover-from': { type: 'string', multiple: true },
      policy: { type: 'string' },
    } as const;
    return parseArgs({ args: [...args], options, strict: true }).values;
  } catch (error) {
    throw new StartError(error instanceof Error ? error.message : String(error));
  }
}

async function recover(
  { where, origins }: Keeping,
  noteFiles: readonly string[],
  policyFile: string,
): Promise<string[]> {
  const policy = parsePolicy(await fileBytes(policyFile), nodeCrypto.sha256);
  if (!policy.ok) throw new StartError(`${policyFile}: ${policy.fault}, line ${policy.line}`);
  const handedIn: HandedIn[] = [];
  for (const file of noteFiles) handedIn.push({ file, note: await fileBytes(file) });
  const { checkpoint, note, left } = newestCosigned(policy.policy, handedIn);
  const { origin, size, root } = checkpoint;
  if (!origins.includes(origin))
    throw new StartError(`${noteFiles.join(', ')}: ${origin} is not a log that is known here`);
  await recoverHead(where, origin, { size, root, note }).catch((error: unknown) => {
    throw error instanceof HeadStoreError ? new StartError(error.message, { cause: error }) : error;
  });
  return [`${origin}: goes on from ${size}`, ...left];
}

async function fileBytes(path: string): Promise<Buffer> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new StartError(`${path} cannot be read (${error.code})`, { cause: error });
  });
}
