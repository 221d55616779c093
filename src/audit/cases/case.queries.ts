import { sql } from 'kysely';
import type { Db, Trx } from '#platform/db/database.ts';
import { isUuid } from '#platform/ids/ids.ts';
import { inScope, type Who } from '../scope.ts';
import type { Decision, Origin } from './case.rules.ts';

/** A case, its texts still sealed. */
export type CaseRow = {
  id: string;
  number: string;
  ownerId: string;
  owner: string;
  origin: Origin;
  subjectSealed: Buffer;
  complaintId: string | null;
  mandateId: string | null;
  mandateNumber: string | null;
  usagerId: string | null;
  alias: string | null;
  /** The legal hold that it rests on; null when another stood already. */
  holdId: string | null;
  openedAt: Date;
  decision: Decision | null;
  decisionSealed: Buffer | null;
  decidedBy: string | null;
  decidedAt: Date | null;
  entries: number;
};

/**
 * The cases that are this auditor's, or that their owner shared with them. One about a mandate of a département that is not
 * theirs does not exist for them.
 */
function casesOf(db: Db | Trx, who: Who) {
  return db
    .selectFrom('auditCase')
    .innerJoin('auditor as owner', 'owner.id', 'auditCase.ownerId')
    .leftJoin('mandate', 'mandate.id', 'auditCase.mandateId')
    .leftJoin('organisation', 'organisation.id', 'mandate.organisationId')
    .leftJoin('auditor as decider', 'decider.id', 'auditCase.decidedBy')
    .select([
      'auditCase.id',
      'auditCase.number',
      'auditCase.ownerId',
      'auditCase.origin',
      'auditCase.subjectSealed',
      'auditCase.complaintId',
      'auditCase.mandateId',
      'mandate.number as mandateNumber',
      'mandate.usagerId',
      'mandate.journalAlias as alias',
      'auditCase.holdId',
      'auditCase.openedAt',
      'auditCase.decision',
      'auditCase.decisionSealed',
      'auditCase.decidedAt',
    ])
    .select(({ selectFrom, fn }) => [
      sql<string>`owner.first_name || ' ' || owner.last_name`.as('owner'),
      sql<string | null>`decider.first_name || ' ' || decider.last_name`.as('decidedBy'),
      selectFrom('auditCaseEntry')
        .select(fn.countAll<number>().as('count'))
        .whereRef('auditCaseEntry.caseId', '=', 'auditCase.id')
        .as('entries'),
    ])
    .$narrowType<Pick<CaseRow, 'origin' | 'decision'> & { entries: number }>()
    .where(({ or, and, eb, exists, selectFrom }) =>
      and([
        or([
          eb('auditCase.ownerId', '=', who.auditorId),
          exists(
            selectFrom('auditCaseShare')
              .select('auditCaseShare.caseId')
              .whereRef('auditCaseShare.caseId', '=', 'auditCase.id')
              .where('auditCaseShare.auditorId', '=', who.auditorId),
          ),
        ]),
        or([eb('auditCase.mandateId', 'is', null), inScope(who)]),
      ]),
    );
}

/** One of them. */
export async function findCase(db: Db | Trx, who: Who, id: string): Promise<CaseRow | undefined> {
  return isUuid(id) ? casesOf(db, who).where('auditCase.id', '=', id).executeTakeFirst() : undefined;
}

/** The case of a complaint, if it is one of theirs. */
export async function findCaseOfComplaint(db: Db, who: Who, complaintId: string): Promise<CaseRow | undefined> {
  return casesOf(db, who).where('auditCase.complaintId', '=', complaintId).executeTakeFirst();
}

export const CASES_PER_PAGE = 50;

/** Those that wait for a decision first, then the newest; `after` is the last one shown. */
export async function listCases(
  db: Db,
  who: Who,
  after?: { decided: boolean; openedAt: Date; id: string },
): Promise<CaseRow[]> {
  const beyond = after
    ? sql<boolean>`(audit_case.decided_at is not null, -extract(epoch from audit_case.opened_at), audit_case.id)
        > (${after.decided}::boolean, -extract(epoch from ${after.openedAt}::timestamptz), ${after.id}::uuid)`
    : sql<boolean>`true`;
  return casesOf(db, who)
    .where(beyond)
    .orderBy(sql`audit_case.decided_at is not null`)
    .orderBy(sql`-extract(epoch from audit_case.opened_at)`)
    .orderBy('auditCase.id')
    .limit(CASES_PER_PAGE + 1)
    .execute();
}

