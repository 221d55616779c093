import { sql } from 'kysely';
import type { Db, Trx } from '#platform/db/database.ts';
import { isUuid } from '#platform/ids/ids.ts';
import type { Usager } from '#usager';
import type { EndChannel } from '../mandate.events.ts';
import type { EndCause } from '../mandate.rules.ts';
import { lastToldUnlessOpen } from './last-told.queries.ts';
import { type WhoItIs, whoInSnapshot } from './snapshot-name.ts';

export type PersonOfStructure = { organisationId: string; usagerId: string };

/** A person as a structure may see them. */
export type PersonSeen = {
  id: string;
  /** Undefined when their last mandate cannot be read any more. */
  who: WhoItIs | undefined;
  /** Only while something is open between the structure and the person. */
  contacts: Pick<Usager, 'email'> | null;
};

/**
 * A person who gave this structure a mandate: as they are while one is open, as the last one says once none is. Anybody else
 * is nobody here.
 */
export async function findUsagerOf(
  db: Db,
  { organisationId, usagerId }: PersonOfStructure,
  now: Date,
): Promise<PersonSeen | undefined> {
  if (!isUuid(usagerId)) return undefined;
  const row = await db
    .selectFrom('usager')
    .select(['id', 'givenName', 'familyName', 'preferredUsername', 'gender', 'birthdate', 'email'])
    .select(lastToldUnlessOpen({ organisationId, now }).as('lastTold'))
    .where('id', '=', usagerId)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('mandate')
          .select('mandate.id')
          .where('mandate.organisationId', '=', organisationId)
          .where('mandate.usagerId', '=', usagerId)
          .where('mandate.archivedAt', 'is', null),
      ),
    )
    .$narrowType<{ gender: Usager['gender'] }>()
    .executeTakeFirst();
  if (!row) return undefined;
  const { id, email, lastTold, ...who } = row;
  return lastTold === null ? { id, who, contacts: { email } } : { id, who: whoInSnapshot(lastTold), contacts: null };
}

/**
 * Whether the structure holds a mandate of the person that is in force, at the moment of the answer and until the end of the
 * transaction: an end, of a mandate or of its term, that came first is seen, one that comes later waits. The caller has
 * locked the person.
 */
export async function holdsMandateInForce(
  trx: Trx,
  { organisationId, usagerId }: PersonOfStructure,
  clock: { now(): Date },
): Promise<boolean> {
  const open = await trx
    .selectFrom('mandate')
    .select('endsAt')
    .where('organisationId', '=', organisationId)
    .where('usagerId', '=', usagerId)
    .where('endedAt', 'is', null)
    .where('suspendedAt', 'is', null)
    .orderBy('id')
    .forShare()
    .execute();
  const now = clock.now();
  return open.some(({ endsAt }) => endsAt > now);
}

export type AuthorisationOfMandate = {
  theme: string;
  endedAt: Date | null;
  endCause: EndCause | null;
  endedBy: string | null;
};

export type MandateOfPerson = {
  id: string;
  number: string;
  duration: string;
  startsAt: Date;
  endsAt: Date;
  suspendedAt: Date | null;
  endedAt: Date | null;
  endCause: EndCause | null;
  endKnownAt: Date | null;
  endChannel: EndChannel | null;
  endedBy: string | null;
  acceptedBy: string;
  paper: 'missing' | 'signed' | 'none';
  paperReason: string | null;
  paperNote: string | null;
  paperRecordedAt: Date | null;
  authorisations: AuthorisationOfMandate[];
};

/** Every mandate of a person with a structure that is not archived, newest first, with its themes and who did what. One query. */
export async function findMandatesOf(
  db: Db,
  { organisationId, usagerId }: PersonOfStructure,
): Promise<MandateOfPerson[]> {
  type Json = Omit<AuthorisationOfMandate, 'endedAt'> & { endedAt: string | null };
  const { rows } = await sql<Omit<MandateOfPerson, 'authorisations'> & { authorisations: Json[] }>`
    select m.id, m.number, m.duration, m.starts_at, m.ends_at, m.suspended_at, m.ended_at, m.end_cause, m.end_known_at,
      m.end_channel, m.paper, m.paper_reason, m.paper_note, m.paper_recorded_at,
      signer.first_name || ' ' || signer.last_name as accepted_by,
      ender.first_name || ' ' || ender.last_name as ended_by,
      coalesce((
        select json_agg(json_build_object('theme', a.theme, 'endedAt', a.ended_at, 'endCause', a.end_cause,
          'endedBy', d.first_name || ' ' || d.last_name))
        from authorisation a left join aidant d on d.id = a.ended_by_aidant_id where a.mandate_id = m.id
      ), '[]') as authorisations
    from mandate m
      join aidant signer on signer.id = m.aidant_id
      left join aidant ender on ender.id = m.ended_by_aidant_id
    where m.organisation_id = ${organisationId} and m.usager_id = ${usagerId} and m.archived_at is null
    order by m.starts_at desc, m.id`.execute(db);
  return rows.map(({ authorisations, ...mandate }) => ({
    ...mandate,
    authorisations: authorisations.map(({ endedAt, ...one }) => ({
      ...one,
      endedAt: endedAt ? new Date(endedAt) : null,
    })),
  }));
}

export const USES_PER_PAGE = 25;

export type UseOfPerson = {
  id: string;
  chosenAt: Date;
  theme: string;
  site: string;
  aidant: string;
  identityGivenAt: Date | null;
  revokedAt: Date | null;
  refusedAt: Date | null;
  refusal: string | null;
};

/** The connections in a person's name by a structure, newest first: one page, those before `olderThan` when it is one of them. */
export async function findUsesOf(
  db: Db,
  person: PersonOfStructure,
  olderThan: string | undefined,
): Promise<{ uses: UseOfPerson[]; more: boolean }> {
  const rows = await db
    .selectFrom('use')
    .innerJoin('aidant', 'aidant.id', 'use.aidantId')
    .select(['use.id', 'chosenAt', 'theme', 'site', 'identityGivenAt', 'revokedAt', 'refusedAt', 'refusal'])
    .select(sql<string>`aidant.first_name || ' ' || aidant.last_name`.as('aidant'))
    .where('use.organisationId', '=', person.organisationId)
    .where('use.usagerId', '=', person.usagerId)
    .$if(olderThan !== undefined && isUuid(olderThan), (query) => query.where(olderUses(person, olderThan ?? '')))
    .orderBy('chosenAt', 'desc')
    .orderBy('use.id')
    .limit(USES_PER_PAGE + 1)
    .execute();
  return { uses: rows.slice(0, USES_PER_PAGE), more: rows.length > USES_PER_PAGE };
}

function olderUses({ organisationId, usagerId }: PersonOfStructure, id: string) {
  const edge = sql<Date>`(
    select chosen_at from use where id = ${id} and organisation_id = ${organisationId} and usager_id = ${usagerId})`;
  return sql<boolean>`use.chosen_at <= ${edge} and (use.chosen_at < ${edge} or use.id > ${id})`;
}
