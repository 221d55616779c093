import { randomBytes } from 'node:crypto';
import { TERMS_VERSION } from '#identity';
import { addClient } from '#oidc-provider';
import { sha256 } from '#platform/crypto/hashes.ts';
import { MINUTE } from '#platform/time/clock.ts';
import type { Agent, Answer, FormFields } from '#support/agent.ts';
import { journalOf } from '#support/journal.ts';
import { addPerson, addStructure, loggedInAs, type TestAidant } from '#support/people.ts';
import { type FollowWorld, followWorld } from '../mandate/follow-support.ts';

/** Who stands at the door, in the order of the columns of the table. */
export const VISITORS = ['nobody', 'asleep', 'noTerms', 'mayNot', 'elsewhere', 'closed', 'colleague', 'owner'] as const;
export type Visitor = (typeof VISITORS)[number];

/** One structure with everything in it that an address can name, and everybody who may ask for it. */
export type Doors = FollowWorld & {
  /** A new browser of this visitor. */
  browserOf(visitor: Visitor): Promise<Agent>;
  /** A draft, a mandate and a usager of the owner, made anew. */
  objects(): Promise<Objects>;
  /** A partner's request that came by this browser. */
  requestOf(agent: Agent): Promise<string>;
};

export type Objects = {
  draft: string;
  mandate: string;
  number: string;
  /** Whose mandate this is; without e-mail, so that their page may ask for one. */
  usager: string;
  /** Somebody else, with an e-mail: FranceConnect accepts them. */
  reachable: string;
};

const PARTNER = { clientId: 'partenaire', redirectUri: 'https://fcp.example.fr/retour' };

export async function openDoors(): Promise<Doors> {
  const world = await followWorld();
  const owner = world.aidant;
  const here = { organisationIds: [world.structure.id] };
  const structures = {
    elsewhere: await addStructure(world, { name: 'France services Lens' }),
    closed: await addStructure(world, { name: 'Médiathèque fermée' }),
  };
  const people: Record<Exclude<Visitor, 'nobody'>, TestAidant> = {
    owner,
    asleep: owner,
    noTerms: await addPerson(world, { ...here, termsAccepted: false }),
    mayNot: await addPerson(world, { ...here, mayConclude: false }),
    elsewhere: await addPerson(world, { organisationIds: [structures.elsewhere.id] }),
    closed: await addPerson(world, { organisationIds: [structures.closed.id] }),
    colleague: await addPerson(world, here),
  };
  await world.ctx.db
    .updateTable('organisation')
    .set({ active: false })
    .where('id', '=', structures.closed.id)
    .execute();
  await registerPartner(world);
  return {
    ...world,
    async browserOf(visitor) {
      if (visitor === 'nobody') {
        const agent = world.visitor();
        await agent.get('/connexion');
        return agent;
      }
      const agent = await loggedInAs(world, people[visitor]);
      if (visitor === 'asleep') await fallAsleep(world, agent);
      return agent;
    },
    objects: async () => {
      const mandate = await world.conclude({ email: null }, { themes: ['famille', 'social'] });
      const { usagerId: reachable } = await world.conclude();
      const desk = await loggedInAs(world, owner);
      const draft = (await desk.post('/mandats/nouveau')).location?.split('/').at(-1) ?? '';
      await desk.post(`/mandats/preparation/${draft}`, { themes: ['famille'], duration: 'MONTH' });
      return { draft, mandate: mandate.id, number: mandate.number, usager: mandate.usagerId, reachable };
    },
    requestOf: async (agent) => (await agent.get(partnersRequest())).location?.split('/').at(-1) ?? '',
  };
}

async function fallAsleep({ ctx }: FollowWorld, agent: Agent): Promise<void> {
  const asleep = new Date(ctx.clock.now().getTime() - 16 * MINUTE);
  const cookieHash = sha256(agent.cookies.get('entremise-aidant') ?? '');
  await ctx.db.updateTable('session').set({ lastActivityAt: asleep }).where('cookieHash', '=', cookieHash).execute();
}

async function registerPartner({ ctx }: FollowWorld): Promise<void> {
  const added = await addClient(ctx, {
    clientId: PARTNER.clientId,
    name: 'FranceConnect',
    sector: 'fcp.example.fr',
    secret: 'x'.repeat(40),
    redirectUris: [PARTNER.redirectUri],
    postLogoutRedirectUris: [],
  });
  if (!added.ok) throw new Error(JSON.stringify(added.errors));
}

