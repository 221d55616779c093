/**
 * Mandates: concluded (`conclude/`), followed and ended (`follow/`), on paper (`document/`), used (`use/`), archived and
 * erased at their term (`retain/`), put right after a database was taken back (`restore/`).
 */

// what the journal calls them
export { type MandateOfAlias, mandatesOfAliases, numbersOfMandates } from './alias.queries.ts';
// conclude/
export { leadsToFranceconnect } from './conclude/conclude.paths.ts';
export { concludeAtOnce } from './conclude/conclude-at-once.ts';
// document/
export { recordPaper } from './document/record-paper.ts';
// follow/
export { endMandate } from './follow/end-mandate.ts';
export { expireDueMandates } from './follow/expire.jobs.ts';
// what ends are called
export { CAUSE_WORDS } from './mandate.events.ts';
// gathered for the program
export { closingKinds, draftKinds, mandateEvents, mandateJobs } from './mandate.gathered.ts';
export { mandateRoutes, publicMandateRoutes } from './mandate.routes.ts';
// as the tables say them
export { concludedThemes, mandatesAfter, mandatesInTables, type ToldMandate } from './mandates-in-tables.ts';
// restore/
export { type FollowedPutBack, followPutBack, type LostMandate } from './restore/follow-put-back.ts';
export { mandatePowers } from './restore/mandate-powers.ts';
// retain/
export { archiveMandates } from './retain/archive-mandates.ts';
export { eraseMandateFiles } from './retain/erase-files.ts';
export { eraseFilesAgain, erasePerson } from './retain/erase-person.ts';
export { eraseUses } from './retain/erase-uses.ts';
export { findMandateOfNumber } from './retain/retain.queries.ts';
// use/
export { actAtOnce } from './use/act-at-once.ts';
export { readSealedUse, type SealedUse, sealedUse, type ToldSealedUse } from './use/as-concluded.ts';
export { type ChoiceRefusal, chooseUse } from './use/choose-use.ts';
export { endActing, endActingFor } from './use/end-acting.ts';
export {
  asWritten,
  type ChoiceFacts,
  choiceFacts,
  readFacts,
  type Told,
  type UseFacts,
  useFacts,
  type WantedChoice,
} from './use/facts.ts';
export { giveIdentity } from './use/give-identity.ts';
export { issueCode } from './use/issue-code.ts';
export { redeemCode, refuseReplay } from './use/redeem-code.ts';
export { refuseRequest } from './use/refuse-request.ts';
export { searchPeopleToActFor } from './use/search-people.ts';
export {
  type Acting,
  actingFor,
  type OpenTheme,
  type PersonToActFor,
  themesToActFor,
} from './use/use.queries.ts';
export { codeIsNeeded, LONGEST_SITE } from './use/use.rules.ts';
