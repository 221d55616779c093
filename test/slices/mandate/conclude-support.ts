import { demoPersonas } from '#app/demo/franceconnect/personas.ts';
import { type FranceconnectSimulator, startFranceconnectSimulator } from '#app/demo/franceconnect/start.ts';
import type { Organisation } from '#organisation';
import { MINUTE } from '#platform/time/clock.ts';
import type { Agent, Answer } from '#support/agent.ts';
import { franceconnectVisitor } from '#support/franceconnect-visitor.ts';
import { type JournalledEntry, journalOf } from '#support/journal.ts';
import { addPerson, addStructure, loggedInAs, type TestAidant } from '#support/people.ts';
import { createWorld, type World } from '#support/world.ts';

export const OWN_IDP_ID = 'entremise-idp';
const CLIENT = { clientId: 'entremise-test', clientSecret: 'secret-d-entremise-chez-franceconnect' };

export type ConcludeWorld = World & {
  simulator: FranceconnectSimulator;
  structure: Organisation;
  aidant: TestAidant;
  /** The aidant's browser, and the same browser at FranceConnect. */
  at(aidant?: TestAidant): Promise<Desk>;
  /** The six digits of the phone; the clock moves to the next ones when these were given already. */
  newCode(aidant?: TestAidant): string;
  journal(kinds?: readonly string[]): Promise<JournalledEntry[]>;
};

/** Entremise and a FranceConnect, at the real time: tokens are dated by both. The clock then moves by seconds only. */
export async function concludeWorld(): Promise<ConcludeWorld> {
  let now = () => new Date();
  const simulator = await startFranceconnectSimulator({
    port: 0,
    now: () => now(),
    personas: demoPersonas,
    identityProviders: [],
    relyingParties: [],
    subjectSecret: 'test',
  });
  const world = await createWorld({
    now: new Date(),
    config: { franceconnect: { issuer: simulator.issuer, ...CLIENT, ownIdpId: OWN_IDP_ID } },
  });
  now = () => world.clock.now();
  simulator.addRelyingParty({
    ...CLIENT,
    entityId: 'entremise',
    name: 'Entremise',
    redirectUris: [`${world.url}/franceconnect/retour`],
    postLogoutRedirectUris: [`${world.url}/franceconnect/fin`],
    scopes: ['openid', 'identite_pivot', 'preferred_username', 'email', 'idp_id', 'idp_birthdate'],
    repScope: [],
  });
  const structure = await addStructure(world);
  const aidant = await addPerson(world, { organisationIds: [structure.id], firstName: 'Claire', lastName: 'Martin' });
  const codes = new Map<string, Set<string>>();
  return {
    ...world,
    simulator,
    structure,
    aidant,
    at: async (who = aidant) => deskOf(await loggedInAs(world, who)),
    newCode(who = aidant) {
      const given = codes.get(who.aidantId) ?? new Set();
      codes.set(who.aidantId, given);
      while (given.has(who.codeAt(world.clock.now()))) world.clock.advance(30_000);
      const code = who.codeAt(world.clock.now());
      given.add(code);
      return code;
    },
    journal: (kinds) => journalOf(world.database.readerUrl, { keys: world.ctx.keys, ...(kinds && { kinds }) }),
    async close() {
      await simulator.close();
      await world.close();
    },
  };
}

export type Terms = { themes?: readonly string[]; duration?: string };

/** A counter: one browser, in which the aidant works and the person identifies. */
export type Desk = ReturnType<typeof deskOf>;