/** Those that entries can still be put in. */
export async function listOpenCases(db: Db, who: Who): Promise<CaseRow[]> {
  return casesOf(db, who)
    .where('auditCase.decidedAt', 'is', null)
    .orderBy('auditCase.openedAt', 'desc')
    .limit(CASES_PER_PAGE)
    .execute();
}

/** Locks a case of theirs against whoever would decide, or add, at the same moment; undefined when it is not theirs. */
export async function lockCase(
  trx: Trx,
  who: Who,
  id: string,
): Promise<{ id: string; number: string; ownerId: string; decidedAt: Date | null } | undefined> {
  const visible = await findCase(trx, who, id);
  if (!visible) return undefined;
  return trx
    .selectFrom('auditCase')
    .select(['id', 'number', 'ownerId', 'decidedAt'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
}

export type CaseEntryRow = { entryId: string; addedAt: Date; addedBy: string };

/**
 * What was put in a case and by whom, in the order of the journal; whether an auditor may see each is asked of
 * `entriesInScope`.
 */
export async function findCaseEntries(db: Db, caseId: string): Promise<CaseEntryRow[]> {
  return db
    .selectFrom('auditCaseEntry')
    .innerJoin('auditor', 'auditor.id', 'auditCaseEntry.addedBy')
    .select(['entryId', 'addedAt', sql<string>`auditor.first_name || ' ' || auditor.last_name`.as('addedBy')])
    .where('caseId', '=', caseId)
    .orderBy('entryId')
    .execute();
}

export type NoteRow = { id: string; sealed: Buffer; writtenAt: Date; author: string };

/** The notes of a case, oldest first, still sealed. */
export async function findNotes(db: Db, caseId: string): Promise<NoteRow[]> {
  return db
    .selectFrom('auditCaseNote')
    .innerJoin('auditor', 'auditor.id', 'auditCaseNote.authorId')
    .select([
      'auditCaseNote.id',
      'sealed',
      'writtenAt',
      sql<string>`auditor.first_name || ' ' || auditor.last_name`.as('author'),
    ])
    .where('caseId', '=', caseId)
    .orderBy('writtenAt')
    .orderBy('auditCaseNote.id')
    .execute();
}

/** To whom its owner opened a case, oldest first. */
export async function findShares(db: Db, caseId: string): Promise<{ auditor: string; sharedAt: Date }[]> {
  return db
    .selectFrom('auditCaseShare')
    .innerJoin('auditor', 'auditor.id', 'auditCaseShare.auditorId')
    .select([sql<string>`auditor.first_name || ' ' || auditor.last_name`.as('auditor'), 'sharedAt'])
    .where('caseId', '=', caseId)
    .orderBy('sharedAt')
    .execute();
}

/** The copies that were taken of a case, oldest first. */
export async function findExports(
  db: Db,
  caseId: string,
): Promise<{ id: string; sha256: Buffer; exportedAt: Date; auditor: string }[]> {
  return db
    .selectFrom('auditCaseExport')
    .innerJoin('auditor', 'auditor.id', 'auditCaseExport.exportedBy')
    .select([
      'auditCaseExport.id',
      'sha256',
      'exportedAt',
      sql<string>`auditor.first_name || ' ' || auditor.last_name`.as('auditor'),
    ])
    .where('caseId', '=', caseId)
    .orderBy('exportedAt')
    .execute();
}

/** Which of these complaints have their case already, whoever it belongs to. */
export async function complaintsWithCase(db: Db, complaintIds: readonly string[]): Promise<Set<string>> {
  if (complaintIds.length === 0) return new Set();
  const rows = await db
    .selectFrom('auditCase')
    .select('complaintId')
    .where('complaintId', '=', sql<string>`any(${[...complaintIds]}::uuid[])`)
    .execute();
  return new Set(rows.flatMap(({ complaintId }) => complaintId ?? []));
}
