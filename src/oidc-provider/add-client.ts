import { record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import { randomToken } from '#platform/crypto/hashes.ts';
import { seal } from '#platform/crypto/seal.ts';
import { violates } from '#platform/db/database.ts';
import { type FieldErrors, readForm } from '#platform/http/form.ts';
import { type ClientInput, clientSchema, metadataOf } from './client.rules.ts';
import { secretAt } from './client.store.ts';
import { clientAdded } from './provider.events.ts';

/**
 * Registers a partner and journals it. Without a secret, one is made; it is returned once, and kept sealed. Refused with one
 * message per field that does not hold.
 */
export async function addClient(
  ctx: Pick<AppContext, 'db' | 'keys' | 'clock'>,
  input: Omit<ClientInput, 'secret'> & { secret?: string },
): Promise<{ ok: true; clientId: string; secret: string } | { ok: false; errors: FieldErrors }> {
  const read = readForm(clientSchema, { secret: randomToken(), ...input });
  if (!read.ok) return read;
  const { clientId, name, sector, secret, userinfo } = read.value;
  try {
    await inTransaction(ctx, async (trx) => {
      await trx
        .insertInto('oidcClient')
        .values({
          clientId,
          name,
          sector,
          metadata: JSON.stringify(metadataOf(read.value)),
          secretSealed: seal(ctx.keys.data, secretAt(clientId), secret),
          createdAt: ctx.clock.now(),
        })
        .execute();
      const clear = { client: clientId, sector, userinfo };
      await record(ctx, trx, clientAdded.event({ actor: {}, result: 'ok', clear }));
    });
  } catch (error) {
    if (!violates(error, 'oidc_client_pkey')) throw error;
    return { ok: false, errors: { clientId: 'already registered' } };
  }
  return { ok: true, clientId, secret };
}
