import { rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runCli } from '#app/cli/run-cli.ts';
import {
  cosignedElsewhere,
  knownSizes,
  LOGS,
  type LogName,
  mirror,
  publish,
  type Reconciled,
  reconcile,
  sealingProblem,
} from '#journal';
import type { Sealing } from '#platform/config/config.ts';
import type { AppContext } from '#platform/context.ts';
import { type Bed, headsOf, makeBed, type Sealed, sealAll, sealedOf, sealingOf, sizeOf, until } from './seal-bed.ts';

type Said = { status: number; said: string; out: string[] };

/** A cluster of its own with a signer, two witnesses and a mirror, as a restore needs them: what outlives the database. */
export type SealedService = {
  bed: Bed;
  sealing: Sealing;
  /** Gives a context the witnesses of the bed. */
  like(ctx: AppContext): AppContext;
  /** Both logs sealed, mirrored, signed, cosigned, published; by a program of its own. */
  settle(ctx?: AppContext): Promise<void>;
  /** Why a log may not be sealed, as a worker asks at its start. */
  problemOf(log: LogName): Promise<string | undefined>;
  putBack(log: LogName, change?: { whole?: boolean; mirror?: string }): Promise<Reconciled | { refused: string }>;
  /** What must be as before whatever happened: every leaf and the last head. */
  treeOf(log: LogName): Promise<{ leaves: Sealed[]; last: { size: bigint; root: Buffer } | undefined }>;
  /** A backup of the server's files, from which it goes on. */
  backUp(): Promise<string>;
  /** Everything since that backup is lost, as when a disk is. */
  takeBack(backup: string): Promise<void>;
  /** As an operator types it, on this database or another one. */
  cli(args: string[], where?: Bed): Promise<Said>;
  close(): Promise<void>;
};

export async function makeSealedService(): Promise<SealedService> {
  const bed = await makeBed();
  const sealing = await sealingOf(bed);
  const like = (ctx: AppContext) => {
    ctx.config.journal = bed.ctx.config.journal;
    return ctx;
  };
  return {
    ...{ bed, sealing, like },
    settle: (ctx = like(bed.another())) => settle(ctx, sealing),
    async problemOf(log) {
      const ctx = like(bed.another());
      const known = await knownSizes(ctx, log, sealing);
      return 'refused' in known ? known.refused : sealingProblem(ctx, log, known);
    },
    async putBack(log, change = {}) {
      const ctx = like(bed.another('owner'));
      const [cosigned, known] = await Promise.all([
        cosignedElsewhere(ctx, log, sealing),
        knownSizes(ctx, log, sealing),
      ]);
      if ('refused' in cosigned) throw new Error(cosigned.refused);
      if ('refused' in known) throw new Error(known.refused);
      return reconcile(ctx, log, { mirror: sealing.mirror, cosigned, known, ...change });
    },
    async treeOf(log) {
      const leaves = await sealedOf(bed.superuser, log);
      return { leaves, last: (await headsOf(bed.superuser, log)).at(-1) };
    },
    async backUp() {
      await bed.cluster.halt('fast');
      const backup = await bed.cluster.backUp();
      await resume(bed);
      return backup;
    },
    async takeBack(backup) {
      await bed.cluster.halt('immediate');
      await bed.cluster.takeBack(backup);
      await resume(bed);
    },
    cli: (args, where = bed) => cli(args, { bed, sealing, where }),
    async close() {
      await bed.close();
      await rm(dirname(sealing.mirror), { recursive: true, force: true });
    },
  };
}

/** Until each pool of the bed has found out that its connections are gone. */
async function resume(bed: Bed): Promise<void> {
  await bed.cluster.resume();
  for (const db of [bed.superuser, bed.app, bed.ctx.db])
    await until(async () => (await sizeOf(db, 'actes', 'tree_head').catch(() => undefined)) !== undefined);
}

async function settle(ctx: AppContext, sealing: Sealing): Promise<void> {
  for (const log of LOGS) {
    await sealAll(ctx, log);
    const mirrored = await mirror(ctx, log, sealing.mirror);
    if ('refused' in mirrored) throw new Error(mirrored.refused);
    await until(async () => {
      await publish(ctx, log, { ...sealing, checkpointEvery: 0 }, mirrored.size);
      return (await sizeOf(ctx.db, log, 'publication')) === mirrored.size;
    });
  }
}

async function cli(args: string[], { bed, sealing, where }: { bed: Bed; sealing: Sealing; where: Bed }): Promise<Said> {
  const said: string[] = [];
  const out: string[] = [];
  const witnesses = join(dirname(sealing.mirror), 'witnesses.txt');
  await writeFile(witnesses, bed.ctx.config.journal.witnesses);
  const url = 'http://localhost:9';
  const { ownerUrl, workerUrl } = where.cluster;
  const env = {
    ...{ PUBLIC_URL: url, OWNER_DATABASE_URL: ownerUrl, WORKER_DATABASE_URL: workerUrl },
    ...{ ENTREMISE_KEYS: bed.keysText, LOG_LEVEL: 'silent' },
    ...{ FRANCECONNECT_ISSUER: `${url}/api/v2`, FRANCECONNECT_CLIENT_ID: 'x', FRANCECONNECT_OWN_IDP_ID: 'x' },
    ...{ FRANCECONNECT_CLIENT_SECRET: 'x'.repeat(40) },
    ...{ SMTP_URL: 'smtp://127.0.0.1:9', MAIL_FROM: 'a@entremise.example' },
    ...{ JOURNAL_ORIGIN: bed.ctx.config.journal.origin, JOURNAL_WITNESSES: witnesses, JOURNAL_MIRROR: sealing.mirror },
    ...{ JOURNAL_SIGNER_URL: sealing.signerUrl, JOURNAL_SIGNER_TOKEN: sealing.signerToken },
    ...{ OPERATOR_NAME: 'Essai', OPERATOR_ADDRESS: '1 place', OPERATOR_EMAIL: 'a@entremise.example' },
    ...{ OPERATOR_PHONE: '0321', OPERATOR_PUBLICATION_DIRECTOR: 'Jeanne', OPERATOR_HOSTING: 'Ailleurs' },
    ...{ OPERATOR_DPO: 'a@entremise.example' },
  };
  const status = await runCli(args, { env, out: (line) => out.push(line), say: (line) => said.push(line) });
  return { status, said: said.join('\n'), out };
}
