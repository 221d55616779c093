import { type QueryCreator, sql } from 'kysely';
import type { AdapterPayload } from 'oidc-provider';
import type { DB, Db, Trx } from '#platform/db/database.ts';
import { hashOfId, type Model, stripped } from './payload.rules.ts';

export type NewPayload = { model: Model; id: string; payload: AdapterPayload; useId?: string; expiresAt: Date };

const asJson = (payload: AdapterPayload) => JSON.stringify(stripped(payload));

/** As text: the plugin that turns column names into camelCase would turn the names inside as well. */
export const KEPT = sql<string>`oidc_payload.payload::text`.as('payload');

/** Keeps a request that a partner sent. Not worth waiting for the disk: after a crash it would be sent again. */
export async function insertInteraction(db: Db, { id, payload, expiresAt }: Omit<NewPayload, 'model'>): Promise<void> {
  await sql`
    with unhurried as (select set_config('synchronous_commit', 'off', true))
    insert into oidc_payload (model, id_hash, payload, expires_at)
    select 'Interaction', ${hashOfId(id)}, ${asJson(payload)}::jsonb, ${expiresAt} from unhurried`.execute(db);
}

/** Reads a request and forgets it, at once: it is taken up again one time only. */
export async function takeInteraction(db: Db, id: string, now: Date): Promise<AdapterPayload | undefined> {
  const row = await db
    .deleteFrom('oidcPayload')
    .where('model', '=', 'Interaction')
    .where('idHash', '=', hashOfId(id))
    .where('expiresAt', '>', now)
    .returning(KEPT)
    .executeTakeFirst();
  return row && JSON.parse(row.payload);
}

/** The statement that keeps a code. */
export function insertCode(creator: QueryCreator<DB>, { id, payload, useId, expiresAt }: Omit<NewPayload, 'model'>) {
  const idHash = hashOfId(id);
  return creator
    .insertInto('oidcPayload')
    .values({ model: 'AuthorizationCode', idHash, payload: asJson(payload), useId: useId ?? null, expiresAt });
}

/** Consumes a code and keeps the token it is worth, in one statement; false when the code was consumed already, or is gone. */
export async function exchangeCode(
  creator: QueryCreator<DB>,
  { codeId, token, now }: { codeId: string; token: Omit<NewPayload, 'model'>; now: Date },
): Promise<boolean> {
  const inserted = await creator
    .with('consumed', (db) =>
      db
        .updateTable('oidcPayload')
        .set({ consumedAt: now })
        .where('model', '=', 'AuthorizationCode')
        .where('idHash', '=', hashOfId(codeId))
        .where('useId', '=', token.useId ?? '')
        .where('consumedAt', 'is', null)
        .returning('useId'),
    )
    .insertInto('oidcPayload')
    .columns(['model', 'idHash', 'payload', 'useId', 'expiresAt'])
    .expression((eb) =>
      eb
        .selectFrom('consumed')
        .select([
          sql<string>`'AccessToken'`.as('model'),
          sql<Buffer>`${hashOfId(token.id)}::bytea`.as('idHash'),
          sql<string>`${asJson(token.payload)}::jsonb`.as('payload'),
          'consumed.useId',
          sql<Date>`${token.expiresAt}::timestamptz`.as('expiresAt'),
        ]),
    )
    .executeTakeFirst();
  return inserted.numInsertedOrUpdatedRows === 1n;
}

export type FoundToken = {
  payload: AdapterPayload;
  useId: string;
  consumedAt: Date | null;
  usagerSubject: string;
  aidantSubject: string;
};

/** A code or a token that is still good at `now`, with the names of its person and aidant for its partner. */
export async function findToken(
  db: Db,
  { model, id, now }: { model: 'AuthorizationCode' | 'AccessToken'; id: string; now: Date },
): Promise<FoundToken | undefined> {
  const row = await db
    .selectFrom('oidcPayload')
    .innerJoin('use', 'use.id', 'oidcPayload.useId')
    .innerJoin('oidcClient', 'oidcClient.clientId', 'use.clientId')
    .innerJoin('clientSubject as ofUsager', (join) =>
      join
        .onRef('ofUsager.sector', '=', 'oidcClient.sector')
        .on('ofUsager.kind', '=', 'usager')
        .onRef('ofUsager.personId', '=', 'use.usagerId'),
    )
    .innerJoin('clientSubject as ofAidant', (join) =>
      join
        .onRef('ofAidant.sector', '=', 'oidcClient.sector')
        .on('ofAidant.kind', '=', 'aidant')
        .onRef('ofAidant.personId', '=', 'use.aidantId'),
    )
    .where('oidcPayload.model', '=', model)
    .where('oidcPayload.idHash', '=', hashOfId(id))
    .where('oidcPayload.expiresAt', '>', now)
    .select([
      KEPT,
      'use.id as useId',
      'oidcPayload.consumedAt',
      'ofUsager.subject as usagerSubject',
      'ofAidant.subject as aidantSubject',
    ])
    .executeTakeFirst();
  return row && { ...row, payload: JSON.parse(row.payload) };
}

/** The client gave a token back. */
export async function deleteToken(db: Db, id: string): Promise<void> {
  await db.deleteFrom('oidcPayload').where('model', '=', 'AccessToken').where('idHash', '=', hashOfId(id)).execute();
}

/** Removes the tokens of a use. Its codes stay until they expire, so that a replay is still recognised. */
export async function deleteTokensOf(trx: Trx, useId: string): Promise<void> {
  await trx.deleteFrom('oidcPayload').where('useId', '=', useId).where('model', '=', 'AccessToken').execute();
}
