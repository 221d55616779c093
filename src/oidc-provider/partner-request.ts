import { type RawBuilder, sql } from 'kysely';
import { asWritten, type ChoiceFacts, choiceFacts, readFacts, type Told, type WantedChoice } from '#mandate';
import type { Db, Trx } from '#platform/db/database.ts';
import { isUuid } from '#platform/ids/ids.ts';
import { SECOND } from '#platform/time/clock.ts';
import { ACR } from './authorize-request.rules.ts';
import { accountOf, hashOfId } from './payload.rules.ts';
import { acceptedPerimeter } from './perimeter.rules.ts';

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

type Row = { payload: Payload; expiresAt: Date };
type Payload = {
  params?: { client_id?: string; redirect_uri?: string; state?: string; claims?: string; max_age?: string };
  result?: unknown;
};

/** The request of this uid, even too old or answered (until it is swept), or undefined. */
export async function findRequest(db: Db, uid: string, now: Date): Promise<PartnerRequest | undefined> {
  const { rows } = await sql<Row>`
    select payload, expires_at as "expiresAt" from oidc_payload where model = 'Interaction' and id_hash = ${hashOfId(uid)}`.execute(
    asWritten(db),
  );
  return rows[0] && requestFrom(uid, rows[0], now);
}

/** The same, with the facts of a choice that would answer it, when it is open. */
export async function findRequestToAnswer(
  db: Db,
  uid: string,
  { now, wanted }: { now: Date; wanted: WantedChoice },
): Promise<{ request: PartnerRequest | undefined; facts: ChoiceFacts | undefined }> {
  if (!isUuid(wanted.usagerId)) return { request: await findRequest(db, uid, now), facts: undefined };
  const { rows } = await sql<Row & { facts: Told<ChoiceFacts> | null }>`
    select p.payload, p.expires_at as "expiresAt", ${choiceFacts(wanted)} as facts from oidc_payload p
    where p.model = 'Interaction' and p.id_hash = ${hashOfId(uid)}`.execute(asWritten(db));
  const [row] = rows;
  if (!row) return { request: undefined, facts: undefined };
  return { request: requestFrom(uid, row, now), facts: row.facts ? readFacts(row.facts) : undefined };
}

function requestFrom(uid: string, row: Row, now: Date): PartnerRequest | undefined {
  const { params, result } = row.payload;
  if (!params?.client_id || !params.redirect_uri || !params.state || !params.claims) return undefined;
  return {
    uid,
    clientId: params.client_id,
    redirectUri: params.redirect_uri,
    state: params.state,
    perimeter: acceptedPerimeter(params.claims),
    maxAge: params.max_age === undefined ? undefined : Number(params.max_age),
    status: row.expiresAt <= now ? 'expired' : result ? 'answered' : 'waiting',
  };
}

type Answer = { uid: string; now: Date; result: object };

/** Answers a request that waits for one: the first answer counts. A statement named `answered`, of one row or none. */
function answering({ uid, now, result }: Answer, from = sql``): RawBuilder<unknown> {
  return sql`answered as (
    update oidc_payload set payload = payload || ${JSON.stringify({ result })}::jsonb ${from}
    where model = 'Interaction' and id_hash = ${hashOfId(uid)} and expires_at > ${now} and payload -> 'result' is null
    returning id_hash)`;
}

/** Answers with a use: its account, since when its aidant is authenticated, and its grant. */
export function answeringWithUse({
  uid,
  now,
  useId,
  factorAt,
}: Omit<Answer, 'result'> & { useId: string; factorAt: Date }): RawBuilder<unknown> {
  const ts = Math.floor(factorAt.getTime() / SECOND);
  const login = { accountId: accountOf(useId), acr: ACR, ts, remember: false };
  return answering({ uid, now, result: { login, consent: { grantId: useId } } }, sql`from locked`);
}

/** Answers with no: the partner will receive `access_denied`. A request answered before keeps its answer. */
export async function declineRequest(db: Db, { uid, now }: Omit<Answer, 'result'>): Promise<void> {
  const result = { error: 'access_denied', error_description: 'nobody was chosen' };
  await sql`with ${answering({ uid, now, result })} select from answered`.execute(db);
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
