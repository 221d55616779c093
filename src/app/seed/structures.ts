import { createHmac } from 'node:crypto';
import { acceptTerms, addAidant, changeAidant, TERMS_VERSION } from '#identity';
import { addOrganisation, type Organisation } from '#organisation';
import type { AppContext } from '#platform/context.ts';

/** An account of the demonstration, as its users are told of it. */
export type SeedAccount = {
  role: 'aidant' | 'auditeur';
  email: string;
  name: string;
  totpSecret: string;
  /** Of an auditor: the part of the country they work on. */
  organisation: string;
  note: string;
};

export type SeedAidant = {
  aidantId: string;
  firstName: string;
  lastName: string;
  termsVersion: string;
  organisation: Organisation;
};

const STRUCTURES = [
  {
    name: 'France Services d’Arras',
    type: 'france-services',
    siret: '21620041400011',
    address: '12 rue du Bloc',
    zipCode: '62000',
    city: 'Arras',
    departement: '62',
    phone: '03 21 50 50 50',
    email: 'france-services@arras.example',
  },
  {
    name: 'CCAS de Bapaume',
    type: 'ccas',
    siret: '26620008000015',
    address: '36 place Faidherbe',
    zipCode: '62450',
    city: 'Bapaume',
    departement: '62',
    phone: '03 21 50 58 80',
    email: 'ccas@bapaume.example',
    allowedThemes: ['papiers', 'famille', 'social', 'logement', 'argent'],
    longestDuration: 'SEMESTER' as const,
  },
  {
    name: 'Médiathèque d’Ajaccio',
    type: 'bibliotheque',
    siret: '21201004900014',
    address: '6 avenue de Paris',
    zipCode: '20000',
    city: 'Ajaccio',
    departement: '2A',
    phone: '04 95 51 13 00',
    email: 'mediatheque@ajaccio.example',
  },
];

const AIDANTS = [
  { email: 'claire.martin@arras.example', firstName: 'Claire', lastName: 'Martin', at: [0], note: '' },
  {
    email: 'karim.benali@arras.example',
    firstName: 'Karim',
    lastName: 'Benali',
    at: [0, 1],
    note: 'aussi au CCAS de Bapaume',
  },
  { email: 'sophie.leroy@bapaume.example', firstName: 'Sophie', lastName: 'Leroy', at: [1], note: '' },
  { email: 'ange.orsini@ajaccio.example', firstName: 'Ange', lastName: 'Orsini', at: [2], note: '' },
  {
    email: 'paul.mercier@arras.example',
    firstName: 'Paul',
    lastName: 'Mercier',
    at: [0],
    note: 'compte désactivé',
    active: false,
  },
  {
    email: 'lucie.petit@arras.example',
    firstName: 'Lucie',
    lastName: 'Petit',
    at: [0],
    note: 'ne peut pas conclure de mandat',
    mayConclude: false,
  },
];

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The TOTP secret of an account derives from the demonstration's own secret: it is the same at each start. */
export function totpSecretOf(accountsSecret: string, email: string): string {
  const bytes = createHmac('sha256', accountsSecret).update(email).digest();
  return Array.from(bytes, (byte) => BASE32[byte % 32]).join('');
}

export function seedAccounts(accountsSecret: string): SeedAccount[] {
  return AIDANTS.map(({ email, firstName, lastName, at, note }) => ({
    role: 'aidant',
    email,
    name: `${firstName} ${lastName}`,
    totpSecret: totpSecretOf(accountsSecret, email),
    organisation: STRUCTURES[at[0] ?? 0]?.name ?? '',
    note,
  }));
}

/** Adds three structures and six aidants; returns those who conclude mandates, in each structure. */
export async function seedStructures(ctx: AppContext, accountsSecret: string): Promise<SeedAidant[]> {
  const organisations: Organisation[] = [];
  for (const structure of STRUCTURES) {
    const added = await addOrganisation(ctx, structure);
    if (!added.ok) throw new Error(`${structure.name}: ${JSON.stringify(added.errors)}`);
    organisations.push(added.organisation);
  }
  const concluding: SeedAidant[] = [];
  for (const { at, note: _note, mayConclude = true, active = true, ...person } of AIDANTS) {
    const inOrganisations = at.map((index) => organisations[index] as Organisation);
    const aidantId = await seedAidant(ctx, { ...person, mayConclude }, inOrganisations, accountsSecret);
    if (!active) await changeAidant(ctx, aidantId, { change: 'deactivated' });
    else if (mayConclude) {
      const { firstName, lastName } = person;
      const [organisation] = inOrganisations as [Organisation];
      concluding.push({ aidantId, firstName, lastName, termsVersion: TERMS_VERSION, organisation });
    }
  }
  return concluding;
}

async function seedAidant(
  ctx: AppContext,
  person: { email: string; firstName: string; lastName: string; mayConclude: boolean },
  organisations: readonly Organisation[],
  accountsSecret: string,
): Promise<string> {
  const added = await addAidant(ctx, {
    ...person,
    organisationIds: organisations.map(({ id }) => id),
    totpSecret: totpSecretOf(accountsSecret, person.email),
  });
  if (!added.ok) throw new Error(`${person.email}: ${JSON.stringify(added.errors)}`);
  const [organisation] = organisations as [Organisation];
  await acceptTerms(ctx, { aidantId: added.aidantId, organisation, sessionIdHash: Buffer.alloc(32) });
  return added.aidantId;
}
