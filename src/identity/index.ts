/**
 * The aidants, the auditors, and the proof that one of them is at the keyboard: accounts, membership of structures, second
 * factor, login, session, inactivity, terms of use. Owns the tables `aidant`, `membership`, `auditor`, `login`, the rows of
 * `session` whose door is `aidant` or `auditeur`, and the events `aidant.*`, `auditor.*` and `organisation.switched`. Called
 * by every route table, for its guards, and by the acts that somebody signs with a code (`checkCode`).
 */
export { acceptTerms } from './accept-terms.ts';
export { type AddedAidant, addAidant } from './add-aidant.ts';
export { type AddedAuditor, addAuditor } from './add-auditor.ts';
export { type AidantRow, findAidantByEmail, type ListedAidant, listAidants } from './aidant.queries.ts';
export type { AidantInput } from './aidant.rules.ts';
export {
  type AuditorAtWork,
  auditorActive,
  auditorEvenAsleep,
  auditorOrNobody,
  scopeInWords,
} from './auditor.guards.ts';
export { type AuditorRow, findAuditorByEmail, listAuditors, lockAuditor } from './auditor.queries.ts';
export type { AuditorInput } from './auditor.rules.ts';
export { type AidantChange, changeAidant, renewSecondFactor } from './change-aidant.ts';
export { type AuditorChange, changeAuditor, renewAuditorFactor } from './change-auditor.ts';
export { type CodeVerdict, checkCode } from './check-code.ts';
export {
  type AidantAtWork,
  aidantActive,
  aidantEvenAsleep,
  aidantLoggedIn,
  aidantMayConclude,
  aidantOrNobody,
} from './guards.tsx';
export { identityEvents } from './identity.events.ts';
export { identityJobs } from './identity.jobs.tsx';
export { auditorLoginRoutes, identityRoutes } from './identity.routes.ts';
export { endSessions } from './restore/end-sessions.ts';
export { identityPowers } from './restore/identity-powers.ts';
export { insertAuditorSession, insertSession, leaveNotice } from './session.queries.ts';
export { LONGEST_SESSION } from './session.rules.ts';
export { TERMS_VERSION } from './terms.rules.ts';
export { codeAt, secretFromBase32, stepAt } from './totp.rules.ts';
