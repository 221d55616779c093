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
  json: sql`json_build_object('useId', u.id, 'authorisationId', u.authorisation_id, 'mandateId', u.mandate_id,
    'organisationId', u.organisation_id, 'usagerId', u.usager_id, 'aidantId', u.aidant_id, 'theme', u.theme,
    'clientId', u.client_id, 'tokenAt', u.token_at, 'revokedAt', u.revoked_at, 'journalAlias', m.journal_alias,
    'entryCount', m.entry_count, 'mandateEndsAt', m.ends_at, 'mandateEndedAt', m.ended_at,
    'mandateSuspendedAt', m.suspended_at, 'authorisationEndsAt', a.ends_at, 'authorisationEndedAt', a.ended_at,
    'organisationActive', o.active, 'organisationSiret', o.siret, 'organisationName', o.name,
    'themeAllowed', u.theme = any (o.allowed_themes), 'aidantActive', d.active, 'aidantBelongs',
    exists (select from membership b where b.aidant_id = u.aidant_id and b.organisation_id = u.organisation_id),
    'sessionExpiresAt', s.expires_at, 'usagerHasEmail', q.email is not null)`,
  joins: sql`
    join mandate m on m.id = u.mandate_id
    join authorisation a on a.id = u.authorisation_id and (a.mandate_id, a.organisation_id, a.usager_id, a.theme)
      = (u.mandate_id, u.organisation_id, u.usager_id, u.theme)
    join organisation o on o.id = u.organisation_id
    join aidant d on d.id = u.aidant_id
    join usager q on q.id = u.usager_id
    left join session s on s.id_hash = u.session_id_hash`,
} as const;

/** Facts as a query returns them: one value, which costs less to receive than twenty-five columns. */
export type Told<Facts> = { [Name in keyof Facts]: Date extends Facts[Name] ? unknown : Facts[Name] };

/** Instants are the members whose name ends in At. */
export function readFacts<Facts>(told: Told<Facts>): Facts {
  const facts = told as Record<string, unknown>;
  for (const name in facts) {
    const value = facts[name];
    if (typeof value === 'string' && name.endsWith('At')) facts[name] = new Date(value);
  }
  return facts as Facts;
}

/** For statements on the way of a connection: names are written as they are read, and nothing is built twice. */
export function asWritten(db: Db): Db {
  return db.withoutPlugins();
}

export async function findUseFacts(db: Db, useId: string): Promise<UseFacts> {
  const { rows } = await sql<{ facts: Told<UseFacts> }>`
    select ${useFacts.json} as facts from use u ${useFacts.joins} where u.id = ${useId}`.execute(asWritten(db));
  const [row] = rows;
  if (!row) throw new Error(`there is no use ${useId}`);
  return readFacts(row.facts);
}

export type WantedChoice = { organisationId: string; usagerId: string; theme: string };

/** The facts of a choice as an expression, for a query that reads something else as well; null when it is not open. */
export function choiceFacts({ organisationId, usagerId, theme }: WantedChoice): RawBuilder<Told<ChoiceFacts> | null> {
  return sql`(select json_build_object('authorisationId', a.id, 'mandateId', m.id, 'journalAlias', m.journal_alias,
      'entryCount', m.entry_count, 'mandateEndsAt', m.ends_at, 'mandateEndedAt', m.ended_at,
      'mandateSuspendedAt', m.suspended_at, 'authorisationEndsAt', a.ends_at, 'authorisationEndedAt', a.ended_at,
      'organisationActive', o.active, 'themeAllowed', a.theme = any (o.allowed_themes),
      'usagerHasEmail', q.email is not null)
    from authorisation a
      join mandate m on m.id = a.mandate_id
      join organisation o on o.id = a.organisation_id
      join usager q on q.id = a.usager_id
    where a.organisation_id = ${organisationId} and a.usager_id = ${usagerId} and a.theme = ${theme}
      and a.ended_at is null)`;
}

export async function findChoiceFacts(db: Db, wanted: WantedChoice): Promise<ChoiceFacts | undefined> {
  const { rows } = await sql<{ facts: Told<ChoiceFacts> | null }>`
    select ${choiceFacts(wanted)} as facts`.execute(asWritten(db));
  const facts = rows[0]?.facts;
  return facts ? readFacts(facts) : undefined;
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
