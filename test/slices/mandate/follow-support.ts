import { randomBytes } from 'node:crypto';
import { events } from '#app/wiring.ts';
import { journalRegistry } from '#journal';
import { concludeAtOnce } from '#mandate';
import type { Organisation } from '#organisation';
import type { AppContext } from '#platform/context.ts';
import { randomToken } from '#platform/crypto/hashes.ts';
import type { Agent } from '#support/agent.ts';
import { type JournalFilter, type JournalledEntry, journalOf } from '#support/journal.ts';
import { addPerson, addStructure, loggedInAs, type TestAidant } from '#support/people.ts';
import { createWorld, type World, type WorldOptions } from '#support/world.ts';
import type { FranceconnectIdentity } from '#usager';

export type FollowWorld = World & {
  structure: Organisation;
  aidant: TestAidant;
  /** The aidant's browser. */
  browser: Agent;
  /** Concludes a mandate by the real use cases, at the clock's hour, and returns its row. */
  conclude(person?: Partial<FranceconnectIdentity>, terms?: Terms): Promise<MandateRow>;
  mandate(id: string): Promise<MandateRow>;
  /** Its themes, in the order of their keys. */
  authorisations(mandateId: string): Promise<AuthorisationRow[]>;
  journal(filter?: JournalFilter): Promise<JournalledEntry[]>;
};

export type Terms = {
  themes?: readonly string[];
  duration?: 'SHORT' | 'MONTH' | 'SEMESTER' | 'LONG';
  by?: TestAidant;
  /** A draft that is open already. */
  draftId?: string;
};

export type MandateRow = Awaited<ReturnType<typeof mandateRow>>;
export type AuthorisationRow = Awaited<ReturnType<typeof authorisationRows>>[number];

/** A structure with an aidant at work, and people who give mandates. */
export async function followWorld(options: WorldOptions = {}): Promise<FollowWorld> {
  const world = await createWorld(options);
  const structure = await addStructure(world);
  const aidant = await addPerson(world, { organisationIds: [structure.id], firstName: 'Claire', lastName: 'Martin' });
  return {
    ...world,
    structure,
    aidant,
    browser: await loggedInAs(world, aidant),
    conclude: (person = {}, terms = {}) => concludeIn(world.ctx, aidant, person, terms),
    mandate: (id) => mandateRow(world, id),
    authorisations: (mandateId) => authorisationRows(world, mandateId),
    journal: (filter = {}) =>
      journalOf(world.database.readerUrl, { keys: world.ctx.keys, registry: journalRegistry(events), ...filter }),
  };
}

/** Enough of them that no two people of a run share a name, and so a civil status. */
const someLetters = () => Array.from(randomBytes(12), (byte) => 'ABCDEFGHIJKLMNOP'[byte % 16]).join('');

/** Nobody else: a person with names of their own unless told otherwise. */
export function somebody(person: Partial<FranceconnectIdentity> = {}): FranceconnectIdentity {
  return {
    sub: randomToken(),
    givenName: 'Martine',
    familyName: `LEFÈVRE${someLetters()}`,
    preferredUsername: null,
    gender: 'female',
    birthdate: '1950-04-12',
    idpBirthdate: null,
    birthplace: '62041',
    birthcountry: '99100',
    email: 'martine@courriel.example',
    ...person,
  };
}

/** Concludes a mandate by the real use cases, at the clock's hour, and returns its row. */
export async function concludeIn(
  ctx: AppContext,
  aidant: TestAidant,
  person: Partial<FranceconnectIdentity>,
  { themes = ['famille', 'social'], duration = 'SEMESTER', by = aidant, draftId }: Terms,
): Promise<MandateRow> {
  const identity = somebody(person);
  const names = await ctx.db
    .selectFrom('aidant')
    .select(['firstName', 'lastName', 'termsVersion'])
    .where('id', '=', by.aidantId)
    .executeTakeFirstOrThrow();
  const id = await concludeAtOnce(ctx, {
    aidant: { aidantId: by.aidantId, ...names },
    organisationId: by.organisationId,
    draftId,
    sessionIdHash: randomBytes(32),
    themes,
    duration,
    identify: async (nonce) => ({
      identity,
      evidence: {
        idToken: `header.${nonce}.signature`,
        userinfo: 'header.userinfo.signature',
        jwks: '{"keys":[]}',
        idpId: 'demo-idp',
        acr: 'eidas1',
        receivedAt: ctx.clock.now().toISOString(),
      },
    }),
  });
  return mandateRow({ ctx }, id);
}

function mandateRow({ ctx }: Pick<World, 'ctx'>, id: string) {
  return ctx.db.selectFrom('mandate').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

function authorisationRows({ ctx }: World, mandateId: string) {
  return ctx.db.selectFrom('authorisation').selectAll().where('mandateId', '=', mandateId).orderBy('theme').execute();
}

/** The text that a person reads in a page: no tags, one space between words. */
export function wordsOf(html: string): string {
  return html
    .replace(/<(script|style)[\s\S]*?<\/\1>/g, ' ')
    .replace(/<[^>]+>/g, ' ')
    .replace(/&#x27;/g, "'")
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&')
    .replace(/[\s\u00a0]+/g, ' ');
}
