import { type RawBuilder, sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';
import type { Right, UseRight } from './use.rules.ts';

/** What both kinds of facts know of their mandate. */
type MandateFacts = { authorisationId: string; mandateId: string; journalAlias: string; entryCount: number };

/** What a choice depends on. */
export type ChoiceFacts = Right & MandateFacts;

/** What a use depends on, and what an entry or an ID token says of it. */
export type UseFacts = UseRight &
  MandateFacts & {
    useId: string;
    organisationId: string;
    usagerId: string;
    aidantId: string;
    theme: string;
    clientId: string;
    tokenAt: Date | null;
    organisationSiret: string;
    organisationName: string;
  };

/**
 * The facts of a use, for a query that has `use u` and may read something else as well. Whoever changes a mandate, its themes
 * or its uses takes a number of the mandate under its lock: facts with the same `entryCount` are still true of them.
 */
export const useFacts = {
  columns: sql`u.id as use_id, u.authorisation_id, u.mandate_id, u.organisation_id, u.usager_id, u.aidant_id, u.theme,
    u.client_id, u.token_at, u.revoked_at, m.journal_alias, m.entry_count, m.ends_at as mandate_ends_at,
    m.ended_at as mandate_ended_at, m.suspended_at as mandate_suspended_at, a.ends_at as authorisation_ends_at,
    a.ended_at as authorisation_ended_at, o.active as organisation_active, o.siret as organisation_siret,
    o.name as organisation_name, u.theme = any (o.allowed_themes) as theme_allowed, d.active as aidant_active,
    exists (select from membership b where b.aidant_id = u.aidant_id and b.organisation_id = u.organisation_id)
      as aidant_belongs,
    s.expires_at as session_expires_at, q.email is not null as usager_has_email`,
  joins: sql`
    join mandate m on m.id = u.mandate_id
    join authorisation a on a.id = u.authorisation_id
    join organisation o on o.id = u.organisation_id
    join aidant d on d.id = u.aidant_id
    join usager q on q.id = u.usager_id
    left join session s on s.id_hash = u.session_id_hash`,
} as const;

export async function findUseFacts(db: Db, useId: string): Promise<UseFacts> {
  const { rows } = await sql<UseFacts>`
    select ${useFacts.columns} from use u ${useFacts.joins} where u.id = ${useId}`.execute(db);
  const [facts] = rows;
  if (!facts) throw new Error(`there is no use ${useId}`);
  return facts;
}

export type WantedChoice = { organisationId: string; usagerId: string; theme: string };

/** The facts of a choice as a subquery, for a query that reads something else as well; no row when it is not open. */
export function choiceFacts({ organisationId, usagerId, theme }: WantedChoice): RawBuilder<unknown> {
  return sql`(select a.id as authorisation_id, m.id as mandate_id, m.journal_alias, m.entry_count,
      m.ends_at as mandate_ends_at, m.ended_at as mandate_ended_at, m.suspended_at as mandate_suspended_at,
      a.ends_at as authorisation_ends_at, a.ended_at as authorisation_ended_at, o.active as organisation_active,
      a.theme = any (o.allowed_themes) as theme_allowed, q.email is not null as usager_has_email
    from authorisation a
      join mandate m on m.id = a.mandate_id
      join organisation o on o.id = a.organisation_id
      join usager q on q.id = a.usager_id
    where a.organisation_id = ${organisationId} and a.usager_id = ${usagerId} and a.theme = ${theme}
      and a.ended_at is null)`;
}

export async function findChoiceFacts(db: Db, wanted: WantedChoice): Promise<ChoiceFacts | undefined> {
  const { rows } = await sql<ChoiceFacts>`select * from ${choiceFacts(wanted)} as facts`.execute(db);
  return rows[0];
}

/** The number of the entry that the act writes; none once the mandate has its closing entry. */
export function nextEntryNumber({ mandateEndedAt, entryCount }: ChoiceFacts): number | undefined {
  return mandateEndedAt ? undefined : entryCount + 1;
}

/** Acts that came first, at most, before giving up: each of them has done something. */
const ATTEMPTS = 50;

/**
 * Judges facts and acts on them, again when another act of the mandate came first (`attempt` returns undefined). Each attempt
 * is one statement, that is one transaction: it locks the mandate, does the act and writes its journal entry, or nothing.
 */
export async function onFacts<Facts, Result>(
  known: Facts,
  again: () => Promise<Facts>,
  attempt: (facts: Facts) => Promise<Result | undefined>,
): Promise<Result> {
  let facts = known;
  for (let count = 0; count < ATTEMPTS; count += 1) {
    const result = await attempt(facts);
    if (result !== undefined) return result;
    facts = await again();
  }
  throw new Error('acts of one mandate came faster than they could be judged');
}
