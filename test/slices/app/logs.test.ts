import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { demoPersonas } from '#app/demo/franceconnect/personas.ts';
import { addClient } from '#oidc-provider';
import { addPerson, type TestAidant } from '#support/people.ts';
import { type ConcludeWorld, concludeWorld, deskOf, draft, hidden, mandateOf } from '../mandate/conclude-support.ts';
import { catchUp, FRANCECONNECT, type ProviderWorld } from '../oidc-provider/support.ts';
import { connect, franceconnectClient, redeem, requestOf, tokenRequest, visitorOf } from '../oidc-provider/visitor.ts';
import { type Overheard, overhear } from './overheard.ts';

let world: ConcludeWorld;
let heard: Overheard;
/** Of this test alone: codes serve once, and the clock may not move far from the real time. */
let aidant: TestAidant;

beforeAll(async () => {
  world = await concludeWorld();
  heard = overhear();
  await addClient(world.ctx, {
    clientId: FRANCECONNECT.clientId,
    name: 'FranceConnect',
    sector: 'fcp.example.fr',
    secret: FRANCECONNECT.secret,
    redirectUris: [FRANCECONNECT.redirectUri],
    postLogoutRedirectUris: [FRANCECONNECT.postLogoutUri],
  });
});
afterAll(async () => {
  heard?.stop();
  await world?.close();
});
beforeEach(async () => {
  aidant = await addPerson(world, {
    organisationIds: [world.structure.id],
    firstName: 'Maëlle',
    lastName: 'Quéméneur',
  });
  world.logs.length = 0;
  catchUp(world);
});

/** Names, contacts, numbers and keys of everybody concerned, as they are written on pages and mails. */
async function known(): Promise<string[]> {
  const { db, keys } = world.ctx;
  const aidants = await db.selectFrom('aidant').select(['email', 'firstName', 'lastName']).execute();
  const usagers = await db.selectFrom('usager').selectAll().execute();
  const mandates = await db.selectFrom('mandate').select(['number']).execute();
  const personas = demoPersonas.flatMap(({ identity }) => [identity.family_name, identity.given_name, identity.email]);
  const rings = Object.values(keys).flat() as { secret?: Buffer; d?: string }[];
  return [
    ...aidants.flatMap((row) => Object.values(row)),
    ...usagers.flatMap(({ givenName, familyName, email, birthdate, searchName }) => [
      givenName,
      familyName,
      email,
      birthdate,
      searchName,
    ]),
    ...mandates.map(({ number }) => number),
    ...personas,
    ...rings.map(({ secret, d }) => secret?.toString('base64url') ?? d),
    ...world.mailbox.mails.flatMap(({ text }) => [
      ...(/\/connexion\/lien\/(\S+)/.exec(text)?.slice(1) ?? []),
      ...(/^(\d{4}\s\d{4})$/m.exec(text)?.slice(1) ?? []),
    ]),
    FRANCECONNECT.secret,
    'secret-d-entremise-chez-franceconnect',
  ].filter((value): value is string => typeof value === 'string' && value.length >= 3);
}

/** Fails when a line of the log says one of them, as it is, in JSON, in an address or without its accents. */
async function expectLogsToSayNothing(): Promise<void> {
  // what no request decides has figures of its own, in which six of a code may stand by chance: when, how long, which id
  const log = world.logs
    .map((line) => JSON.stringify({ ...JSON.parse(line), time: 0, id: '', milliseconds: 0 }))
    .join('\n');
  const bare = log.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  const secrets = new Set([...heard.secrets(), ...(await known())]);
  expect(world.logs.length).toBeGreaterThan(3);
  expect(secrets.size).toBeGreaterThan(20);
  for (const secret of secrets) {
    for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]) {
      expect(log.includes(form), `the log says « ${form} »`).toBe(false);
    }
    const simple = secret.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
    if (/[a-z]{4}/.test(simple)) expect(bare.includes(simple), `the log says « ${simple} »`).toBe(false);
  }
  for (const line of world.logs) {
    const entry = JSON.parse(line);
    expect(
      Object.keys(entry).filter((name) =>
        ['hostname', 'pid', 'req', 'res', 'ip', 'url', 'query', 'body'].includes(name),
      ),
    ).toEqual([]);
  }
}

async function logIn() {
  const agent = world.visitor();
  await agent.get('/connexion?suite=%2Fmandats%3Frecherche%3DLef%25C3%25A8vre');
  await agent.post('/connexion', { email: 'inconnue@ccas.example', code: '987654' });
  await agent.post('/connexion', { email: aidant.email, code: '98765' });
  await agent.post('/connexion', { email: aidant.email, code: world.newCode(aidant) });
  await world.runJobs();
  const mail = world.mailbox.mails.at(-1)?.text ?? '';
  const path = new URL(/http\S+\/connexion\/lien\/\S+/.exec(mail)?.[0] ?? '').pathname;
  await agent.post('/connexion/attente', { code: '11112222' });
  await agent.get(path);
  await agent.get(`${path}x`);
  expect((await agent.post(path)).status).toBe(303);
  return agent;
}

