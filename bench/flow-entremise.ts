import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import pg from 'pg';
import { createApp } from '#app/app.ts';
import { wire } from '#app/wiring.ts';
import { sealSnapshot } from '#consent';
import { addAidant, insertSession, LONGEST_SESSION, TERMS_VERSION } from '#identity';
import { registerNode } from '#journal';
import { addClient } from '#oidc-provider';
import { addOrganisation } from '#organisation';
import { readConfig } from '#platform/config/config.ts';
import type { AppContext } from '#platform/context.ts';
import { canonicalJson } from '#platform/crypto/canonical-json.ts';
import { hmac, randomToken, sha256 } from '#platform/crypto/hashes.ts';
import { makeKeys } from '#platform/crypto/make-keys.ts';
import { type Db, openDatabase } from '#platform/db/database.ts';
import { randomCrockford, uuidv7 } from '#platform/ids/ids.ts';
import { createLogger } from '#platform/log/logger.ts';
import { after, DAY, systemClock } from '#platform/time/clock.ts';
import { searchNameOf } from '#usager';
import { benchJournal } from './bench-journal.ts';
import type { Site, Visitor } from './flow-client.ts';

const CLIENT = {
  clientId: 'franceconnect-bench',
  secret: 'un-secret-de-plus-de-trente-deux-caracteres',
  redirectUri: 'https://fcp.example.fr/api/v2/oidc-callback',
};
const PEOPLE_PER_CLIENT = 25;

export type EntremiseSite = Site & {
  db: Db;
  /** How many statements a piece of work sends to PostgreSQL, BEGIN and COMMIT included. */
  queriesOf(work: () => Promise<void>): Promise<number>;
};

/** The whole site, as it is served, with one aidant per client and people who have a mandate. */
export async function entremiseSite(given: {
  appUrl: string;
  ownerUrl: string;
  clients: number;
}): Promise<EntremiseSite> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const counter = { queries: 0 };
  const ctx = await contextOf(given.appUrl, url);
  countQueries(counter);
  await register(ctx, given.ownerUrl);
  server.on('request', createApp(ctx, wire(ctx)));
  const { visitors, people } = await populate(ctx, given.clients);
  let turn = 0;
  return {
    url,
    client: CLIENT,
    db: ctx.db,
    visitor: (index) => visitors[index] as Visitor,
    answer(path, index) {
      turn += 1;
      const mine = people[index] ?? [];
      return { path: `${path}/pour/${mine[turn % mine.length]}`, fields: { theme: 'famille', site: 'CAF' } };
    },
    async queriesOf(work) {
      await work();
      counter.queries = 0;
      await work();
      return counter.queries;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await ctx.db.destroy();
    },
  };
}

/** Every statement goes through a client of pg, one at a time: counted there. */
function countQueries(counter: { queries: number }): void {
  const { prototype } = pg.Client;
  const query = prototype.query as (...parameters: unknown[]) => unknown;
  prototype.query = function counted(this: unknown, ...parameters: unknown[]) {
    counter.queries += 1;
    return query.apply(this, parameters);
  } as typeof prototype.query;
}

async function contextOf(appUrl: string, url: string): Promise<AppContext> {
  const { config, keys } = readConfig({
    PUBLIC_URL: url,
    ENTREMISE_KEYS: JSON.stringify(await makeKeys(`bench-${randomBytes(4).toString('hex')}`)),
    FRANCECONNECT_ISSUER: 'http://localhost:9/api/v2',
    FRANCECONNECT_CLIENT_ID: 'bench',
    FRANCECONNECT_CLIENT_SECRET: 'x'.repeat(32),
    FRANCECONNECT_OWN_IDP_ID: 'entremise',
    ...benchJournal(),
    SMTP_URL: 'smtp://127.0.0.1:9',
    MAIL_FROM: 'bench@entremise.example',
    OPERATOR_NAME: 'Mesures',
    OPERATOR_ADDRESS: '1 place de la Mairie, 62000 Arras',
    OPERATOR_EMAIL: 'aide@entremise.example',
    OPERATOR_PHONE: '03 21 00 00 00',
    OPERATOR_PUBLICATION_DIRECTOR: 'Mesures',
    OPERATOR_HOSTING: 'Mesures, Arras',
    OPERATOR_DPO: 'dpo@entremise.example',
  });
  const db = openDatabase(appUrl, { max: 10, onError: () => undefined });
  const mailer = { send: async () => undefined, close: () => undefined };
  // Logs as in production, to nowhere.
  const logger = createLogger('info', new Writable({ write: (_chunk, _encoding, done) => done() }));
  return { config, keys, db, readerDb: db, clock: systemClock, logger, mailer };
}

async function register(ctx: AppContext, ownerUrl: string): Promise<void> {
  const owner = openDatabase(ownerUrl, { max: 1, onError: () => undefined });
  await registerNode(ctx, owner);
  await owner.destroy();
}

