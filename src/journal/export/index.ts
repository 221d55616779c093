/** Exports of the journal, for people who verify without us: see `verify/export` for what is in one. */
export type { ExportedEvidence } from './evidence.ts';
export { type ExportReason, ExportRefused } from './export.errors.ts';
export { exportKinds } from './export.events.ts';
export { makeRangeExport, type RangeRequest } from './export-range.ts';
export { exportSelection, makeSelectionExport, type SelectionRequest } from './export-selection.ts';
export type { Opening } from './gather.ts';
export type { ExportRequest, JournalExport } from './make-export.ts';
