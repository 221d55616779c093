/** Sealing: entries get an index and a place in the tree of their log, the tree is guarded, mirrored and repaired. */
export { actsPutBack, numbersPutBack } from './acts-put-back.ts';
export { applyAlone, type FailedAct, failedAct, tryToRead } from './apply-alone.ts';
export {
  type FollowedAct,
  type FollowedActs,
  type FollowedPower,
  type Following,
  followActs,
  type Power,
  type PowerKind,
} from './follow-acts.ts';
export type { KnownSize } from './head.rules.ts';
export { carryErasures, keepErasuresMirrored } from './keep-erasures-mirrored.ts';
export { LOGS, originOf } from './log.ts';
export { mirror, mirrorOf } from './mirror.ts';
export { mirrorErasures } from './mirror-erasures.ts';
export { type Mirrored, readMirrored } from './mirror-files.ts';
export type { Lost } from './put-back.queries.ts';
export { rebaseline } from './rebaseline.ts';
export { type Reconciled, reconcile } from './reconcile.ts';
export { revokeNodesAgain } from './revoke-nodes-again.ts';
export { sealKinds } from './seal.events.ts';
export { sealingProblem } from './sealing-problem.ts';
export type { SealingCodes } from './sealing-state.ts';
export { type Sequenced, sequence } from './sequence.ts';
export { sweep } from './sweep.ts';
