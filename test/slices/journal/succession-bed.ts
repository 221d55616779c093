import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { runCli } from '#app/cli/run-cli.ts';
import { LOGS, type LogName, mirror, parseSigningKey, policyText, publish } from '#journal';
import { checkpointText, formatNote } from '#journal/verify';
import { type Config, readConfig, readSealing, type Sealing } from '#platform/config/config.ts';
import type { Environment } from '#platform/config/variables.ts';
import type { AppContext } from '#platform/context.ts';
import { systemClock } from '#platform/time/clock.ts';
import { testPort } from '#support/ports.ts';
import { cosignNote, signNote } from '../../../src/journal/witness/signing-key.ts';
import { newLogKey, type Program, programs, serviceEnvironment, twoWitnesses } from './programs.ts';
import { type Bed, makeBed, sealAll, sizeOf, until } from './seal-bed.ts';

export const ORIGIN = 'journal.entremise.test';

type Name = 'signer' | 'un' | 'deux';
export type Ran = { status: number; out: string[]; said: string };

/** A journal on a cluster of its own, with a signer and two witnesses that are processes and can be begun again. */
export type SuccessionBed = {
  bed: Bed;
  folder: string;
  mirror: string;
  /** The environment of the operator's commands, as it is now. */
  env: Environment;
  journal(): Config['journal'];
  sealing(): Sealing;
  /** The context of a program that starts now. */
  program(role?: 'worker' | 'owner'): AppContext;
  cli(args: readonly string[], more?: Environment): Promise<Ran>;
  /** Seals, mirrors, signs and publishes whatever is written. */
  settle(...logs: LogName[]): Promise<void>;
  policy(): Promise<string>;
  notes(log: LogName): Promise<{ size: number; note: string }[]>;
  /** A checkpoint of this log as the key that signs it now and both witnesses would sign it. */
  signed(log: LogName, checkpoint: { size: bigint; root: Uint8Array }): string;
  /** A key for this log in place of the last one, with signer and witnesses told and begun; it is not announced. */
  newKey(log: LogName, privateKey: string, publicKey: string): Promise<void>;
  close(): Promise<void>;
};

export async function makeSuccessionBed(): Promise<SuccessionBed> {
  const bed = await makeBed();
  const all = await programs();
  const folder = await mkdtemp(join(tmpdir(), 'entremise-succession-'));
  const witnesses = await twoWitnesses(folder);
  const signer = await testPort();
  const keys = new Map<LogName, { privateKey: string; publicKey: string }>();
  for (const log of LOGS) {
    const { text, key } = newLogKey(`${ORIGIN}/${log}`);
    keys.set(log, { privateKey: text, publicKey: key.vkey.text });
  }
  const env: Environment = {
    ...serviceEnvironment(bed.cluster, { keys: bed.keysText, publicUrl: 'http://localhost:3000' }),
    JOURNAL_ORIGIN: ORIGIN,
    JOURNAL_WITNESSES: witnesses.file,
    JOURNAL_SIGNER_URL: `http://127.0.0.1:${signer}`,
    JOURNAL_SIGNER_TOKEN: 'x'.repeat(40),
    JOURNAL_MIRROR: join(folder, 'mirror'),
  };
  const running: Program[] = [];
  const environments = (): Record<Name, Record<string, string>> => ({
    signer: {
      SIGNER_KEYS: [...keys.values()].map(({ privateKey }) => privateKey).join(),
      SIGNER_TOKEN: 'x'.repeat(40),
      SIGNER_STATE: join(folder, 'signer'),
      PORT: String(signer),
    },
    ...witnesses.environments,
  });
  /** Ends them, begins what is new to them, starts them again. */
  async function begin(): Promise<void> {
    await Promise.all(running.splice(0).map((program) => program.end('SIGTERM')));
    await writeFile(witnesses.logs, [...keys.values()].map(({ publicKey }) => `log ${publicKey}\n`).join(''));
    const started = Object.entries(environments()).map(async ([name, environment]) => {
      const program = name === 'signer' ? 'signer' : 'witness';
      const begun = await all.run(program, environment, ['--init']);
      if (begun.status !== 0) throw new Error(begun.output);
      const again = all.start(program, environment);
      await again.url();
      return again;
    });
    running.push(...(await Promise.all(started)));
  }
  const service: SuccessionBed = {
    ...{ bed, folder, env, mirror: join(folder, 'mirror') },
    journal: () => readConfig(env).config.journal,
    sealing: () => ({ ...readSealing(env), checkpointEvery: 0 }),
    program(role = 'worker') {
      const ctx = bed.another(role);
      return { ...ctx, config: { ...ctx.config, journal: service.journal() } };
    },
    async cli(args, more = {}) {
      const [out, said]: [string[], string[]] = [[], []];
      const io = {
        env: { ...env, ...more },
        out: (line: string) => out.push(line),
        say: (line: string) => said.push(line),
      };
      return { status: await runCli(args, io), out, said: said.join('\n') };
    },
    async settle(...logs) {
      const ctx = service.program();
      for (const log of logs.length > 0 ? logs : LOGS) await settle(ctx, log, service.sealing());
    },
    policy: () => policyText(service.program()),
    async notes(log) {
      const { rows } = await sql<{ size: number; note: string }>`
        select size, note from journal.publication where log_id = ${LOGS.indexOf(log) + 1} order by size`.execute(
        bed.superuser,
      );
      return rows;
    },
    signed(log, checkpoint) {
      const key = parseSigningKey(keys.get(log)?.privateKey ?? '');
      const text = checkpointText({ origin: key.vkey.name, ...checkpoint });
      const cosigned = Object.values(witnesses.keys).map((one) => cosignNote(one, text, systemClock.now()));
      return formatNote(text, [signNote(key, text), ...cosigned]);
    },
    async newKey(log, privateKey, publicKey) {
      keys.set(log, { privateKey, publicKey });
      await begin();
    },
    async close() {
      await all.close();
      await rm(folder, { recursive: true, force: true });
      await bed.close();
    },
  };
  await begin();
  const vkeys = [...keys.values()].flatMap(({ publicKey }) => ['--key', publicKey]);
  const announced = await service.cli(['journal', 'announce-keys', ...vkeys]);
  if (announced.status !== 0) throw new Error(announced.said);
  return service;
}

async function settle(ctx: AppContext, log: LogName, sealing: Sealing): Promise<void> {
  await sealAll(ctx, log);
  const mirrored = await mirror(ctx, log, sealing.mirror);
  if ('refused' in mirrored) throw new Error(mirrored.refused);
  await until(async () => {
    await publish(ctx, log, sealing, mirrored.size);
    return (await sizeOf(ctx.db, log, 'publication')) === mirrored.size;
  });
}
