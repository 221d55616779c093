import { type RawBuilder, sql } from 'kysely';
import type { AdapterPayload } from 'oidc-provider';
import {
  asWritten,
  readFacts,
  readSealedUse,
  type SealedUse,
  sealedUse,
  type Told,
  type ToldSealedUse,
  type UseFacts,
  useFacts,
} from '#mandate';
import type { Db } from '#platform/db/database.ts';
import { hashOfId, stripped } from './payload.rules.ts';

export type NewPayload = { id: string; payload: AdapterPayload; expiresAt: Date };

const asJson = (payload: AdapterPayload) => JSON.stringify(stripped(payload));

/** Keeps a request that a partner sent. Not worth waiting for the disk: after a crash it would be sent again. */
export async function insertInteraction(db: Db, { id, payload, expiresAt }: NewPayload): Promise<void> {
  await sql`
    with unhurried as (select set_config('synchronous_commit', 'off', true))
    insert into oidc_payload (model, id_hash, payload, expires_at)
    select 'Interaction', ${hashOfId(id)}, ${asJson(payload)}::jsonb, ${expiresAt} from unhurried`.execute(
    asWritten(db),
  );
}

/** A request taken up again, with the facts of the use it was answered with. */
export type TakenRequest = { payload: AdapterPayload; facts: UseFacts | undefined };

/**
 * Reads a request and forgets it, at once: it is taken up again one time only. Nor is that worth waiting for the disk: the
 * code that follows is, and makes this durable as well.
 */
export async function takeInteraction(db: Db, id: string, now: Date): Promise<TakenRequest | undefined> {
  const { rows } = await sql<{ payload: AdapterPayload; facts: Told<UseFacts> | null }>`
    with unhurried as (select set_config('synchronous_commit', 'off', true)),
    taken as (
      delete from oidc_payload using unhurried
      where model = 'Interaction' and id_hash = ${hashOfId(id)} and expires_at > ${now}
      returning payload)
    select taken.payload, (
      select ${useFacts.json} from use u ${useFacts.joins}
      where u.id = (taken.payload #>> '{result,consent,grantId}')::uuid) as facts
    from taken`.execute(asWritten(db));
  const [row] = rows;
  return row && { payload: row.payload, facts: row.facts ? readFacts(row.facts) : undefined };
}

/** Keeps a code of a use: stands in the statement that issues it. */
export function keepingCode(useId: string, { id, payload, expiresAt }: NewPayload): RawBuilder<unknown> {
  return sql`, kept as (
    insert into oidc_payload (model, id_hash, payload, use_id, expires_at)
    select 'AuthorizationCode', ${hashOfId(id)}::bytea, ${asJson(payload)}::jsonb, ${useId}::uuid, ${expiresAt}::timestamptz
    from settled)`;
}

/** Consumes a code of a use and keeps its token: stands in the statement that redeems it. */
export function exchanging(
  useId: string,
  { codeId, token: { id, payload, expiresAt }, now }: { codeId: string; token: NewPayload; now: Date },
): RawBuilder<unknown> {
  return sql`, consumed as (
    update oidc_payload set consumed_at = ${now} from settled
    where model = 'AuthorizationCode' and id_hash = ${hashOfId(codeId)}),
  kept as (
    insert into oidc_payload (model, id_hash, payload, use_id, expires_at)
    select 'AccessToken', ${hashOfId(id)}::bytea, ${asJson(payload)}::jsonb, ${useId}::uuid, ${expiresAt}::timestamptz
    from settled)`;
}

/** Removes the tokens of a use. Its codes stay until they expire, so that a replay is still recognised. */
export function forgettingTokens(useId: string): RawBuilder<unknown> {
  return sql`, forgotten as (
    delete from oidc_payload using settled where use_id = ${useId} and model = 'AccessToken')`;
}

export type FoundToken = {
  payload: AdapterPayload;
  consumedAt: Date | null;
  usagerSubject: string;
  aidantSubject: string;
  use: SealedUse;
};

/** A code or a token that is still good at `now`, with the names its partner has for its person and aidant, and its use. */
export async function findToken(
  db: Db,
  { model, id, now }: { model: 'AuthorizationCode' | 'AccessToken'; id: string; now: Date },
): Promise<FoundToken | undefined> {
  const { rows } = await sql<Omit<FoundToken, 'use'> & ToldSealedUse>`
    select p.payload, p.consumed_at as "consumedAt", of_usager.subject as "usagerSubject",
      of_aidant.subject as "aidantSubject", ${sealedUse}
    from oidc_payload p
      join use u on u.id = p.use_id
      ${useFacts.joins}
      join oidc_client c on c.client_id = u.client_id
      join client_subject of_usager
        on of_usager.sector = c.sector and of_usager.kind = 'usager' and of_usager.person_id = u.usager_id
      join client_subject of_aidant
        on of_aidant.sector = c.sector and of_aidant.kind = 'aidant' and of_aidant.person_id = u.aidant_id
    where p.model = ${model} and p.id_hash = ${hashOfId(id)} and p.expires_at > ${now}`.execute(asWritten(db));
  const [row] = rows;
  return row && { ...row, use: readSealedUse(row) };
}

/** The client gave a token back. */
export async function deleteToken(db: Db, id: string): Promise<void> {
  await db.deleteFrom('oidcPayload').where('model', '=', 'AccessToken').where('idHash', '=', hashOfId(id)).execute();
}
