import type { AdapterPayload } from 'oidc-provider';
import type { AppContext } from '#platform/context.ts';
import { type Place, unseal } from '#platform/crypto/seal.ts';
import { SECOND } from '#platform/time/clock.ts';
import { CLIENT_ID } from './client.rules.ts';

/** A registered partner as the provider knows it: its metadata in the words of OpenID Connect, secret included. */
export type RegisteredClient = { clientId: string; name: string; sector: string; metadata: AdapterPayload };

export type ClientStore = { find(clientId: string): Promise<RegisteredClient | undefined> };

/** Where a secret is sealed. */
export const secretAt = (clientId: string): Place => ({ table: 'oidc_client', column: 'secret_sealed', row: clientId });

const REMEMBERED_FOR = 5 * SECOND;
const REMEMBERED_AT_MOST = 100;

/**
 * Reads partners, and remembers each for 5 seconds: they hardly ever change, and every request names one. A change of
 * secret or address therefore takes 5 seconds to reach all nodes. Those that do not exist are not remembered.
 */
export function clientStore(ctx: Pick<AppContext, 'db' | 'keys' | 'clock'>): ClientStore {
  const remembered = new Map<string, { client: RegisteredClient; until: number }>();
  return {
    async find(clientId) {
      const now = ctx.clock.now().getTime();
      const known = remembered.get(clientId);
      if (known && known.until > now) return known.client;
      const client = await read(ctx, clientId);
      remembered.delete(clientId);
      if (remembered.size >= REMEMBERED_AT_MOST) remembered.clear();
      if (client) remembered.set(clientId, { client, until: now + REMEMBERED_FOR });
      return client;
    },
  };
}

async function read(
  { db, keys }: Pick<AppContext, 'db' | 'keys'>,
  clientId: string,
): Promise<RegisteredClient | undefined> {
  if (!CLIENT_ID.test(clientId)) return undefined;
  const row = await db.selectFrom('oidcClient').selectAll().where('clientId', '=', clientId).executeTakeFirst();
  if (!row) return undefined;
  const secret = unseal(keys.data, secretAt(clientId), row.secretSealed).toString();
  const metadata: AdapterPayload = { ...JSON.parse(row.metadata), client_secret: secret };
  return { clientId, name: row.name, sector: row.sector, metadata };
}
