/** Exports of the journal, for people who verify without us: see `verify/export` for what is in one. */
export type { ExportedEvidence } from './evidence.ts';
export { type ExportReason, ExportRefused } from './export.errors.ts';
export { exportKinds } from './export.events.ts';
export {
  type ExportRequest,
  exportSelection,
  type JournalExport,
  makeRangeExport,
  makeSelectionExport,
  type RangeRequest,
  type SelectionRequest,
} from './export-journal.ts';
export type { Opening } from './gather.ts';
