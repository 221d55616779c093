import { record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import { violates } from '#platform/db/database.ts';
import { type FieldErrors, readForm } from '#platform/http/form.ts';
import { uuidv7 } from '#platform/ids/ids.ts';
import { auditorAdded } from './auditor.events.ts';
import { type AuditorInput, auditorSchema } from './auditor.rules.ts';
import { sealTotpSecret } from './second-factor.ts';
import { asBase32, newSecret, totpUri } from './totp.rules.ts';

export type AddedAuditor = {
  auditorId: string;
  /** What the auditor's phone application is set with; shown once, kept sealed. */
  totpSecret: string;
  totpUri: string;
};

/** Adds an auditor, of the whole country or of some départements, with a second factor, and journals it. */
export async function addAuditor(
  ctx: AppContext,
  input: AuditorInput,
): Promise<({ ok: true } & AddedAuditor) | { ok: false; errors: FieldErrors }> {
  const read = readForm(auditorSchema, input);
  if (!read.ok) return read;
  const { totpSecret = newSecret(), ...facts } = read.value;
  const now = ctx.clock.now();
  const id = uuidv7(now);
  const { firstName, lastName, email, departements } = facts;
  const event = auditorAdded.event({
    actor: {},
    result: 'ok',
    clear: { auditor: id, ...(departements && { departements }) },
    committed: { firstName, lastName, email },
    subject: { kind: 'auditor', id },
  });
  try {
    await inTransaction(ctx, async (trx) => {
      const sealed = sealTotpSecret(ctx.keys, { accounts: 'auditor', id }, totpSecret);
      await trx
        .insertInto('auditor')
        .values({ id, ...facts, totpSecret: sealed, createdAt: now })
        .execute();
      await record(ctx, trx, event);
    });
  } catch (error) {
    if (!violates(error, 'auditor_email_is_unique')) throw error;
    return { ok: false, errors: { email: 'un auditeur a déjà cette adresse' } };
  }
  return { ok: true, auditorId: id, totpSecret: asBase32(totpSecret), totpUri: totpUri(totpSecret, email) };
}
