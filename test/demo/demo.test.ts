import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { chown, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { removeCluster } from '#app/demo/cluster.ts';
import { userOf } from '#app/demo/cluster-home.ts';
import { assertPortFree } from '#app/demo/ports.ts';
import { asRoot, query } from './cluster-tools.ts';
import { runJournalCommands } from './demo-commands.ts';
import { expectActsPublished, expectMonitors, followActs, sealingIsWell } from './demo-journal.ts';
import { type Demo, type Demos, demos, gone, pause, postmasterOf } from './demo-process.ts';

// first starts, on a machine that may be busy
vi.setConfig({ testTimeout: 480_000 });

let all: Demos;
/** Closed to everybody else, as the folder of a person’s account may be. */
let data: string;
let other: string;

beforeAll(async () => {
  all = await demos();
  data = await mkdtemp(join(tmpdir(), 'entremise-demo-'));
  other = await mkdtemp(join(tmpdir(), 'entremise-demo-'));
});
afterAll(async () => {
  await all?.close();
  for (const folder of [data, other]) {
    await removeCluster(join(folder, 'postgres'));
    await rm(folder, { recursive: true, force: true });
  }
});

const organisations = (url: string) =>
  query<{ name: string }>(url, 'select name from organisation order by name').then((rows) =>
    rows.map(({ name }) => name),
  );
const countOf = async (url: string, table: string) => {
  const [row] = await query<{ count: string }>(url, `select count(*) from ${table}`);
  return Number(row?.count);
};
/** Entries of the journal, but for the alerts: the worker raises them every five minutes, whatever the minute is. */
const ENTRIES = `journal.entry e where not exists (
  select from journal.entry_index i where i.id = e.id and i.kind = 'alert.raised')`;
const SEEDED = ['CCAS de Bapaume', 'France Services d’Arras', 'Médiathèque d’Ajaccio'];
const SIRET = '21620041400011';

async function expectAllFree({ ports }: Demo): Promise<void> {
  for (const [name, port] of Object.entries(ports)) await assertPortFree(Number(port), name);
}

// One set of data for what follows, in this order.
describe('the demonstration', () => {
  let first: Demo;
  let postmaster: number;

  test('starts from nothing, describes itself for other programs, and everything it names answers', async () => {
    first = await all.start(data);
    const { world, seconds } = await first.ready();
    console.log(`first start: ${seconds.toFixed(1)} s (budget 15)`);
    postmaster = await postmasterOf(world.databases.superuser);
    expect(statSync(join(data, 'demo.json')).mode & 0o777).toBe(0o600);
    expect(statSync(join(data, 'secrets.json')).mode & 0o777).toBe(0o600);
    expect(Object.keys(world).sort()).toEqual(['accounts', 'clients', 'databases', 'journal', 'personas', 'urls']);
    const { urls, accounts, personas, clients, databases } = world;
    expect(urls).toEqual({
      app: `http://localhost:${first.ports.PORT}`,
      franceconnect: `http://localhost:${first.ports.FRANCECONNECT_PORT}`,
      franceconnectIssuer: `http://localhost:${first.ports.FRANCECONNECT_PORT}/api/v2`,
      portals: [`http://localhost:${first.ports.PORTAL_PORT}`, `http://localhost:${first.ports.OTHER_PORTAL_PORT}`],
      mail: `http://localhost:${first.ports.MAIL_PORT}`,
      smtp: `smtp://127.0.0.1:${first.ports.SMTP_PORT}`,
    });
    expect(accounts.map(({ role }) => role)).toEqual([...Array(6).fill('aidant'), ...Array(3).fill('auditeur')]);
    for (const account of accounts) {
      expect(Object.keys(account)).toEqual(expect.arrayContaining(['role', 'email', 'totpSecret', 'organisation']));
    }
    expect(personas.length).toBeGreaterThanOrEqual(12);
    for (const client of [clients.relyingParty, clients.identityProviderClient, ...clients.portals]) {
      expect(client.clientSecret?.length).toBeGreaterThan(31);
    }
    expect(await (await fetch(`${urls.app}/readyz`)).text()).toBe('ready\n');
    for (const url of [urls.app, ...urls.portals, urls.mail]) expect((await fetch(url)).status, url).toBe(200);
    const discovery = await (await fetch(`${urls.franceconnectIssuer}/.well-known/openid-configuration`)).json();
    expect(discovery.issuer).toBe(urls.franceconnectIssuer);
    expect((await (await fetch(`${urls.app}/.well-known/openid-configuration`)).json()).issuer).toBe(urls.app);
    expect(await (await fetch(`${urls.mail}/messages`)).json()).toEqual([]);
    for (const [role, url] of Object.entries(databases)) {
      const [row] = await query<{ role: string }>(url, 'select current_user as role');
      expect(row?.role).toBe(role === 'superuser' ? 'postgres' : `entremise_${role}`);
    }
    expect(await organisations(databases.owner)).toEqual(SEEDED);
    expect(await countOf(databases.owner, 'usager')).toBe(200);
    expect(await countOf(databases.superuser, "graphile_worker.jobs where task_identifier like 'send-%'")).toBe(0);
    for (const account of accounts) expect(first.output()).toContain(account.totpSecret);
  });

  test('the acts of the seed are sealed, cosigned by two of two and published: a C2SP client follows them', async () => {
    const { world } = await first.ready();
    const ready = performance.now();
    await expectActsPublished(world);
    console.log(`the seed is published ${((performance.now() - ready) / 1000).toFixed(1)} s after ready (budget 15)`);
    await expectMonitors(world);
  });

  test('gives the code of an account, and an aidant begins to log in with it: the mail arrives', async () => {
    const { world } = await first.ready();
    const email = world.accounts[0]?.email ?? '';
    const { status, output } = await all.cli(data, ['demo', 'code', email]);
    expect([status, output]).toEqual([0, expect.stringMatching(/^\d{6}\n$/)]);
    const page = await fetch(`${world.urls.app}/connexion`);
    const csrf = /name="_csrf" value="([^"]+)"/.exec(await page.text())?.[1] ?? '';
    const answer = await fetch(`${world.urls.app}/connexion`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie: page.headers.getSetCookie()[0]?.split(';')[0] ?? '', origin: world.urls.app },
      body: new URLSearchParams({ _csrf: csrf, email, code: output.trim(), suite: '' }),
    });
    expect(answer.headers.get('location')).toBe('/connexion/attente');
    type Message = { to: string; subject: string; text: string; links: string[] };
    // the worker has its own mails to send meanwhile: mandates of the seed end
    let mail: Message | undefined;
    while (!mail) {
      const messages = (await (await fetch(`${world.urls.mail}/messages`)).json()) as Message[];
      mail = messages.find(({ to }) => JSON.stringify(to).includes(email));
      await pause();
    }
    expect(mail).toMatchObject({ subject: expect.any(String), text: expect.stringContaining('connexion') });
    expect(mail.links.some((link) => link.startsWith(`${world.urls.app}/connexion/lien/`))).toBe(true);
  });

  test('every command « journal … » runs on it with --demo, and nothing else to configure', async () => {
    const { world } = await first.ready();
    expect(statSync(join(data, 'demo.env')).mode & 0o777).toBe(0o600);
    await runJournalCommands(world, data);
    // as a person types it, with an environment that says something else
    const env = { OWNER_DATABASE_URL: 'postgres://nobody@127.0.0.1:1/x', JOURNAL_ORIGIN: 'autre.example' };
    const { status, output } = await all.cli(data, ['--demo', 'journal', 'announce-keys', '--key', 'x'], env);
    expect([status, output]).toEqual([1, expect.stringContaining('ce n’est pas une clé publique')]);
  });

  test('a second one on the same data is refused with a sentence, even to start over; the first goes on untouched', async () => {
    const before = {
      text: readFileSync(join(data, 'demo.json'), 'utf8'),
      at: statSync(join(data, 'demo.json')).mtimeMs,
    };
    const files = await readdir(data);
    for (const args of [[], ['--reset']]) {
      const second = await all.start(data, { args });
      expect(await second.exit).toBe(1);
      expect(second.output()).toMatch(/already|déjà/);
      expect(second.output()).not.toMatch(/ {4}at /);
      await expectAllFree(second);
    }
    expect({
      text: readFileSync(join(data, 'demo.json'), 'utf8'),
      at: statSync(join(data, 'demo.json')).mtimeMs,
    }).toEqual(before);
    expect(await readdir(data)).toEqual(files);
    expect((await fetch(`http://localhost:${first.ports.PORT}/readyz`)).status).toBe(200);
  });

  test('killed, then started again: quickly, with its data, what was added by hand and what was signed included', async () => {
    const { world } = await first.ready();
    const added = await all.cli(data, ['--demo', ...addedOrganisation]);
    expect(added.status, added.output).toBe(0);
    const signed = await expectActsPublished(world);
    const kept = await countOf(world.databases.superuser, ENTRIES);
    await first.end('SIGKILL');
    expect(existsSync(join(data, 'demo.json'))).toBe(true);
    first = await all.start(data, { env: first.ports });
    while (!first.output().includes('Ctrl-C')) {
      if (first.child.exitCode !== null) throw new Error(first.output());
      await pause();
    }
    const again = await first.ready();
    console.log(`start on known data, after a kill: ${again.seconds.toFixed(1)} s (budget 5)`);
    expect(await organisations(again.world.databases.owner)).toEqual([...SEEDED, 'Mairie ajoutée à la main'].sort());
    expect(await countOf(again.world.databases.superuser, ENTRIES)).toBe(kept);
    expect((await followActs(again.world)).leafHashes.slice(0, signed.size)).toEqual(signed.leafHashes);
    await sealingIsWell(again.world);
    await gone(postmaster);
    postmaster = await postmasterOf(again.world.databases.superuser);
  });

  test('Ctrl-C stops everything: no PostgreSQL, no port, no demo.json; the data stay', async () => {
    expect(await first.end('SIGINT')).toBe(0);
    expect(first.output()).toContain('Arrêt en cours');
    expect(first.output()).not.toMatch(/ {4}at |rror/);
    await gone(postmaster);
    await expectAllFree(first);
    for (const name of ['demo.json', 'demo.env']) expect(existsSync(join(data, name))).toBe(false);
    expect(existsSync(join(data, 'filled'))).toBe(true);
    const away = await all.cli(data, ['--demo', 'journal', 'check']);
    expect([away.status, away.output]).toEqual([1, expect.stringContaining('npm run demo')]);
  });

  test('when PostgreSQL stops by itself, it says so and ends with status 1', async () => {
    first = await all.start(data);
    const { world, seconds } = await first.ready();
    console.log(`start on known data: ${seconds.toFixed(1)} s (budget 5)`);
    expect(await organisations(world.databases.owner)).toHaveLength(4);
    process.kill(await postmasterOf(world.databases.superuser), 'SIGQUIT');
    expect(await first.exit).toBe(1);
    expect(first.output()).toContain('PostgreSQL s’est arrêté');
    expect(existsSync(join(data, 'demo.json'))).toBe(false);
    await expectAllFree(first);
  });

  test('--reset starts over, with other secrets', async () => {
    const before = await readFile(join(data, 'secrets.json'), 'utf8');
    first = await all.start(data, { args: ['--reset'] });
    const { world } = await first.ready();
    expect(await organisations(world.databases.owner)).toEqual(SEEDED);
    expect(await readFile(join(data, 'secrets.json'), 'utf8')).not.toBe(before);
    expect(await first.end('SIGTERM')).toBe(0);
  });
});

