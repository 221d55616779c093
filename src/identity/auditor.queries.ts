import type { Db, Trx } from '#platform/db/database.ts';
import type { Candidate } from './entrance.ts';

export type AuditorRow = {
  id: string;
  email: string;
  firstName: string;
  lastName: string;
  active: boolean;
  /** Null: the whole country. */
  departements: string[] | null;
};

const columns = ['id', 'email', 'firstName', 'lastName', 'active', 'departements'] as const;

/** The auditor of an e-mail address, as it is kept: in lower case, without spaces around. */
export async function findAuditorByEmail(db: Db | Trx, email: string): Promise<AuditorRow | undefined> {
  return db.selectFrom('auditor').select(columns).where('email', '=', email.trim().toLowerCase()).executeTakeFirst();
}

/** The auditor's row, locked: logins, changes, and what they ask or answer queue up here. */
export async function lockAuditor(trx: Trx, id: string): Promise<AuditorRow | undefined> {
  return trx.selectFrom('auditor').select(columns).where('id', '=', id).forNoKeyUpdate().executeTakeFirst();
}

/** Every auditor, by e-mail address. For the operator's commands. */
export async function listAuditors(db: Db): Promise<AuditorRow[]> {
  return db.selectFrom('auditor').select(columns).orderBy('email').execute();
}

/** What a login needs of the auditor who may be behind an e-mail address. */
export async function findAuditorCandidate(db: Db | Trx, email: string): Promise<Candidate | undefined> {
  return db
    .selectFrom('auditor')
    .select(['id', 'totpSecret', 'lastTotpStep', 'active as eligible'])
    .where('email', '=', email)
    .executeTakeFirst();
}

/** An auditor's session as the guard reads it: alive, of an active account, with the départements of this very moment. */
export async function findAuditorSession(db: Db, cookieHash: Buffer, now: Date) {
  return db
    .selectFrom('session')
    .innerJoin('auditor', 'auditor.id', 'session.actorId')
    .select([
      'auditor.id as auditorId',
      'auditor.firstName',
      'auditor.lastName',
      'auditor.departements',
      'session.idHash as sessionIdHash',
      'session.lastActivityAt',
      'session.factorAt',
      'session.notice',
    ])
    .where('session.door', '=', 'auditeur')
    .where('session.cookieHash', '=', cookieHash)
    .where('session.expiresAt', '>', now)
    .where('auditor.active', '=', true)
    .executeTakeFirst();
}
