import type { Sealing } from '#platform/config/config.ts';
import type { AppContext } from '#platform/context.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import type { LogName } from '../event.ts';
import type { KnownSize } from '../seal/head.rules.ts';
import { originOf } from '../seal/log.ts';
import { checkNote, NO_WITNESS, type Policy, parsePolicy, parseVkey } from '../verify/index.ts';
import { nodeCrypto } from '../witness/signing-key.ts';
import { type Address, fetchCheckpoint } from './ask.ts';
import { logKeys, readWitnesses } from './log-policy.ts';

export const SIGNER = 'the signer';

type Shower = { who: string; part?: `witness:${string}` };

/** An answer that proves nothing. `part`: under which name that is told of a witness; `problem`: why, in English. */
export type Unbelieved = Shower & { problem: `unverified: ${string}` };

export type Elsewhere = { known: KnownSize[]; unbelieved: Unbelieved[] };

type Asked = Shower & { address: Address; policy: Policy };

/**
 * How far the signer and each witness have seen a log: what a database that was taken back to an older state does not know any
 * more. Each shows the last checkpoint that it signed, which is believed when a known key of the log signed it and, shown by a
 * witness, that witness too: nobody can make a size up. Whoever does not answer is left out, and so are witnesses that tell no
 * monitor. `policyText`: log keys that the database may not know. Waits 5 s at most.
 */
export async function sizesElsewhere(
  ctx: Pick<AppContext, 'db' | 'config'>,
  log: LogName,
  sealing: Pick<Sealing, 'signerUrl' | 'signerToken'>,
  policyText?: string,
): Promise<Elsewhere> {
  const logs = await knownKeys(ctx, policyText);
  const witnesses = readWitnesses(ctx)?.witnesses ?? [];
  const signer = { url: sealing.signerUrl, token: sealing.signerToken };
  const asked: Asked[] = [
    { who: SIGNER, address: signer, policy: { logs, witnesses: [], groups: [], quorum: NO_WITNESS } },
    ...witnesses.flatMap((witness) => {
      const { name, vkey, url } = witness;
      const policy = { logs, witnesses: [witness], groups: [], quorum: name };
      return url
        ? [{ who: `the witness ${vkey.name}`, part: `witness:${vkey.name}` as const, address: { url }, policy }]
        : [];
    }),
  ];
  const origin = originOf(ctx, log);
  const answers = await Promise.all(
    asked.map(async ({ address, policy, ...shower }) => {
      const seen = sizeOf(await fetchCheckpoint(address, origin), origin, policy);
      return seen && { ...shower, ...seen };
    }),
  );
  const told = answers.filter((answer) => answer !== undefined);
  return {
    known: told.flatMap((answer) => ('size' in answer ? [{ who: answer.who, size: answer.size }] : [])),
    unbelieved: told.flatMap((answer) => ('problem' in answer ? [answer] : [])),
  };
}

/** Every key of the logs that was ever announced, retired ones too. */
async function knownKeys({ db }: Pick<AppContext, 'db'>, policyText = ''): Promise<Policy['logs']> {
  const given = parsePolicy(policyText, sha256);
  const announced = (await logKeys(db)).flatMap(({ vkey }) => {
    const read = parseVkey(vkey, sha256);
    return read.ok ? [read.vkey] : [];
  });
  return [...announced, ...(given.ok ? given.policy.logs : [])];
}

function sizeOf(
  note: string | null | undefined,
  origin: string,
  policy: Policy,
): { size: bigint } | Pick<Unbelieved, 'problem'> | undefined {
  if (!note) return note === null ? { size: 0n } : undefined;
  const checked = checkNote(nodeCrypto, policy, note);
  const fault = checked.ok ? 'other-log' : checked.fault;
  if (checked.ok && checked.checkpoint.origin === origin) return { size: checked.checkpoint.size };
  return { problem: `unverified: the last checkpoint that it shows does not hold (${fault}): it is not believed` };
}
