/** Sealing: entries get an index and a place in the tree of their log, the tree is guarded, mirrored and repaired. */
export type { KnownSize } from './head.rules.ts';
export { LOGS, originOf } from './log.ts';
export { sealKinds } from './seal.events.ts';
export { type Sequenced, sequence } from './sequence.ts';
