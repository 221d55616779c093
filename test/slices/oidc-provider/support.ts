import { randomBytes } from 'node:crypto';
import { sealSnapshot } from '#consent';
import { addClient } from '#oidc-provider';
import type { Organisation } from '#organisation';
import { canonicalJson } from '#platform/crypto/canonical-json.ts';
import { randomCrockford, uuidv7 } from '#platform/ids/ids.ts';
import { after, DAY } from '#platform/time/clock.ts';
import { type JournalledEntry, journalOf } from '#support/journal.ts';
import { addPerson, addStructure, type TestAidant } from '#support/people.ts';
import { createWorld, type World, type WorldOptions } from '#support/world.ts';
import { searchNameOf } from '#usager';

export type TestPerson = { usagerId: string; mandateId: string; alias: string; authorisations: Record<string, string> };

type PersonFacts = {
  givenName?: string;
  familyName?: string;
  preferredUsername?: string | null;
  gender?: string;
  birthdate?: string;
  idpBirthdate?: string | null;
  birthplace?: string;
  birthcountry?: string;
  email?: string | null;
};

/** FranceConnect as our client, with what it uses to check us. */
export const FRANCECONNECT = {
  clientId: 'franceconnect-test',
  secret: 'un-secret-de-plus-de-trente-deux-caracteres',
  redirectUri: 'https://fcp.example.fr/api/v2/oidc-callback',
  postLogoutUri: 'https://fcp.example.fr/api/v2/client/logout-callback',
};

export type ProviderWorld = World & {
  organisation: Organisation;
  aidant: TestAidant;
  /** A person with a mandate of this structure that began yesterday. */
  person(options?: {
    facts?: PersonFacts;
    themes?: readonly string[];
    organisationId?: string;
    endsAt?: Date;
  }): Promise<TestPerson>;
  uses(): ReturnType<typeof useRows>;
  journal(kinds?: readonly string[]): Promise<JournalledEntry[]>;
};

/** A site with a structure, an aidant, and FranceConnect registered as a client. The clock starts at the real time. */
export async function providerWorld(options: WorldOptions = {}): Promise<ProviderWorld> {
  const world = await createWorld({ now: new Date(), ...options });
  const organisation = await addStructure(world, { allowedThemes: ALL_THEMES });
  const aidant = await addPerson(world, { organisationIds: [organisation.id] });
  const added = await addClient(world.ctx, {
    clientId: FRANCECONNECT.clientId,
    name: 'FranceConnect',
    sector: 'fcp.example.fr',
    secret: FRANCECONNECT.secret,
    redirectUris: [FRANCECONNECT.redirectUri],
    postLogoutRedirectUris: [FRANCECONNECT.postLogoutUri],
  });
  if (!added.ok) throw new Error(JSON.stringify(added.errors));
  return {
    ...world,
    organisation,
    aidant,
    person: ({ facts = {}, themes = ['famille', 'argent'], organisationId = organisation.id, endsAt } = {}) =>
      insertPerson(world, { facts, themes, organisationId, aidantId: aidant.aidantId, endsAt }),
    uses: () => useRows(world),
    journal: (kinds) => journalOf(world.database.superuserUrl, { keys: world.ctx.keys, ...(kinds && { kinds }) }),
  };
}

/**
 * The clock of a world stands still; who checks its tokens (libraries, another program) goes by the real time, and tokens
 * live for a minute or less. Before a test, a world that is late is brought to now, however slow the machine is.
 */
export function catchUp({ clock }: Pick<World, 'clock'>): void {
  const now = new Date();
  if (clock.now() < now) clock.set(now);
}

export const ALL_THEMES = [
  'papiers',
  'famille',
  'social',
  'travail',
  'logement',
  'transports',
  'argent',
  'justice',
  'etranger',
  'loisirs',
];

function useRows({ ctx }: World) {
  return ctx.db.selectFrom('use').selectAll().orderBy('id').execute();
}

async function insertPerson(
  { ctx }: World,
  given: {
    facts: PersonFacts;
    themes: readonly string[];
    organisationId: string;
    aidantId: string;
    endsAt: Date | undefined;
  },
): Promise<TestPerson> {
  const now = ctx.clock.now();
  const startsAt = after(now, -DAY);
  const endsAt = given.endsAt ?? after(now, 30 * DAY);
  const identity = {
    givenName: 'Martine',
    familyName: 'Lefèvre',
    preferredUsername: null,
    gender: 'female',
    birthdate: '1950-04-12',
    idpBirthdate: null,
    birthplace: '62041',
    birthcountry: '99100',
    email: 'martine@example.fr',
    ...given.facts,
  };
  const usagerId = uuidv7(now);
  // Two test persons may share a civil status: the key is unique, the given name is made so.
  const givenName = given.facts.givenName ?? `Martine ${randomCrockford(6).toLowerCase()}`;
  await ctx.db
    .insertInto('usager')
    .values({
      ...identity,
      givenName,
      id: usagerId,
      subHash: randomBytes(32),
      subKeyId: 'test',
      searchName: searchNameOf(`${identity.preferredUsername ?? ''} ${identity.familyName} ${givenName}`),
      createdAt: now,
      updatedAt: now,
    })
    .execute();
  const { familyName, birthdate, birthplace, birthcountry } = identity;
  const usager = { givenName, familyName, birthdate, birthplace, birthcountry };
  return { usagerId, ...(await insertMandate(ctx, { ...given, usagerId, usager, startsAt, endsAt, now })) };
}

async function insertMandate(
  ctx: World['ctx'],
  given: {
    usagerId: string;
    usager: Record<'givenName' | 'familyName' | 'birthdate' | 'birthplace' | 'birthcountry', string>;
    organisationId: string;
    aidantId: string;
    themes: readonly string[];
    startsAt: Date;
    endsAt: Date;
    now: Date;
  },
): Promise<Omit<TestPerson, 'usagerId'>> {
  const { usagerId, usager, organisationId, aidantId, startsAt, endsAt, now } = given;
  const [draftId, mandateId, alias] = [uuidv7(now), uuidv7(now), uuidv7(now)];
  await ctx.db
    .insertInto('mandateDraft')
    .values({
      ...{ id: draftId, aidantId, organisationId, journalAlias: uuidv7(now) },
      ...{ createdAt: now, updatedAt: now, expiresAt: now },
    })
    .execute();
  const snapshot = canonicalJson({
    ...{ journalAlias: alias, organisation: { id: organisationId }, usager, endsAt: endsAt.toISOString() },
    themes: given.themes.map((key) => ({ key })),
  });
  await ctx.db
    .insertInto('mandate')
    .values({
      ...{ id: mandateId, number: randomCrockford(16), organisationId, usagerId, aidantId, draftId, startsAt, endsAt },
      ...{ duration: 'MONTH', consentLevel: 'franceconnect-on-aidant-device', snapshot },
      snapshotJws: await sealSnapshot(ctx, snapshot),
      ...{ journalAlias: alias, createdAt: now },
    })
    .execute();
  const rows = given.themes.map((theme) => ({
    ...{ id: uuidv7(now), mandateId, organisationId, usagerId, theme, endsAt },
  }));
  await ctx.db.insertInto('authorisation').values(rows).execute();
  return { mandateId, alias, authorisations: Object.fromEntries(rows.map(({ theme, id }) => [theme, id])) };
}
