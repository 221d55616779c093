import { type AidantRow, type AuditorRow, findAidantByEmail, findAuditorByEmail } from '#identity';
import { findOrganisation, findOrganisationsBySiret, type Organisation } from '#organisation';
import type { AppContext } from '#platform/context.ts';
import { isUuid } from '#platform/ids/ids.ts';
import { CommandError } from './command.ts';

/** The structure meant by an id or by a SIRET. Throws a CommandError when there is none, or several. */
export async function organisationMeant({ db }: AppContext, typed: string): Promise<Organisation> {
  const reference = typed.replace(/\s/g, '').toLowerCase();
  if (isUuid(reference)) {
    const organisation = await findOrganisation(db, reference);
    if (organisation) return organisation;
  }
  const found = await findOrganisationsBySiret(db, reference);
  const [only, ...others] = found;
  if (!only) throw new CommandError(`aucune structure n’a l’identifiant ou le SIRET « ${typed} »`);
  if (others.length === 0) return only;
  const list = found.map(({ id, name }) => `  ${id}  ${name}`).join('\n');
  throw new CommandError(`plusieurs structures ont le SIRET ${typed}, donnez l’identifiant :\n${list}`);
}

/** The aidant of an e-mail address. Throws a CommandError when there is none. */
export async function aidantMeant({ db }: AppContext, email: string): Promise<AidantRow> {
  const aidant = await findAidantByEmail(db, email);
  if (!aidant) throw new CommandError(`aucun aidant n’a l’adresse « ${email} »`);
  return aidant;
}

/** The auditor of an e-mail address. Throws a CommandError when there is none. */
export async function auditorMeant({ db }: AppContext, email: string): Promise<AuditorRow> {
  const auditor = await findAuditorByEmail(db, email);
  if (!auditor) throw new CommandError(`aucun auditeur n’a l’adresse « ${email} »`);
  return auditor;
}
