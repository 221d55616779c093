/**
 * The aidants and the proof that one of them is at the keyboard: accounts, membership of structures, second factor, login,
 * session, inactivity, terms of use. Owns the tables `aidant`, `membership`, `login`, the rows of `session` whose door is
 * `aidant`, and the events `aidant.*` and `organisation.switched`. Called by every route table, for its guards, and by the
 * acts that an aidant signs with a code (`checkCode`).
 */
export { acceptTerms } from './accept-terms.ts';
export { type AddedAidant, addAidant } from './add-aidant.ts';
export { type AidantRow, findAidantByEmail, type ListedAidant, listAidants } from './aidant.queries.ts';
export type { AidantInput } from './aidant.rules.ts';
export { type AidantChange, changeAidant, renewSecondFactor } from './change-aidant.ts';
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
export { identityRoutes } from './identity.routes.ts';
export { insertSession, leaveNotice } from './session.queries.ts';
export { LONGEST_SESSION } from './session.rules.ts';
export { TERMS_VERSION } from './terms.rules.ts';
export { codeAt, secretFromBase32, stepAt } from './totp.rules.ts';
