import { record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import { violates } from '#platform/db/database.ts';
import { type FieldErrors, readForm } from '#platform/http/form.ts';
import { uuidv7 } from '#platform/ids/ids.ts';
import { organisationAdded } from './organisation.events.ts';
import { insertOrganisation } from './organisation.queries.ts';
import { type Organisation, type OrganisationInput, organisationSchema } from './organisation.rules.ts';

/** Adds a structure and journals it. Refused with one French message per field that does not hold. */
export async function addOrganisation(
  ctx: AppContext,
  input: OrganisationInput,
): Promise<{ ok: true; organisation: Organisation } | { ok: false; errors: FieldErrors }> {
  const read = readForm(organisationSchema, input);
  if (!read.ok) return read;
  const now = ctx.clock.now();
  const organisation: Organisation = { id: uuidv7(now), ...read.value, active: true, createdAt: now };
  try {
    await inTransaction(ctx, async (trx) => {
      await insertOrganisation(trx, organisation);
      await record(ctx, trx, added(organisation));
    });
  } catch (error) {
    if (!violates(error, 'organisation_siret_and_name_are_unique')) throw error;
    return { ok: false, errors: { siret: 'une structure de ce nom et de ce SIRET est déjà inscrite' } };
  }
  return { ok: true, organisation };
}

function added(organisation: Organisation) {
  const { id, type, departement, allowedThemes, longestDuration } = organisation;
  return organisationAdded.event({
    actor: { organisationId: id },
    result: 'ok',
    clear: { organisation: id, type, departement, themes: allowedThemes, longest: longestDuration ?? undefined },
    committed: {
      name: organisation.name,
      siret: organisation.siret,
      address: `${organisation.address}, ${organisation.zipCode} ${organisation.city}`,
      phone: organisation.phone,
      email: organisation.email,
    },
    subject: { kind: 'organisation', id },
  });
}
