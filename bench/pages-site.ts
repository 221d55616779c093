import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { Agent, type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { openContext } from '#app/context.ts';
import { freePort } from '#app/demo/ports.ts';
import { addAidant, addAuditor, insertAuditorSession, insertSession, LONGEST_SESSION, TERMS_VERSION } from '#identity';
import { registerNode } from '#journal';
import { addOrganisation } from '#organisation';
import { type AppContext, inTransaction } from '#platform/context.ts';
import { randomToken, sha256 } from '#platform/crypto/hashes.ts';
import { makeKeys } from '#platform/crypto/make-keys.ts';
import { openDatabase } from '#platform/db/database.ts';
import { projectRoot } from '#platform/root.ts';
import { after } from '#platform/time/clock.ts';
import { benchJournal } from './bench-journal.ts';

export type PagesSite = {
  ctx: AppContext;
  organisationId: string;
  aidantId: string;
  /** Starts the server as `npm start` does, in a process of its own. */
  serve(): Promise<void>;
  /** Milliseconds until the last byte of a page, over a connection that stays open. Throws unless it is there. */
  time(path: string): Promise<number>;
  /** The HTML of a page. Throws unless it is there. */
  html(path: string): Promise<string>;
  /** The most memory that the server's process has held, in MiB; Linux only, else undefined. */
  peakMemory(): Promise<number | undefined>;
  close(): Promise<void>;
};

/** A structure, and an aidant or an auditor who is logged in, on an empty database. */
export async function pagesSite({
  appUrl,
  superuserUrl,
  readerUrl = appUrl, // aidants' pages read no leaf
  door = 'aidant',
  fill = async () => undefined,
}: Record<'appUrl' | 'superuserUrl', string> & {
  readerUrl?: string;
  door?: 'aidant' | 'auditeur';
  /** What is done before there is a structure. */
  fill?(ctx: AppContext): Promise<unknown>;
}): Promise<PagesSite> {
  const env = await environment({ appUrl, readerUrl, port: await freePort() });
  const { ctx, close } = openContext(env, 'app');
  const superuser = openDatabase(superuserUrl, { max: 1, onError: () => undefined });
  await registerNode(ctx, superuser);
  await superuser.destroy();
  await fill(ctx);
  const who = await addPeople(ctx);
  const cookie = door === 'aidant' ? await logIn(ctx, who) : await logInAuditor(ctx);
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  let server: ChildProcess | undefined;
  return {
    ctx,
    ...who,
    async serve() {
      server = spawn(process.execPath, await startArguments(), {
        cwd: projectRoot(),
        env: { ...env, NODE_ENV: 'production', PATH: process.env.PATH },
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      await untilReady(ctx.config.publicUrl);
    },
    time: (path) => timed({ url: ctx.config.publicUrl + path, cookie, agent }),
    async html(path) {
      const response = await fetch(ctx.config.publicUrl + path, { headers: { cookie }, redirect: 'error' });
      if (response.status !== 200) throw new Error(`${path}: ${response.status}`);
      return response.text();
    },
    peakMemory: () => peakMemoryOf(server?.pid ?? 0),
    async close() {
      agent.destroy();
      await stopped(server);
      await close();
    },
  };
}

async function environment(given: {
  appUrl: string;
  readerUrl: string;
  port: number;
}): Promise<Record<string, string>> {
  const { appUrl, readerUrl, port } = given;
  return {
    DATABASE_URL: appUrl,
    READER_DATABASE_URL: readerUrl,
    ...benchJournal(),
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    PORT: String(port),
    ENTREMISE_KEYS: JSON.stringify(await makeKeys('bench-pages')),
    FRANCECONNECT_ISSUER: 'http://localhost:9/api/v2',
    FRANCECONNECT_CLIENT_ID: 'bench',
    FRANCECONNECT_CLIENT_SECRET: 'x'.repeat(32),
    FRANCECONNECT_OWN_IDP_ID: 'entremise',
    SMTP_URL: 'smtp://127.0.0.1:9',
    MAIL_FROM: 'bench@entremise.example',
    OPERATOR_NAME: 'Mesures',
    OPERATOR_ADDRESS: '1 place de la Mairie, 62000 Arras',
    OPERATOR_EMAIL: 'aide@entremise.example',
    OPERATOR_PHONE: '03 21 00 00 00',
    OPERATOR_PUBLICATION_DIRECTOR: 'Mesures',
    OPERATOR_HOSTING: 'Mesures, Arras',
    OPERATOR_DPO: 'dpo@entremise.example',
  };
}

async function addPeople(ctx: AppContext): Promise<{ organisationId: string; aidantId: string }> {
  const added = await addOrganisation(ctx, {
    ...{ name: 'Grande ville', type: 'ccas', siret: '13002526500013', phone: '03 21 50 50 50' },
    ...{
      address: '6 place des Héros',
      zipCode: '62000',
      city: 'Arras',
      departement: '62',
      email: 'ccas@arras.example',
    },
  });
  if (!added.ok) throw new Error(JSON.stringify(added.errors));
  const organisationId = added.organisation.id;
  const person = { firstName: 'Amina', lastName: 'Berrada', email: 'amina@ccas.example' };
  const aidant = await addAidant(ctx, { ...person, organisationIds: [organisationId] });
  if (!aidant.ok) throw new Error(JSON.stringify(aidant.errors));
  const terms = { termsVersion: TERMS_VERSION, termsAcceptedAt: ctx.clock.now() };
  await ctx.db.updateTable('aidant').set(terms).where('id', '=', aidant.aidantId).execute();
  return { organisationId, aidantId: aidant.aidantId };
}

async function logIn(ctx: AppContext, who: { aidantId: string; organisationId: string }): Promise<string> {
  const id = randomToken();
  const now = ctx.clock.now();
  const session = { ...who, cookieHash: sha256(id), now, factorAt: now, expiresAt: after(now, LONGEST_SESSION) };
  await inTransaction(ctx, (trx) => insertSession(trx, session));
  return `entremise-aidant=${id}`;
}

async function logInAuditor(ctx: AppContext): Promise<string> {
  const person = { email: 'audit@controle.example', firstName: 'Hélène', lastName: 'Vasseur' };
  const added = await addAuditor(ctx, person);
  if (!added.ok) throw new Error(JSON.stringify(added.errors));
  const { auditorId } = added;
  const id = randomToken();
  const now = ctx.clock.now();
  const session = { auditorId, cookieHash: sha256(id), now, factorAt: now, expiresAt: after(now, LONGEST_SESSION) };
  await inTransaction(ctx, (trx) => insertAuditorSession(trx, session));
  return `entremise-auditeur=${id}`;
}

/** What `npm start` gives to node: its limits on memory count. */
async function startArguments(): Promise<string[]> {
  const { scripts } = JSON.parse(await readFile(join(projectRoot(), 'package.json'), 'utf8'));
  const command = /\bnode (.+)$/.exec(scripts.start)?.[1];
  if (!command) throw new Error(`how does « ${scripts.start} » start the server?`);
  return command.split(' ');
}

async function untilReady(url: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the server is not ready after 10 s');
}

async function timed({ url, cookie, agent }: { url: string; cookie: string; agent: Agent }): Promise<number> {
  const start = performance.now();
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(url, { agent, headers: { cookie } }, resolve).on('error', reject).end();
  });
  for await (const _chunk of response);
  if (response.statusCode !== 200) throw new Error(`${url}: ${response.statusCode} ${response.headers.location ?? ''}`);
  return performance.now() - start;
}

async function peakMemoryOf(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kibibytes = /VmHWM:\s+(\d+) kB/.exec(status)?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) / 1024;
}

async function stopped(server: ChildProcess | undefined): Promise<void> {
  if (!server || server.exitCode !== null) return;
  const gone = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  await gone;
}
