import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beginHeads, makeSigningKey } from '#journal';
import { COSIGNATURE_V1, ED25519 } from '#journal/verify';
import { randomToken } from '#platform/crypto/hashes.ts';
import type { Logger } from '#platform/log/logger.ts';
import type { RunningServer } from '../start-server.ts';
import { signerKeeping, signerKeys, startSigner } from '../start-signer.ts';
import { startWitness, witnessKeeping, witnessKey } from '../start-witness.ts';
import { localUrl } from './partners.ts';
import type { DemoPorts } from './ports-of-demo.ts';

export const JOURNAL_ORIGIN = 'demonstration.entremise.example/journal';

/** Names of the two witnesses of the demonstration, in the policy and as their keys. */
const WITNESSES = [
  { name: 'universite', key: 'temoin.universite.example' },
  { name: 'association', key: 'temoin.association.example' },
] as const;

export type JournalSecrets = ReturnType<typeof makeJournalSecrets>;

/** The private keys of the signer and of both witnesses, and what the worker and the signer both know. */
export function makeJournalSecrets() {
  return {
    signerKeys: ['actes', 'acces'].map((log) => makeSigningKey(`${JOURNAL_ORIGIN}/${log}`, ED25519)),
    signerToken: randomToken(),
    witnessKeys: WITNESSES.map(({ key }) => makeSigningKey(key, COSIGNATURE_V1)),
  };
}

export type JournalPrograms = {
  /** What the server and the worker are told of them. */
  environment: Record<string, string>;
  /** What the signer is told: `journal keys rotate` asks for it. */
  signerEnvironment: Record<string, string>;
  /** The public keys of the logs. */
  vkeys: string[];
  witnesses: { name: string; vkey: string; url: string }[];
  close(): Promise<void>;
};

type Where = {
  folder: string;
  ports: Pick<DemoPorts, 'signer' | 'witnesses'>;
  secrets: JournalSecrets;
  logger: Logger;
};

/**
 * The signer and two witnesses of the journal, on ports of their own; in a real service each is on a host of its own, and
 * the witnesses are other organisations. They begin with the folder, and refuse to start when only their memory is gone.
 */
export async function startJournalPrograms({ folder, ports, secrets, logger }: Where): Promise<JournalPrograms> {
  const keys = signerKeys({ keys: secrets.signerKeys });
  const signer = {
    ...common(ports.signer),
    keys: secrets.signerKeys,
    token: secrets.signerToken,
    state: join(folder, 'signer'),
  };
  const logs = keys.map(({ vkey }) => `log ${vkey.text}\n`).join('');
  const witnesses = WITNESSES.map(({ name }, index) => {
    const port = ports.witnesses[index] as number;
    const config = { ...common(port), key: secrets.witnessKeys[index] as string, logs, state: join(folder, name) };
    return { name, config, vkey: witnessKey(config).vkey.text, url: localUrl(port) };
  });
  if (!existsSync(folder)) {
    await mkdir(folder, { recursive: true });
    for (const keeping of [signerKeeping(signer), ...witnesses.map(({ config }) => witnessKeeping(config))])
      await beginHeads(keeping.where, keeping.origins);
  }
  const policy = join(folder, 'witnesses.txt');
  await writeFile(policy, policyOf(witnesses));
  const running: RunningServer[] = [];
  const close = async () => {
    await Promise.all(running.map((one) => one.close()));
  };
  try {
    running.push(await startSigner(signer, logger));
    for (const { config } of witnesses) running.push(await startWitness(config, logger));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    environment: environmentOf(folder, policy, { ports, secrets }),
    signerEnvironment: {
      SIGNER_KEYS: secrets.signerKeys.join(','),
      SIGNER_TOKEN: secrets.signerToken,
      SIGNER_STATE: signer.state,
    },
    vkeys: keys.map(({ vkey }) => vkey.text),
    witnesses: witnesses.map(({ name, vkey, url }) => ({ name, vkey, url })),
    close,
  };
}

function common(port: number) {
  return { host: '127.0.0.1', port, logLevel: 'warn' };
}

/** Both must cosign: the demonstration shows what is asked of a real service, where there are more of them. */
function policyOf(witnesses: readonly { name: string; vkey: string; url: string }[]): string {
  const names = witnesses.map(({ name }) => name).join(' ');
  const lines = witnesses.map(({ name, vkey, url }) => `witness ${name} ${vkey} ${url}\n`);
  return `${lines.join('')}group temoins all ${names}\nquorum temoins\n`;
}

function environmentOf(
  folder: string,
  policy: string,
  { ports, secrets }: Pick<Where, 'ports' | 'secrets'>,
): Record<string, string> {
  return {
    JOURNAL_ORIGIN,
    JOURNAL_WITNESSES: policy,
    JOURNAL_SIGNER_URL: localUrl(ports.signer),
    JOURNAL_SIGNER_TOKEN: secrets.signerToken,
    JOURNAL_MIRROR: join(folder, 'mirror'),
    JOURNAL_CHECKPOINT_SECONDS: '2',
  };
}
