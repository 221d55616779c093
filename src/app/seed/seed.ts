import { readIdentity } from '#franceconnect';
import { concludeAtOnce, endMandate, expireDueMandates, recordPaper } from '#mandate';
import { addClient } from '#oidc-provider';
import type { AppContext } from '#platform/context.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import { after, MINUTE } from '#platform/time/clock.ts';
import { auditorAccounts, seedAuditors } from './auditors.ts';
import { forgetQueuedMails } from './forget-queued-mails.ts';
import { franceconnectForSeed } from './franceconnect-answers.ts';
import { type SeedPerson, seedPeople, seriesFrom } from './people.ts';
import { type Story, storyOf } from './stories.ts';
import { type SeedAccount, type SeedAidant, seedAccounts, seedStructures } from './structures.ts';
import { seedUse } from './uses.ts';

export type { SeedAccount } from './structures.ts';

export type SeedOptions = {
  /** The second factors of the accounts derive from it. */
  accountsSecret: string;
  /** FranceConnect as client of our identity provider. */
  client: { clientId: string; clientSecret: string; franceconnect: string };
  workerUrl: string;
  /** How many usagers; two hundred unless said otherwise. */
  people?: number | undefined;
};

const AT_ONCE = 6;

const PAPERS = {
  signed: { paper: 'signed' },
  none: { paper: 'none', reason: 'unable', note: null },
} as const;

/**
 * Fills an empty database with what a demonstration needs, by the very use cases of the pages: structures, aidants, auditors,
 * two hundred usagers, mandates in every state. Mandates are dated in the past, as if taken over from elsewhere; the journal says
 * when it was really written; connections are of now. Does nothing
 * when there is a structure already. Returns the accounts.
 */
export async function seed(
  ctx: AppContext,
  { accountsSecret, client, workerUrl, people = 200 }: SeedOptions,
): Promise<SeedAccount[]> {
  const accounts = [...seedAccounts(accountsSecret), ...auditorAccounts(accountsSecret)];
  const seeded = await ctx.db.selectFrom('organisation').select('id').limit(1).executeTakeFirst();
  if (seeded) return accounts;
  await seedClient(ctx, client);
  const aidants = await seedStructures(ctx, accountsSecret);
  await seedAuditors(ctx, accountsSecret);
  await seedMandates(ctx, aidants, { people, partnerId: client.clientId });
  // those whose term has passed: the worker would end them in its first minute, and write to people about months ago
  await expireDueMandates(ctx);
  await forgetQueuedMails(workerUrl);
  return accounts;
}

async function seedClient(
  ctx: AppContext,
  { clientId, clientSecret, franceconnect }: SeedOptions['client'],
): Promise<void> {
  const added = await addClient(ctx, {
    clientId,
    secret: clientSecret,
    name: 'FranceConnect',
    sector: new URL(franceconnect).hostname,
    redirectUris: [`${franceconnect}/oidc-callback`],
    postLogoutRedirectUris: [`${franceconnect}/client/logout-callback`],
  });
  if (!added.ok) throw new Error(JSON.stringify(added.errors));
}

async function seedMandates(
  ctx: AppContext,
  aidants: readonly SeedAidant[],
  { people, partnerId }: { people: number; partnerId: string },
): Promise<void> {
  const { clientId, issuer } = ctx.config.franceconnect;
  const answer = await franceconnectForSeed({ clientId, issuer });
  const pick = seriesFrom(7);
  const lives = seedPeople(people).map((person, index) => ({
    person,
    story: storyOf(index, pick),
    aidant: aidants[index % 10 < 6 ? index % 2 : 2 + (index % (aidants.length - 2))] as SeedAidant,
  }));
  const waiting = [...lives];
  const lane = async () => {
    for (let life = waiting.shift(); life; life = waiting.shift()) await live(ctx, life, { answer, partnerId });
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

type Life = { person: SeedPerson; story: Story; aidant: SeedAidant };
type Partner = { answer: Awaited<ReturnType<typeof franceconnectForSeed>>; partnerId: string };

async function live(ctx: AppContext, { person, story, aidant }: Life, { answer, partnerId }: Partner): Promise<void> {
  const now = ctx.clock.now();
  for (const { age, duration, themes, becomes, paper, uses = [] } of story) {
    const at = after(now, -age);
    const mandateId = await concludeAtOnce(backThen(ctx, at), {
      aidant,
      organisationId: aidant.organisation.id,
      sessionIdHash: sha256(`${person.sub} ${age}`),
      themes,
      duration,
      identify: async (nonce) => ({ identity: identityOf(person), evidence: await answer(person, nonce, at) }),
    });
    const held = { aidantId: aidant.aidantId, organisationId: aidant.organisation.id, mandateId };
    if (paper) await recordPaper(backThen(ctx, after(at, 5 * MINUTE)), { ...held, answer: PAPERS[paper] });
    // an entry of a connection has no other date than that of its writing: they are of now, under mandates that are in force
    for (const use of uses) await seedUse(ctx, aidant, { mandateId, clientId: partnerId, ...use });
    if (!becomes) continue;
    const ended = await endMandate(backThen(ctx, after(at, becomes.after)), {
      ...held,
      theme: becomes.theme,
      end: { cause: becomes.cause, knownAt: undefined },
    });
    if (!ended.ok) throw new Error(`seed: ${ended.reason}`);
  }
}

function identityOf(person: SeedPerson) {
  const read = readIdentity(person);
  if (!read.ok) throw new Error(`seed: ${person.family_name}: ${read.fields.join(', ')}`);
  return read.identity;
}

function backThen(ctx: AppContext, instant: Date): AppContext {
  return { ...ctx, clock: { now: () => instant } };
}