function partnersRequest(): string {
  const parameters = new URLSearchParams({
    client_id: PARTNER.clientId,
    redirect_uri: PARTNER.redirectUri,
    response_type: 'code',
    scope: 'openid profile email birth',
    acr_values: 'eidas1',
    prompt: 'login',
    claims: '{"id_token":{"rep_scope":{"essential":true,"values":[]}}}',
    state: randomBytes(32).toString('hex'),
    nonce: randomBytes(32).toString('hex'),
  });
  return `/authorize?${parameters}`;
}

/** The address of a route for these objects. A token and a number that name nothing are enough for public pages. */
export function addressOf(path: string, given: { objects: Objects; request: string }): string {
  const { draft, mandate, number, usager, reachable } = given.objects;
  const values: Record<string, string> = {
    ':id': path.startsWith('/mandats/preparation/') ? draft : path.startsWith('/usagers/') ? usager : mandate,
    ':theme': 'famille',
    ':token': 'A'.repeat(64),
    ':number': number,
    ':uid': given.request,
    ':usager': reachable,
  };
  return path.replaceAll(/:[a-z]+/g, (name) => values[name] ?? name);
}

/** Fields with which the right person's form is obeyed, by route. */
export const FORMS: Readonly<Record<string, FormFields>> = {
  '/connexion': { email: 'personne@ccas.example', code: '123456' },
  '/connexion/attente': { code: '12345678' },
  '/conditions': { accepter: 'oui', version: TERMS_VERSION },
  '/mandats/preparation/:id': { themes: ['famille', 'logement'], duration: 'LONG' },
  '/mandats/preparation/:id/accord': { answer: 'no' },
  '/mandats/preparation/:id/verification': { samePerson: 'oui', notProtected: 'oui', code: '123456' },
  '/usagers/:id/adresse': { email: 'elle@courriel.example' },
  '/mandats/:id/fin': { cause: 'revoked-by-usager', known: 'now' },
  '/mandats/:id/themes/:theme/fin': { cause: 'revoked-by-usager', known: 'now' },
  '/mandats/:id/document/usager': { exemplaires: 'un' },
  '/mandats/:id/papier': { paper: 'signed' },
  '/agir/:uid/pour/:usager': { theme: 'famille', site: 'CAF' },
};

/** What an answer amounts to, in one word of the table. */
export function outcomeOf({ status, location, text }: Answer): string {
  if (status === 200) return /http-equiv="refresh"/i.test(text) ? 'hop' : 'page';
  if (status === 204) return 'done';
  if (status === 303) return whereTo(location ?? '');
  if (status === 403) return text.includes('formulaire-non-verifie') ? 'forged' : 'refused';
  return (
    ({ 404: 'unknown', 409: 'later', 410: 'gone', 422: 'invalid', 429: 'limited' } as const)[status] ?? `${status}`
  );
}

function whereTo(location: string): string {
  if (location.startsWith('/connexion?suite=')) return 'login';
  if (location.startsWith('/reprise?suite=')) return 'resume';
  if (location.startsWith('/conditions?suite=')) return 'terms';
  if (location.startsWith('/demande-expiree/')) return 'expired';
  if (location === '/structure') return 'choose';
  return location.startsWith('/') ? 'onwards' : 'away';
}

/** What a refused request must not change, counted: rights, uses, drafts as they stand, and what `actes` says. */
export async function stateOf({ ctx, database }: Doors) {
  const { db } = ctx;
  const rows = async (table: 'mandate' | 'authorisation' | 'use' | 'usager') =>
    JSON.stringify(await db.selectFrom(table).selectAll().orderBy('id').execute());
  const drafts = await db
    .selectFrom('mandateDraft')
    .select(['id', 'themes', 'duration', 'attempt', 'closedAt', 'expiresAt'])
    .orderBy('id')
    .execute();
  return {
    mandates: await rows('mandate'),
    authorisations: await rows('authorisation'),
    uses: await rows('use'),
    usagers: await rows('usager'),
    drafts: JSON.stringify(drafts),
    actes: (await journalOf(database.readerUrl, { log: 'actes' })).length,
  };
}