export function deskOf(agent: Agent) {
  const person = franceconnectVisitor();
  const go = async (path: string) => agent.get(path);

  async function open(): Promise<string> {
    const opened = await agent.post('/mandats/nouveau');
    const id = /^\/mandats\/preparation\/([0-9a-f-]{36})$/.exec(opened.location ?? '')?.[1];
    if (!id) throw new Error(`no draft: ${opened.status} ${opened.location}`);
    return id;
  }

  const choose = (id: string, { themes = ['famille', 'logement'], duration = 'MONTH' }: Terms = {}) =>
    agent.post(draft(id), { themes, duration });

  /** The person reads page 2 and says yes; returns the address at FranceConnect. */
  async function sayYes(id: string): Promise<string> {
    let page = await go(draft(id, '/accord'));
    // somebody left for FranceConnect from here before: one press closes what they may have opened
    if (page.status === 409) ({ page } = await land(await go(draft(id, '/deconnexion'))));
    if (!hidden(page, 'text')) page = await go(draft(id, '/accord'));
    const hop = await agent.post(draft(id, '/accord'), { text: hidden(page, 'text'), answer: 'yes' });
    if (hop.status !== 200) throw new Error(`no way to FranceConnect: ${hop.status} ${hop.location}`);
    const left = await go(draft(id, '/identification'));
    return left.location ?? '';
  }

  /** Follows our own redirects and FranceConnect's logout, until a page is shown. */
  async function land(answer: Answer): Promise<{ path: string; page: Answer }> {
    let here = answer;
    for (let hops = 0; hops < 10 && here.location; hops += 1) {
      const to = here.location;
      if (to.includes('/session/end')) {
        const back = await person.logOut(to);
        if (!back) return { path: 'franceconnect', page: here };
        here = await go(back.pathname + back.search);
        continue;
      }
      here = await go(to);
      if (!here.location) return { path: to, page: here };
    }
    return { path: '', page: here };
  }

  /** The person identifies, and the browser comes back until a page is shown. */
  async function identify(address: string, persona: string): Promise<{ path: string; page: Answer }> {
    const back = await person.identify(address, persona);
    return land(await go(back.pathname + back.search));
  }

  /** From nothing to page 3. */
  async function prepare(persona: string, terms: Terms = {}): Promise<{ id: string; page: Answer }> {
    const id = await open();
    await choose(id, terms);
    const { path, page } = await identify(await sayYes(id), persona);
    if (path !== draft(id, '/verification')) throw new Error(`landed on ${path}, ${page.status}`);
    return { id, page };
  }

  const accept = (id: string, page: Answer, code: string, more: Record<string, string> = {}) =>
    agent.post(draft(id, '/verification'), {
      ...{ seen: hidden(page, 'seen'), samePerson: 'oui', notProtected: 'oui', code },
      ...more,
    });

  return { agent, person, open, choose, sayYes, land, identify, prepare, accept };
}

export function draft(id: string, page = ''): string {
  return `/mandats/preparation/${id}${page}`;
}

/** The value of a hidden field of a page. */
export function hidden({ text }: Answer, name: string): string {
  return new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? '';
}

export function draftRow({ ctx }: World, id: string) {
  return ctx.db.selectFrom('mandateDraft').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

export function mandateOf({ ctx }: World, draftId: string) {
  return ctx.db.selectFrom('mandate').selectAll().where('draftId', '=', draftId).executeTakeFirst();
}

export function authorisationsOf({ ctx }: World, mandateId: string) {
  return ctx.db
    .selectFrom('authorisation')
    .select(['theme', 'endsAt', 'endedAt', 'endCause'])
    .where('mandateId', '=', mandateId)
    .orderBy('theme')
    .execute();
}

/** Everything that a conclusion may write, counted: two equal counts say that nothing was written. */
export async function counts({ ctx, database }: World) {
  const count = async (table: 'mandate' | 'authorisation' | 'consentEvidence' | 'usager') => {
    const row = await ctx.db
      .selectFrom(table)
      .select((eb) => eb.fn.countAll<string>().as('n'))
      .executeTakeFirstOrThrow();
    return Number(row.n);
  };
  return {
    mandates: await count('mandate'),
    authorisations: await count('authorisation'),
    evidence: await count('consentEvidence'),
    usagers: await count('usager'),
    entries: (await journalOf(database.readerUrl)).length,
  };
}

/** Puts the aidant's session to sleep without moving the clock. */
export async function fallAsleep({ ctx }: World, aidant: TestAidant): Promise<void> {
  const lastActivityAt = new Date(ctx.clock.now().getTime() - 16 * MINUTE);
  await ctx.db.updateTable('session').set({ lastActivityAt }).where('actorId', '=', aidant.aidantId).execute();
}
