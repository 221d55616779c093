/** Checking the live journal: everything that is stored of it is computed again and compared; its guard-rails are looked at. */
export { catalogProblems } from './catalog.queries.ts';
export { checkJournalJob } from './check.jobs.ts';
export { type CheckAsked, type Checked, checkJournal, type DomainsTold, nextToCheck } from './check-journal.ts';
export type { EntriesAside, SetAsideEntry } from './check-quarantine.ts';
export { conclusionFaults, type MandateInTables } from './conclusion-faults.ts';
export { firstActs } from './first-acts.ts';
export { PROBLEM_WORDS, type Problem, type ProblemCode, problemInWords } from './problems.ts';
export { type Projected, projectionFaults } from './projection.rules.ts';
export { type ProofFault, proofFaults } from './proof-faults.ts';
