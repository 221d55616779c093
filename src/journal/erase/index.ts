/**
 * Erasing personal data without breaking a proof: openings, keys and index rows of a field, a person or a mandate; the entries
 * of a whole month, of which hashes stay. Each erasure writes its own entry and is listed, to be applied again after a restore.
 * Legal holds stop all of it.
 */

export { entriesTelling } from './entries-telling.ts';
export {
  eraseKinds,
  GROUND_WORDS,
  GROUNDS,
  type Ground,
  HOLD_GROUNDS,
  type HoldGround,
} from './erase.events.ts';
export { eraseOldAccesses, eraseOldAccessesJob } from './erase.jobs.ts';
export {
  type Batch,
  batchEvent,
  type Erased,
  eraseField,
  eraseOpenings,
  erasePersonEntries,
  valuesOf,
} from './erase-openings.ts';
export { type ErasedPeriod, erasePeriod, monthsToErase, type Period } from './erase-period.ts';
export {
  type ErasureTold,
  erasureOf,
  erasuresOf,
  exportErasures,
  type ReplayedErasure,
  replayErasures,
} from './erasures.ts';
export { type Forgotten, forgottenErasures } from './forgotten.ts';
export { type GoneValue, goneValues, type MissingValues, missingValues } from './gone-values.ts';
export {
  type Hold,
  type HoldTarget,
  heldIds,
  liftHold,
  liftHoldIn,
  listHolds,
  placeHold,
  placeHoldIn,
} from './holds.ts';
export { type Erasing, inErasure, type NotErased, NothingErased } from './in-erasure.ts';
