import { type QueryCreator, sql } from 'kysely';
import type { AnswerDb } from '#mandate';
import type { DB, Db, Trx } from '#platform/db/database.ts';
import { SECOND } from '#platform/time/clock.ts';
import { ACR } from './authorize-request.rules.ts';
import { accountOf, hashOfId } from './payload.rules.ts';
import { KEPT } from './payload.store.ts';
import { readPerimeter } from './perimeter.rules.ts';

/** A request of a partner, as the pages that answer it know it. */
export type PartnerRequest = {
  uid: string;
  clientId: string;
  redirectUri: string;
  state: string;
  /** Keys of the themes that the partner limits the connection to; null when it does not. */
  perimeter: string[] | null;
  /** In seconds. */
  maxAge: number | undefined;
  status: 'waiting' | 'answered' | 'expired';
};

type Payload = {
  params?: { client_id?: string; redirect_uri?: string; state?: string; claims?: string; max_age?: string };
  result?: unknown;
};

/** The request of this uid, even too old or answered (until it is swept), or undefined. */
export async function findRequest(db: Db, uid: string, now: Date): Promise<PartnerRequest | undefined> {
  const row = await db
    .selectFrom('oidcPayload')
    .select([KEPT, 'expiresAt'])
    .where('model', '=', 'Interaction')
    .where('idHash', '=', hashOfId(uid))
    .executeTakeFirst();
  if (!row) return undefined;
  const { params, result }: Payload = JSON.parse(row.payload);
  if (!params?.client_id || !params.redirect_uri || !params.state) return undefined;
  const perimeter = readPerimeter(params.claims);
  return {
    uid,
    clientId: params.client_id,
    redirectUri: params.redirect_uri,
    state: params.state,
    perimeter: perimeter.ok ? perimeter.themes : null,
    maxAge: params.max_age === undefined ? undefined : Number(params.max_age),
    status: row.expiresAt <= now ? 'expired' : result ? 'answered' : 'waiting',
  };
}

type Answer = { uid: string; now: Date; result: object };

/** Answers a request that waits for one: the first answer counts. A statement named `answered`, of one row or none. */
function withAnswer(creator: QueryCreator<DB>, { uid, now, result }: Answer): QueryCreator<AnswerDb> {
  const patch = JSON.stringify({ result });
  return creator.with('answered', (db) =>
    db
      .updateTable('oidcPayload')
      .set({ payload: sql`payload || ${patch}::jsonb` })
      .where('model', '=', 'Interaction')
      .where('idHash', '=', hashOfId(uid))
      .where('expiresAt', '>', now)
      .where(sql<boolean>`payload -> 'result' is null`)
      .returning('idHash'),
  ) as unknown as QueryCreator<AnswerDb>;
}

/** Answers with a use: its account, since when its aidant is authenticated, and its grant. */
export function withChosenUse(
  creator: QueryCreator<DB>,
  { uid, now, useId, factorAt }: Omit<Answer, 'result'> & { useId: string; factorAt: Date },
): QueryCreator<AnswerDb> {
  const ts = Math.floor(factorAt.getTime() / SECOND);
  const login = { accountId: accountOf(useId), acr: ACR, ts, remember: false };
  return withAnswer(creator, { uid, now, result: { login, consent: { grantId: useId } } });
}

/** Answers with no: the partner will receive `access_denied`. A request answered before keeps its answer. */
export async function declineRequest(db: Db, { uid, now }: Omit<Answer, 'result'>): Promise<void> {
  const result = { error: 'access_denied', error_description: 'nobody was chosen' };
  await withAnswer(db, { uid, now, result }).selectFrom('answered').select('idHash').execute();
}

/** Notes in a request that its refusal was written; false when it was noted before. */
export async function noteRefusal(trx: Trx, uid: string): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('oidcPayload')
    .set({ payload: sql`payload || '{"refusalWritten":true}'::jsonb` })
    .where('model', '=', 'Interaction')
    .where('idHash', '=', hashOfId(uid))
    .where(sql<boolean>`payload -> 'refusalWritten' is null`)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}
