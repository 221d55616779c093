/**
 * The journal: what was done under mandates (log `actes`) and who looked at what (log `acces`), written in the act's own
 * transaction, never changed, sealed in a tree per log that a signer signs and witnesses cosign.
 *
 * Owns the schema `journal`. Written with the act: entry, opening, subject_key, entry_index, node_key, node_pad. Sealing: log, leaf, tile,
 * tree_head, sealing_state, quarantine. Publishing: log_key, checkpoint, cosignature, publication. Erasing: erasure, hold.
 * Checking: full_check. Succeeding: succession, and the tables that were set aside (closed_<n>_…).
 *
 * Owns the events `node.*`, `log-key.*`, `journal.*` (rogue-entry, reconciled, rebaselined, succeeded, exported, bundle-read),
 * `erasure.*`, `retention.applied` and `hold.*`. Every domain declares its own with `defineEvent` and writes them with `record`;
 * the program gathers all kinds in one registry, which `parseEntry` is handed. Knows no domain and refers to none of their tables.
 *
 * What follows is grouped by who calls it. What proves, alone and without a database, has a door of its own: `#journal/verify`.
 */

// Every domain: declare events, write entries in the act's transaction.

export { defineEvent, type EventKind, type JournalEvent, type LogName, type Opened } from './event.ts';
export { prepareRecord } from './prepare-record.ts';
export { asNode } from './prove-node.ts';
export { record } from './record.ts';

// Whoever owns personal data: erase them on time, unless a hold stops it.

export {
  batchEvent,
  type Erasing,
  entriesTelling,
  eraseOpenings,
  erasePersonEntries,
  type Ground,
  heldIds,
  inErasure,
  liftHoldIn,
  placeHoldIn,
  type ReplayedErasure,
} from './erase/index.ts';

// Whoever has rows that acts changed: what a restore lost of them is read from the acts that were put back.

export {
  actsPutBack,
  applyAlone,
  type FailedAct,
  type FollowedAct,
  type FollowedActs,
  type FollowedPower,
  type Following,
  failedAct,
  followActs,
  numbersPutBack,
  type Power,
  type PowerKind,
  tryToRead,
} from './seal/index.ts';

// Auditors, and what shows an entry as evidence: find, read, open, prove, draw, export.

export {
  conclusionFaults,
  firstActs,
  type MandateInTables,
  type Projected,
  type ProofFault,
  projectionFaults,
  proofFaults,
} from './check/index.ts';
export {
  type ErasureTold,
  erasureOf,
  erasuresOf,
  type GoneValue,
  GROUND_WORDS,
  goneValues,
  type MissingValues,
  missingValues,
} from './erase/index.ts';
export { type ExportedEvidence, ExportRefused, exportSelection, type Opening } from './export/index.ts';
export {
  coverOf,
  findIndexed,
  findMandateEntries,
  findPopulation,
  firstPublicationWith,
  publishedNote,
} from './find-entries.ts';
export type { JournalLeaf } from './leaf.ts';
export { openEntries } from './open-entries.ts';
export { type Entry, type JournalRegistry, parseEntry } from './parse-entry.ts';
export { policyText } from './publish/log-policy.ts';
export { type EntryProof, proveEntry } from './read/prove-entry.ts';
export { type Bracket, type EntryState, readEntries, type StoredEntry } from './read/read-entries.ts';
export { MOST_COUNTED, type TreeStatus, treeStatus } from './read/tree-status.ts';
export { originOf, type SealingCodes } from './seal/index.ts';
export { allSuccessions, originAt, type SetAside, setAsideNote } from './successions.ts';

// The server and the worker: kinds, routes, jobs, readiness, sealing.

export { checkJournalJob, type DomainsTold } from './check/index.ts';
export { eraseOldAccessesJob } from './erase/index.ts';
export { journalKinds } from './journal.events.ts';
export { journalRegistry } from './parse-entry.ts';
export { ensurePartitions } from './partitions.ts';
export { journalEntriesRoutes, journalRoutes } from './publish/journal.routes.ts';
export { journalReadiness } from './readiness.ts';
export { assertNodeRegistered, registerNode } from './register-node.ts';
export { keepErasuresMirrored } from './seal/index.ts';
export { startSealing } from './start-sealing.ts';

// The steps of `startSealing`, one at a time: the bench and tests.

export { publish } from './publish/publish.ts';
export { mirror, sealingProblem, sequence, sweep } from './seal/index.ts';

// The signer and the witness, which are programs of their own.

export { signerHandler } from './signer/signer-http.ts';
export {
  beginHeads,
  type HeadFolder,
  type HeadStore,
  HeadStoreError,
  openHeads,
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

// The operator's commands.

export { checkJournal, type SetAsideEntry } from './check/index.ts';
export {
  eraseField,
  eraseOldAccesses,
  erasePeriod,
  exportErasures,
  GROUNDS,
  HOLD_GROUNDS,
  type HoldGround,
  type HoldTarget,
  liftHold,
  listHolds,
  type NotErased,
  placeHold,
  replayErasures,
  valuesOf,
} from './erase/index.ts';
export { type JournalExport, makeRangeExport, makeSelectionExport, type SelectionRequest } from './export/index.ts';
export { announceKeys, type KeyReason, type KeysChanged, retireKeys } from './publish/announce-keys.ts';
export { cosignedElsewhere, together } from './publish/cosigned-elsewhere.ts';
export { journalPowers } from './publish/journal-powers.ts';
export { type NodeRevoked, nodeKeysInForce, revokeNode } from './revoke-node.ts';
export { rewrapSubjectKeys } from './rewrap-subject-keys.ts';
export {
  carryErasures,
  LOGS,
  type Lost,
  type Reconciled,
  rebaseline,
  reconcile,
  revokeNodesAgain,
} from './seal/index.ts';
export { ROGUE_WORDS } from './seal/seal.events.ts';
export { knownSizes } from './start-sealing.ts';
export { type Succeeded, type Succeeding, succeed } from './succession/index.ts';
