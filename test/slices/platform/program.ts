import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Keyring } from '#platform/crypto/keys.ts';
import { builtPrograms } from '#support/built-programs.ts';
import { journalEnvironment } from '#support/context-parts.ts';
import { testPort } from '#support/ports.ts';
import type { World } from '#support/world.ts';

export type Program = {
  child: ChildProcess;
  url: string;
  /** All that it wrote. */
  output(): string;
  /** Ends it if need be, and gives its status. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  exit: Promise<number | null>;
};

export type Programs = {
  folder: string;
  /** Starts one; `env` replaces or removes (undefined) variables. */
  start(name: 'server' | 'worker' | 'cli', options?: { env?: NodeJS.ProcessEnv; args?: string[] }): Promise<Program>;
  /** Waits until it answers. */
  serving(program: Program): Promise<void>;
  close(): Promise<void>;
};

/** The programs as they are deployed, built from the sources of now, over the database of a world. */
export async function programsOf(world: World): Promise<Programs> {
  const folder = await builtPrograms();
  const children: Program[] = [];
  return {
    folder,
    async start(name, { env = {}, args = [] } = {}) {
      const port = await testPort();
      const program = run(join(folder, `${name}.js`), args, { ...environmentOf(world, port), ...env }, port);
      children.push(program);
      return program;
    },
    async serving(program) {
      for (;;) {
        const answer = await fetch(`${program.url}/healthz`).catch(() => undefined);
        if (answer?.ok) return;
        if (program.child.exitCode !== null) throw new Error(`it stopped: ${program.output()}`);
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
    },
    async close() {
      await Promise.all(children.map((program) => program.stop('SIGKILL')));
    },
  };
}

function run(file: string, args: string[], env: NodeJS.ProcessEnv, port: number): Program {
  const child = spawn(process.execPath, [file, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      said += String(chunk);
    });
  }
  const exit = once(child, 'close').then(([code]) => code as number | null);
  return {
    child,
    url: `http://127.0.0.1:${port}`,
    output: () => said,
    exit,
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      return exit;
    },
  };
}

export function environmentOf({ ctx: { config, keys }, database }: World, port: number): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    NODE_ENV: 'production',
    PUBLIC_URL: config.publicUrl,
    PORT: String(port),
    DATABASE_URL: database.appUrl,
    ...journalEnvironment(database),
    WORKER_DATABASE_URL: database.workerUrl,
    OWNER_DATABASE_URL: database.ownerUrl,
    ENTREMISE_KEYS: JSON.stringify(keysAsJson(keys)),
    FRANCECONNECT_ISSUER: config.franceconnect.issuer,
    FRANCECONNECT_CLIENT_ID: config.franceconnect.clientId,
    FRANCECONNECT_CLIENT_SECRET: config.franceconnect.clientSecret,
    FRANCECONNECT_OWN_IDP_ID: config.franceconnect.ownIdpId,
    SMTP_URL: config.mail.smtpUrl,
    MAIL_FROM: config.mail.from,
    OPERATOR_NAME: config.operator.name,
    OPERATOR_ADDRESS: config.operator.address,
    OPERATOR_EMAIL: config.operator.email,
    OPERATOR_PHONE: config.operator.phone,
    OPERATOR_PUBLICATION_DIRECTOR: config.operator.publicationDirector,
    OPERATOR_HOSTING: config.operator.hosting,
    OPERATOR_DPO: config.operator.dpo,
  };
}

/** The ring as ENTREMISE_KEYS takes it. */
export function keysAsJson(keys: Keyring) {
  return JSON.parse(
    JSON.stringify(keys, (name, value) => (name === 'secret' ? Buffer.from(value.data).toString('base64url') : value)),
  );
}
