import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Keyring } from '#platform/crypto/keys.ts';
import { builtPrograms } from '#support/built-programs.ts';
import { journalEnvironment } from '#support/context-parts.ts';
import { testPort } from '#support/ports.ts';
import type { World } from '#support/world.ts';

export type ServerProcess = { url: string; stop(): Promise<void> };

/** `npm start`, as many times as asked, each in a process of its own, over the database and under the name of a world. */
export async function startServers(
  world: World,
  count: number,
): Promise<{ servers: ServerProcess[]; stop(): Promise<void> }> {
  const folder = await builtPrograms();
  const servers = await Promise.all(Array.from({ length: count }, () => startServer(world, join(folder, 'server.js'))));
  return {
    servers,
    async stop() {
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}

async function startServer(world: World, program: string): Promise<ServerProcess> {
  const port = await testPort();
  const child = spawn(process.execPath, [program], {
    env: environmentOf(world, port),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const url = `http://127.0.0.1:${port}`;
  await untilAlive(child, url);
  return {
    url,
    async stop() {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

async function untilAlive(child: ChildProcess, url: string): Promise<void> {
  let said = '';
  child.stderr?.on('data', (chunk) => {
    said += String(chunk);
  });
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the server stopped: ${said}`);
    const alive = await fetch(`${url}/healthz`).catch(() => undefined);
    if (alive?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function environmentOf({ ctx: { config, keys }, database }: World, port: number): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    NODE_ENV: 'production',
    PUBLIC_URL: config.publicUrl,
    PORT: String(port),
    DATABASE_URL: database.appUrl,
    ...journalEnvironment(database),
    WORKER_DATABASE_URL: database.workerUrl,
    ENTREMISE_KEYS: JSON.stringify(asJson(keys)),
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
    OPERATOR_PUBLICATION_DIRECTOR: 'Directrice d’essai',
    OPERATOR_HOSTING: 'Hébergeur d’essai, 62000 Arras',
    OPERATOR_DPO: 'dpo@entremise.example',
    LOG_LEVEL: 'error',
  };
}

/** The ring as ENTREMISE_KEYS takes it. */
function asJson(keys: Keyring) {
  const written = Object.entries(keys).map(([name, ring]) => [
    name,
    ring.map((key: object) =>
      'secret' in key ? { ...key, secret: (key.secret as Buffer).toString('base64url') } : key,
    ),
  ]);
  return Object.fromEntries(written);
}
