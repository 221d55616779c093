import type { JournalEvent } from '#journal';
import type { Db, Trx } from '#platform/db/database.ts';

/** Somebody at a door: their account and, for who acts for a structure, which one. */
export type Actor = { id: string; organisationId: string | null };

/** What a login needs of the account that may be behind an e-mail address. */
export type Candidate = { id: string; totpSecret: Buffer; lastTotpStep: number; eligible: boolean };

export type LoggedInBy = 'link' | 'short-code';

/**
 * A door of the site for people who have an account there. One login machine serves them all: address and code, mail,
 * session, silence, reprise, logout. A door says where its pages are, who may come in, and what it writes in the journal.
 */
export type Entrance = {
  door: 'aidant' | 'auditeur';
  /** The table of its accounts: what the secrets of its second factors are sealed for. */
  accounts: 'aidant' | 'auditor';
  /** What stands before « /connexion », « /reprise »… in its addresses. */
  root: '' | '/auditeur';
  /** Where a session starts when nothing else was asked for. */
  firstPage: string;
  findCandidate(db: Db | Trx, email: string): Promise<Candidate | undefined>;
  /** Locks the account and says where its new session starts; undefined when it may not come in. */
  placeFor(trx: Trx, accountId: string): Promise<Pick<Actor, 'organisationId'> | undefined>;
  journal: {
    loggedIn(actor: Actor, told: { by: LoggedInBy; address: string }): JournalEvent;
    resumed(actor: Actor): JournalEvent;
    loggedOut(actor: Actor): JournalEvent;
  };
};
