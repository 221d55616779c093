/**
 * The journal: what was done under mandates (log `actes`) and who looked at what (log `acces`), written in the act's own
 * transaction and never changed. Owns the schema `journal` (entry, opening, subject_key, entry_index, node_key) and the
 * events `node.registered`, `erasure.*`, `retention.applied` and `hold.*`. Every domain declares its events with `defineEvent` and writes them with `record`; the program
 * gathers all kinds in one registry, which `parseEntry` is handed. Knows no domain and refers to none of their tables.
 */
export {
  type Checked,
  catalogProblems,
  checkJournal,
  checkJournalJob,
  nextToCheck,
  type Problem,
  type ProblemCode,
  problemInWords,
} from './check/index.ts';
export {
  type Batch,
  batchEvent,
  type ErasedPeriod,
  type Erasing,
  type ErasureTold,
  entriesTelling,
  eraseField,
  eraseOldAccesses,
  eraseOldAccessesJob,
  eraseOpenings,
  erasePeriod,
  erasePersonEntries,
  erasureAt,
  erasureOf,
  erasuresOf,
  exportErasures,
  GROUND_WORDS,
  GROUNDS,
  type Ground,
  HOLD_GROUNDS,
  type Hold,
  type HoldGround,
  type HoldTarget,
  heldIds,
  inErasure,
  keepErasuresMirrored,
  liftHold,
  liftHoldIn,
  listHolds,
  mirrorErasures,
  monthsToErase,
  type NotErased,
  NothingErased,
  placeHold,
  placeHoldIn,
  type ReplayedErasure,
  replayErasures,
} from './erase/index.ts';
export { defineEvent, type EntryFacts, type EventKind, type JournalEvent, type LogName, type Opened } from './event.ts';
export {
  type ExportedEvidence,
  ExportRefused,
  type ExportRequest,
  exportRange,
  exportSelection,
  type JournalExport,
  makeRangeExport,
  makeSelectionExport,
  type Opening,
  type RangeRequest,
  type SelectionRequest,
} from './export/index.ts';
export {
  coverOf,
  findIndexed,
  findMandateEntries,
  findPopulation,
  firstPublicationWith,
  type IndexedEntry,
  type Interval,
  publishedNote,
} from './find-entries.ts';
export { journalKinds } from './journal.events.ts';
export { openEntries } from './open-entries.ts';
export { type Entry, type JournalRegistry, journalRegistry, parseEntry } from './parse-entry.ts';
export { ensurePartitions } from './partitions.ts';
export { prepareRecord } from './prepare-record.ts';
export { announceKeys, type KeyReason, type KeysChanged, retireKeys } from './publish/announce-keys.ts';
export type { EntriesDoor } from './publish/entries.page.ts';
export { journalEntriesRoutes, journalRoutes } from './publish/journal.routes.ts';
export { type LogKey, logKeys, policyText } from './publish/log-policy.ts';
export { publish } from './publish/publish.ts';
export { sizesElsewhere } from './publish/sizes-elsewhere.ts';
export { type EntryProof, proveEntry } from './read/prove-entry.ts';
export { type Bracket, type EntryState, readEntries, type StoredEntry } from './read/read-entries.ts';
export { MOST_COUNTED, type TreeStatus, treeStatus, type WitnessStatus } from './read/tree-status.ts';
export { journalReadiness } from './readiness.ts';
export { record } from './record.ts';
export { assertNodeRegistered, registerNode } from './register-node.ts';
export { rewrapSubjectKeys } from './rewrap-subject-keys.ts';
export {
  cosignedElsewhere,
  type KnownSize,
  knownSizes,
  LOGS,
  type Mirrored,
  mirror,
  originOf,
  type Reconciled,
  readMirrored,
  rebaseline,
  reconcile,
  type Sequenced,
  sealingProblem,
  sequence,
  startSealing,
  sweep,
} from './seal/index.ts';
export type { Signer } from './signer/sign-checkpoint.ts';
export { signerHandler } from './signer/signer-http.ts';
export type { Witness } from './witness/add-checkpoint.ts';
export {
  beginHeads,
  type HeadFolder,
  type HeadStore,
  HeadStoreError,
  openHeads,
  originHash,
  recoverHead,
} from './witness/head-store.ts';
export {
  makeSigningKey,
  nodeCrypto,
  parseSigningKey,
  type SigningKey,
  SigningKeyError,
} from './witness/signing-key.ts';
export { witnessHandler } from './witness/witness-http.ts';