describe('the log has a request id and says nothing of', () => {
  test('a login, its failures, a search, a log-out', async () => {
    const agent = await logIn();
    await agent.get('/mandats?recherche=Josette%20Lef%C3%A8vre');
    await agent.post('/structure', { organisation: 'Structure inconnue de Claire' });
    await agent.post('/deconnexion');
    await expectLogsToSayNothing();
    const requests = world.logs.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'request');
    expect(requests.every(({ id }) => /^[0-9a-f]{16}$/.test(id))).toBe(true);
    expect(requests.map(({ method, path, status }) => `${method} ${path} ${status}`)).toContain(
      'GET /connexion/lien/:token 200',
    );
    expect(requests.map(({ path }) => path)).toContain('/mandats');
  });

  test('a mandate concluded, its document, its paper, its stop code, its end', async () => {
    const desk = deskOf(await logIn());
    const { id, page } = await desk.prepare('josette', { themes: ['famille', 'logement'], duration: 'MONTH' });
    await desk.accept(id, page, '111222');
    await desk.accept(id, page, world.newCode(aidant), { ownEmail: '' });
    const mandate = await mandateOf(world, id);
    if (!mandate) throw new Error('no mandate');
    await world.runJobs();
    for (const path of [`/mandats/${mandate.id}/document`, `/usagers/${mandate.usagerId}`, '/mandats'])
      await desk.agent.get(path);
    const printed = await desk.agent.post(`/mandats/${mandate.id}/document/usager`, { exemplaires: 'un' });
    await desk.agent.get(printed.location ?? '');
    await desk.agent.post(`/mandats/${mandate.id}/papier`, {
      paper: 'none',
      reason: 'other',
      note: 'Josette a le bras cassé',
    });
    const anybody = world.visitor();
    await anybody.get(`/verifier/${mandate.number}`);
    await anybody.get('/revoquer');
    await anybody.post('/revoquer', { number: mandate.number, stopCode: 'ABCDE12345' });
    await desk.agent.post(`/mandats/${mandate.id}/fin`, { cause: 'revoked-by-usager', known: 'now' });
    world.mailbox.refusing = true;
    await world.runJobs();
    world.mailbox.refusing = false;
    await expectLogsToSayNothing();
  });

  test('what FranceConnect refuses, answers wrongly or says twice', async () => {
    const desk = deskOf(await logIn());
    const id = await desk.open();
    await desk.choose(id);
    const address = await desk.sayYes(id);
    const back = await desk.person.identify(address, 'josette');
    const forged = new URL(back);
    forged.searchParams.set('code', 'code-force-de-quelqu-un');
    await desk.agent.get(forged.pathname + forged.search);
    await desk.agent.get(back.pathname + back.search);
    await desk.agent.get(
      `/franceconnect/retour?error=server_error&error_description=Josette%20LEF%C3%88VRE&state=${back.searchParams.get('state')}`,
    );
    const page = await desk.agent.get(draft(id, '/accord'));
    await desk.agent.post(
      draft(id, '/accord'),
      { text: hidden(page, 'text'), answer: 'yes' },
      { origin: 'https://evil.example' },
    );
    await expectLogsToSayNothing();
  });

  test('a connection in the name of a person, and what a partner does wrong', async () => {
    const provider = world as unknown as ProviderWorld;
    const desk = deskOf(await logIn());
    const { id, page } = await desk.prepare('josette', { themes: ['famille'], duration: 'MONTH' });
    await desk.accept(id, page, world.newCode(aidant));
    const mandate = await mandateOf(world, id);
    const visitor = visitorOf(world.url);
    for (const [name, value] of desk.agent.cookies) visitor.setCookie(name, value);
    const client = await franceconnectClient(provider);
    const asked = requestOf(client);
    const callback = await connect(visitor, asked, { usagerId: mandate?.usagerId ?? '' });
    await tokenRequest(provider, {
      code: callback.searchParams.get('code') ?? '',
      client_secret: 'un-autre-secret-de-partenaire',
    });
    const tokens = await redeem(client, callback, asked);
    await client.userinfo(tokens);
    await tokenRequest(provider, { code: callback.searchParams.get('code') ?? '' });
    await fetch(`${world.url}/userinfo`, { headers: { authorization: 'Bearer un-jeton-inconnu-de-tous' } });
    await fetch(`${world.url}/authorize?client_id=inconnu&state=un-etat-secret-inconnu`);
    await expectLogsToSayNothing();
  });
});

test('and the check sees a name without its accents, a code in an address, a key', async () => {
  await logIn();
  const quiet = [...world.logs];
  const told = ['quemeneur', aidant.email, world.ctx.keys.data[0].secret.toString('base64url'), heard.secrets().at(-1)];
  for (const one of told) {
    world.logs.splice(0, world.logs.length, ...quiet);
    world.ctx.logger.info({ one });
    await expect(expectLogsToSayNothing()).rejects.toThrow('the log says');
  }
});
