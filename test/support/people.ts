import { randomInt } from 'node:crypto';
import { addAidant, codeAt, insertSession, LONGEST_SESSION, secretFromBase32, stepAt, TERMS_VERSION } from '#identity';
import { addOrganisation, isSiret, type Organisation, type OrganisationInput } from '#organisation';
import { randomToken, sha256 } from '#platform/crypto/hashes.ts';
import { after } from '#platform/time/clock.ts';
import type { Agent } from './agent.ts';
import type { World } from './world.ts';

type Place = Pick<World, 'ctx' | 'visitor'>;

export type TestAidant = {
  aidantId: string;
  email: string;
  organisationId: string;
  /** The six digits of the phone at an instant. */
  codeAt(instant: Date): string;
};

/** A valid SIRET, another one at each call. */
export function someSiret(): string {
  for (;;) {
    const digits = String(randomInt(10 ** 13, 10 ** 14));
    if (isSiret(digits)) return digits;
  }
}

/** A structure, through the real use case. */
export async function addStructure({ ctx }: Place, input: Partial<OrganisationInput> = {}): Promise<Organisation> {
  const added = await addOrganisation(ctx, {
    name: 'CCAS d’Arras',
    type: 'ccas',
    siret: someSiret(),
    address: '6 place des Héros',
    zipCode: '62000',
    city: 'Arras',
    departement: '62',
    phone: '03 21 50 50 50',
    email: 'ccas@arras.example',
    ...input,
  });
  if (!added.ok) throw new Error(JSON.stringify(added.errors));
  return added.organisation;
}

type Options = {
  email?: string;
  firstName?: string;
  lastName?: string;
  organisationIds?: string[];
  mayConclude?: boolean;
  /** The current ones unless told otherwise. */
  termsAccepted?: boolean;
};

/** An aidant, through the real use case; of a structure of their own unless told otherwise. */
export async function addPerson(place: Place, options: Options = {}): Promise<TestAidant> {
  const { ctx } = place;
  const { termsAccepted = true, organisationIds = [(await addStructure(place)).id], ...facts } = options;
  const email = facts.email ?? `aidant-${randomToken().slice(0, 8).toLowerCase().replace(/_/g, 'x')}@ccas.example`;
  const added = await addAidant(ctx, { firstName: 'Amina', lastName: 'Berrada', ...facts, email, organisationIds });
  if (!added.ok) throw new Error(JSON.stringify(added.errors));
  const { aidantId, totpSecret } = added;
  if (termsAccepted) {
    const accepted = { termsVersion: TERMS_VERSION, termsAcceptedAt: ctx.clock.now() };
    await ctx.db.updateTable('aidant').set(accepted).where('id', '=', aidantId).execute();
  }
  const secret = secretFromBase32(totpSecret);
  const organisationId = organisationIds[0] ?? '';
  return { aidantId, email, organisationId, codeAt: (instant) => codeAt(secret, stepAt(instant)) };
}

/** A browser in which this aidant has just logged in. */
export async function loggedInAs(
  place: Place,
  { aidantId, organisationId }: Pick<TestAidant, 'aidantId' | 'organisationId'>,
): Promise<Agent> {
  const { ctx } = place;
  const agent = place.visitor();
  const id = randomToken();
  const now = ctx.clock.now();
  const expiresAt = after(now, LONGEST_SESSION);
  await ctx.db
    .transaction()
    .execute((trx) =>
      insertSession(trx, { aidantId, organisationId, cookieHash: sha256(id), now, factorAt: now, expiresAt }),
    );
  agent.cookies.set('entremise-aidant', id);
  return agent;
}
