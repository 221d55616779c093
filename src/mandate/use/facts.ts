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
  columns: sql`u.id as "useId", u.authorisation_id as "authorisationId", u.mandate_id as "mandateId",
    u.organisation_id as "organisationId", u.usager_id as "usagerId", u.aidant_id as "aidantId", u.theme,
    u.client_id as "clientId", u.token_at as "tokenAt", u.revoked_at as "revokedAt", m.journal_alias as "journalAlias",
    m.entry_count as "entryCount", m.ends_at as "mandateEndsAt", m.ended_at as "mandateEndedAt",
    m.suspended_at as "mandateSuspendedAt", a.ends_at as "authorisationEndsAt", a.ended_at as "authorisationEndedAt",
    o.active as "organisationActive", o.siret as "organisationSiret", o.name as "organisationName",
    u.theme = any (o.allowed_themes) as "themeAllowed", d.active as "aidantActive",
    exists (select from membership b where b.aidant_id = u.aidant_id and b.organisation_id = u.organisation_id)
      as "aidantBelongs",
    s.expires_at as "sessionExpiresAt", q.email is not null as "usagerHasEmail"`,
  joins: sql`
    join mandate m on m.id = u.mandate_id
    join authorisation a on a.id = u.authorisation_id
    join organisation o on o.id = u.organisation_id
    join aidant d on d.id = u.aidant_id
    join usager q on q.id = u.usager_id
    left join session s on s.id_hash = u.session_id_hash`,
} as const;

/** For statements on the way of a connection: names are written as they are read, and nothing is built twice. */
export function asWritten(db: Db): Db {
  return db.withoutPlugins();
}

export async function findUseFacts(db: Db, useId: string): Promise<UseFacts> {
  const { rows } = await sql<UseFacts>`
    select ${useFacts.columns} from use u ${useFacts.joins} where u.id = ${useId}`.execute(asWritten(db));
  const [facts] = rows;
  if (!facts) throw new Error(`there is no use ${useId}`);
  return facts;
}

export type WantedChoice = { organisationId: string; usagerId: string; theme: string };

/** The facts of a choice as a subquery, for a query that reads something else as well; no row when it is not open. */
export function choiceFacts({ organisationId, usagerId, theme }: WantedChoice): RawBuilder<unknown> {
  return sql`(select a.id as "authorisationId", m.id as "mandateId", m.journal_alias as "journalAlias",
      m.entry_count as "entryCount", m.ends_at as "mandateEndsAt", m.ended_at as "mandateEndedAt",
      m.suspended_at as "mandateSuspendedAt", a.ends_at as "authorisationEndsAt", a.ended_at as "authorisationEndedAt",
      o.active as "organisationActive", a.theme = any (o.allowed_themes) as "themeAllowed",
      q.email is not null as "usagerHasEmail"
    from authorisation a
      join mandate m on m.id = a.mandate_id
      join organisation o on o.id = a.organisation_id
      join usager q on q.id = a.usager_id
    where a.organisation_id = ${organisationId} and a.usager_id = ${usagerId} and a.theme = ${theme}
      and a.ended_at is null)`;
}

export async function findChoiceFacts(db: Db, wanted: WantedChoice): Promise<ChoiceFacts | undefined> {
  const { rows } = await sql<ChoiceFacts>`select * from ${choiceFacts(wanted)} as facts`.execute(asWritten(db));
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
