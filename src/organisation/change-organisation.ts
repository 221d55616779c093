import { record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import { violates } from '#platform/db/database.ts';
import { type FieldErrors, readForm } from '#platform/http/form.ts';
import { organisationChanged } from './organisation.events.ts';
import { lockOrganisation, updateOrganisation } from './organisation.queries.ts';
import { type Organisation, type OrganisationInput, organisationSchema } from './organisation.rules.ts';

export type OrganisationChange = Partial<OrganisationInput> & { active?: boolean };
type Outcome = { ok: true; changed: string[] } | { ok: false; errors: FieldErrors };

/**
 * Changes what is kept of a structure, or closes it (`active: false`), and journals which fields. Themes that are no longer
 * allowed, or a shorter longest duration, bear on new mandates only. A change that changes nothing writes nothing.
 */
export async function changeOrganisation(ctx: AppContext, id: string, change: OrganisationChange): Promise<Outcome> {
  const { active: asked, ...facts } = change;
  try {
    return await inTransaction(ctx, async (trx): Promise<Outcome> => {
      const before = await lockOrganisation(trx, id);
      if (!before) return { ok: false, errors: { organisation: 'structure inconnue' } };
      const read = readForm(organisationSchema, { ...before, ...facts });
      if (!read.ok) return read;
      const after = { ...before, ...read.value, active: asked ?? before.active };
      const changed = differences(before, after);
      if (changed.length === 0) return { ok: true, changed: [] };
      await updateOrganisation(trx, id, Object.fromEntries(changed.map((field) => [field, after[field]])));
      await record(ctx, trx, changeEvent(after, changed));
      return { ok: true, changed };
    });
  } catch (error) {
    if (!violates(error, 'organisation_siret_and_name_are_unique')) throw error;
    return { ok: false, errors: { siret: 'une structure de ce nom et de ce SIRET est déjà inscrite' } };
  }
}

function differences(before: Organisation, after: Organisation): (keyof Organisation)[] {
  const fields = Object.keys(before) as (keyof Organisation)[];
  return fields.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
}

function changeEvent(after: Organisation, changed: (keyof Organisation)[]) {
  const has = (...fields: (keyof Organisation)[]) => fields.some((field) => changed.includes(field));
  return organisationChanged.event({
    actor: { organisationId: after.id },
    result: 'ok',
    clear: {
      organisation: after.id,
      fields: changed,
      active: has('active') ? after.active : undefined,
      themes: has('allowedThemes') ? after.allowedThemes : undefined,
      longest: has('longestDuration') ? (after.longestDuration ?? undefined) : undefined,
    },
    committed: {
      name: has('name') ? after.name : undefined,
      siret: has('siret') ? after.siret : undefined,
      address: has('address', 'zipCode', 'city') ? `${after.address}, ${after.zipCode} ${after.city}` : undefined,
      phone: has('phone') ? after.phone : undefined,
      email: has('email') ? after.email : undefined,
    },
    subject: { kind: 'organisation', id: after.id },
  });
}
