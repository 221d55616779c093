import { record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import { type Trx, violates } from '#platform/db/database.ts';
import { type FieldErrors, readForm } from '#platform/http/form.ts';
import { uuidv7 } from '#platform/ids/ids.ts';
import { type AidantInput, aidantSchema } from './aidant.rules.ts';
import { aidantAdded } from './identity.events.ts';
import { sealTotpSecret } from './second-factor.ts';
import { asBase32, newSecret, totpUri } from './totp.rules.ts';

export type AddedAidant = {
  aidantId: string;
  /** What the aidant's phone application is set with; shown once, kept sealed. */
  totpSecret: string;
  totpUri: string;
};

/** Adds an aidant to one or several structures, with a second factor, and journals it. */
export async function addAidant(
  ctx: AppContext,
  input: AidantInput,
): Promise<({ ok: true } & AddedAidant) | { ok: false; errors: FieldErrors }> {
  const read = readForm(aidantSchema, input);
  if (!read.ok) return read;
  const { organisationIds, totpSecret = newSecret(), ...facts } = read.value;
  const now = ctx.clock.now();
  const id = uuidv7(now);
  const [first = ''] = organisationIds;
  try {
    await inTransaction(ctx, async (trx) => {
      const sealed = sealTotpSecret(ctx.keys, { accounts: 'aidant', id }, totpSecret);
      await trx
        .insertInto('aidant')
        .values({ id, ...facts, totpSecret: sealed, currentOrganisationId: first, createdAt: now })
        .execute();
      await insertMemberships(trx, id, organisationIds, now);
      await record(ctx, trx, addedEvent(id, read.value));
    });
  } catch (error) {
    if (violates(error, 'aidant_email_is_unique')) return refusal('email', 'un aidant a déjà cette adresse');
    if (KEYS_TO_ORGANISATION.some((key) => violates(error, key)))
      return refusal('organisationIds', 'structure inconnue');
    throw error;
  }
  return { ok: true, aidantId: id, totpSecret: asBase32(totpSecret), totpUri: totpUri(totpSecret, facts.email) };
}

const KEYS_TO_ORGANISATION = ['membership_organisation_id_fkey', 'aidant_current_organisation_id_fkey'];

function refusal(field: string, message: string): { ok: false; errors: FieldErrors } {
  return { ok: false, errors: { [field]: message } };
}

async function insertMemberships(trx: Trx, aidantId: string, organisationIds: readonly string[], now: Date) {
  const distinct = [...new Set(organisationIds)];
  await trx
    .insertInto('membership')
    .values(distinct.map((organisationId) => ({ aidantId, organisationId, createdAt: now })))
    .execute();
}

type Facts = { firstName: string; lastName: string; email: string; mayConclude: boolean; organisationIds: string[] };

function addedEvent(id: string, { firstName, lastName, email, mayConclude, organisationIds }: Facts) {
  return aidantAdded.event({
    actor: { aidantId: id, organisationId: organisationIds[0] },
    result: 'ok',
    clear: { aidant: id, organisations: [...new Set(organisationIds)], mayConclude },
    committed: { firstName, lastName, email },
    subject: { kind: 'aidant', id },
  });
}
