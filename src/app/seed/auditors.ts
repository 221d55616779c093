import { addAuditor } from '#identity';
import type { AppContext } from '#platform/context.ts';
import { type SeedAccount, totpSecretOf } from './structures.ts';

const AUDITORS = [
  { email: 'helene.vasseur@controle.example', firstName: 'Hélène', lastName: 'Vasseur', departements: null },
  { email: 'marc.dubreuil@controle.example', firstName: 'Marc', lastName: 'Dubreuil', departements: null },
  { email: 'nadia.cherif@pas-de-calais.example', firstName: 'Nadia', lastName: 'Chérif', departements: ['62'] },
];

/** The auditors of the demonstration, as its welcome lists them. */
export function auditorAccounts(accountsSecret: string): SeedAccount[] {
  return AUDITORS.map(({ email, firstName, lastName, departements }) => ({
    role: 'auditeur',
    email,
    name: `${firstName} ${lastName}`,
    totpSecret: totpSecretOf(accountsSecret, email),
    organisation: departements ? `Département ${departements.join(', ')}` : 'France entière',
    note: '',
  }));
}

/** Adds two auditors of the whole country, since an identity is unmasked by two, and one of a single département. */
export async function seedAuditors(ctx: AppContext, accountsSecret: string): Promise<void> {
  for (const auditor of AUDITORS) {
    const added = await addAuditor(ctx, { ...auditor, totpSecret: totpSecretOf(accountsSecret, auditor.email) });
    if (!added.ok) throw new Error(`${auditor.email}: ${JSON.stringify(added.errors)}`);
  }
}
