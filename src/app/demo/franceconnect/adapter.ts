import { type Adapter, type AdapterFactory, type AdapterPayload, errors } from 'oidc-provider';

interface Row {
  readonly model: string;
  readonly payload: AdapterPayload;
  readonly expiresAt: number;
}

/** What oidc-provider keeps, in memory. It outlives the provider, which is built anew at each rotation of keys. */
export interface ProviderStore {
  readonly factory: AdapterFactory;
  /** Forgets the provider's session of a browser. */
  dropSession(id: string): void;
}

const purgeAbove = 5000;

export function providerStore(
  clientMetadata: (id: string) => AdapterPayload | undefined,
  now: () => Date,
): ProviderStore {
  const rows = new Map<string, Row>();
  const rowKey = (model: string, id: string) => `${model}:${id}`;
  const purge = () => {
    for (const [key, row] of rows) if (row.expiresAt < now().getTime()) rows.delete(key);
  };
  const factory = (model: string): Adapter => {
    // Gone on the second, like FranceConnect's Redis; the library alone would allow 15 s more.
    const liveRow = (id: string) => {
      const row = rows.get(rowKey(model, id));
      return row && row.expiresAt > now().getTime() ? row : undefined;
    };
    return {
      async upsert(id, payload, expiresIn) {
        if (rows.size > purgeAbove) purge();
        rows.set(rowKey(model, id), { model, payload, expiresAt: now().getTime() + (expiresIn ?? 86_400) * 1000 });
      },
      async find(id) {
        return model === 'Client' ? clientMetadata(id) : liveRow(id)?.payload;
      },
      async findByUid(uid) {
        for (const row of rows.values()) if (row.model === model && row.payload.uid === uid) return row.payload;
        return undefined;
      },
      async findByUserCode() {
        return undefined;
      },
      async consume(id) {
        const row = liveRow(id);
        if (!row || row.payload.consumed) throw new errors.InvalidGrant('authorization code already consumed');
        row.payload.consumed = Math.floor(now().getTime() / 1000);
      },
      async destroy(id) {
        rows.delete(rowKey(model, id));
      },
      async revokeByGrantId(grantId) {
        for (const [key, row] of rows) if (row.payload.grantId === grantId) rows.delete(key);
      },
    };
  };
  return { factory, dropSession: (id) => void rows.delete(rowKey('Session', id)) };
}