const addedOrganisation = [
  ...['organisation', 'add', '--name', 'Mairie ajoutée à la main', '--type', 'cias', '--siret', SIRET],
  ...['--address', '1 place de la Mairie', '--zip-code', '62000', '--city', 'Arras', '--departement', '62'],
  ...['--phone', '03 21 50 50 50', '--email', 'mairie@arras.example'],
];

// Another set of data. As root, it is an ordinary user's from here on.
describe('a first start that is troubled', () => {
  const ordinary = asRoot ? userOf(readFileSync('/etc/passwd', 'utf8'), ['nobody', 'daemon']) : undefined;
  // in a checkout that only its owner can enter, there is no demonstration for anybody else
  const user =
    ordinary && !spawnSync(process.execPath, ['--version'], { uid: ordinary.uid, gid: ordinary.gid }).error
      ? ordinary
      : undefined;
  beforeAll(async () => {
    if (user) await chown(other, user.uid, user.gid);
  });

  test.each(['PORT', 'POSTGRES_PORT'])(
    '%s taken: said with the port and its variable, and nothing is left running',
    async (name) => {
      const program = createServer().listen(0, '127.0.0.1');
      await new Promise((resolve) => program.once('listening', resolve));
      const port = String((program.address() as { port: number }).port);
      const demo = await all.start(other, { env: { [name]: port }, user });
      expect(await demo.exit).toBe(1);
      expect(demo.output()).toContain(port);
      expect(demo.output()).toContain(name);
      expect(demo.output()).not.toMatch(/ {4}at /);
      await new Promise((resolve) => program.close(resolve));
      await expectAllFree(demo);
      expect(existsSync(join(other, 'demo.json'))).toBe(false);
    },
  );

  test('a port that is none is refused at once', async () => {
    const demo = await all.start(other, { env: { PORT: 'trois mille' }, user });
    expect(await demo.exit).toBe(1);
    expect(demo.output()).toContain('PORT is not a port: trois mille');
  });

  /** One whose filling has begun and is not over; what was seen too late is begun again. */
  async function inTheMiddle(): Promise<Demo> {
    for (let args: string[] = []; ; args = ['--reset']) {
      const demo = await all.start(other, { args, user });
      while (!(await hasBegun(demo))) {
        if (demo.child.exitCode !== null) throw new Error(demo.output());
        await pause();
      }
      if (!existsSync(join(other, 'filled'))) return demo;
      await demo.end('SIGINT');
    }
  }

  async function hasBegun({ ports }: Demo): Promise<boolean> {
    try {
      const { superuserPassword } = JSON.parse(readFileSync(join(other, 'secrets.json'), 'utf8'));
      const url = `postgres://postgres:${superuserPassword}@127.0.0.1:${ports.POSTGRES_PORT}/entremise`;
      return (await countOf(url, 'mandate')) > 5;
    } catch {
      return false;
    }
  }

  test('stopped in the middle of the first filling, by Ctrl-C then killed: the next start fills all of it', async () => {
    const stopped = await inTheMiddle();
    expect(await stopped.end('SIGINT')).toBe(0);
    expect(stopped.output()).not.toMatch(/ {4}at /);
    await expectAllFree(stopped);
    const killed = await inTheMiddle();
    await killed.end('SIGKILL');
    const demo = await all.start(other, { user });
    const { world } = await demo.ready();
    expect(await organisations(world.databases.owner)).toEqual(SEEDED);
    expect(await countOf(world.databases.owner, 'usager')).toBe(200);
    if (user) expect(statSync(`/proc/${await postmasterOf(world.databases.superuser)}`).uid).toBe(user.uid);
    expect((await fetch(`${world.urls.app}/readyz`)).status).toBe(200);
    expect(await demo.end('SIGINT')).toBe(0);
  });
});