async function populate(ctx: AppContext, clients: number): Promise<{ visitors: Visitor[]; people: string[][] }> {
  const added = await addClient(ctx, {
    ...{ clientId: CLIENT.clientId, secret: CLIENT.secret, redirectUris: [CLIENT.redirectUri] },
    ...{ name: 'FranceConnect', sector: 'fcp.example.fr' },
  });
  if (!added.ok && !added.errors.clientId) throw new Error(JSON.stringify(added.errors));
  if (!added.ok) throw new Error('the measure needs a database of its own');
  const organisationId = await addStructure(ctx);
  const visitors: Visitor[] = [];
  const people: string[][] = [];
  for (let index = 0; index < clients; index += 1) {
    const aidantId = await addMember(ctx, organisationId, index);
    visitors.push(await logIn(ctx, { aidantId, organisationId }));
    people.push(await addPeople(ctx, { aidantId, organisationId }));
  }
  return { visitors, people };
}

async function addStructure(ctx: AppContext): Promise<string> {
  const added = await addOrganisation(ctx, {
    ...{ name: 'CCAS de mesure', type: 'ccas', siret: '13002526500013', phone: '03 21 50 50 50' },
    ...{ address: '6 place des Héros', zipCode: '62000', city: 'Arras', departement: '62' },
    ...{ email: 'ccas@arras.example', allowedThemes: ['famille'] },
  });
  if (!added.ok) throw new Error(JSON.stringify(added.errors));
  return added.organisation.id;
}

async function addMember(ctx: AppContext, organisationId: string, index: number): Promise<string> {
  const email = `aidant-${index}@ccas.example`;
  const added = await addAidant(ctx, {
    firstName: 'Amina',
    lastName: 'Berrada',
    email,
    organisationIds: [organisationId],
  });
  if (!added.ok) throw new Error(JSON.stringify(added.errors));
  const terms = { termsVersion: TERMS_VERSION, termsAcceptedAt: ctx.clock.now() };
  await ctx.db.updateTable('aidant').set(terms).where('id', '=', added.aidantId).execute();
  return added.aidantId;
}

async function logIn(ctx: AppContext, who: { aidantId: string; organisationId: string }): Promise<Visitor> {
  const id = randomToken();
  const now = ctx.clock.now();
  const session = { ...who, cookieHash: sha256(id), now, factorAt: now, expiresAt: after(now, LONGEST_SESSION) };
  await ctx.db.transaction().execute((trx) => insertSession(trx, session));
  const csrfToken = hmac(ctx.keys.session[0].secret, 'csrf', 'aidant', id).toString('base64url');
  return { cookies: new Map([['entremise-aidant', id]]), csrfToken };
}

async function addPeople(
  ctx: AppContext,
  { aidantId, organisationId }: { aidantId: string; organisationId: string },
): Promise<string[]> {
  const { db, clock } = ctx;
  const now = clock.now();
  const ids = Array.from({ length: PEOPLE_PER_CLIENT }, () => uuidv7(now));
  const endsAt = after(now, 30 * DAY);
  const born = { birthdate: '1950-04-12', birthplace: '62041', birthcountry: '99100' };
  const mandates = await Promise.all(
    ids.map(async (usagerId) => {
      const journalAlias = uuidv7(now);
      const snapshot = canonicalJson({
        ...{
          journalAlias,
          organisation: { id: organisationId },
          usager: { givenName: `Martine ${usagerId}`, familyName: 'Lefèvre', ...born },
          endsAt: endsAt.toISOString(),
        },
        // as long as the texts of a real one
        ...{ themes: [{ key: 'famille' }], text: 'x'.repeat(6_000) },
      });
      const sealed = { snapshot, snapshotJws: await sealSnapshot(ctx, snapshot) };
      return { usagerId, id: uuidv7(now), draftId: uuidv7(now), journalAlias, ...sealed };
    }),
  );
  await db
    .insertInto('usager')
    .values(
      ids.map((id) => ({
        ...{ id, subHash: randomBytes(32), subKeyId: 'bench', givenName: `Martine ${id}`, familyName: 'Lefèvre' },
        ...{ gender: 'female', ...born },
        ...{ email: 'martine@example.fr', searchName: searchNameOf('Lefèvre Martine'), createdAt: now, updatedAt: now },
      })),
    )
    .execute();
  const drafts = mandates.map(({ draftId }) => ({
    ...{ id: draftId, aidantId, organisationId, journalAlias: uuidv7(now) },
    ...{ createdAt: now, updatedAt: now, expiresAt: now },
  }));
  await db.insertInto('mandateDraft').values(drafts).execute();
  await db
    .insertInto('mandate')
    .values(
      mandates.map(({ id, usagerId, draftId, ...sealed }) => ({
        ...{ id, number: randomCrockford(16), organisationId, usagerId, aidantId, draftId, startsAt: now, endsAt },
        ...{ duration: 'MONTH', consentLevel: 'franceconnect-on-aidant-device', createdAt: now },
        ...sealed,
      })),
    )
    .execute();
  const open = mandates.map(({ id, usagerId }) => ({
    ...{ id: uuidv7(now), mandateId: id, organisationId, usagerId, theme: 'famille', endsAt },
  }));
  await db.insertInto('authorisation').values(open).execute();
  return ids;
}
