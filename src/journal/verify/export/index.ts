/**
 * Verifies an export of the journal alone, offline: what it is handed (an unpacked export, the auditor's policy, the
 * checkpoint they kept) may be hostile. The formats that an export is written in stand here too, so that what writes and
 * what reads cannot part.
 */
export type { Received } from './check-archive.ts';
export { noticeOf } from './check-manifest.ts';
export { evidenceParts, TOKENS_RULE, tokenPaths } from './gone-tokens.ts';
export { formatIntervals, type Intervals, intervalsOf, parseIntervals } from './intervals.ts';
export {
  ACTES,
  bundlesOf,
  EVIDENCE_FILES,
  type EvidencePart,
  evidencePath,
  FILES,
  leafPath,
  longestFile,
  longestRead,
  proofPath,
  tilesOfRange,
  tilesSince,
  wholeBundles,
} from './layout.ts';
export { formatLines, LINES, type Line, MOST_LINES } from './lines.ts';
export { type ExportKind, formatManifest, type Manifest, MOST_ENTRIES, parseManifest } from './manifest.ts';
export { plainPolicy } from './plain-policy.ts';
export { reportLines } from './print-report.ts';
export { type ArchiveFault, type Inflate, LARGEST_EXPORT, readArchive } from './read-archive.ts';
export { readmeText, TIMESTAMPS_TEXT } from './readme.ts';
export { CHECK_NAMES, type Check, type CheckName, type ExitCode, type Status } from './report.ts';
export type { Es256Verify, Tools } from './subject.ts';
export { SUCCEEDED, SUCCESSION_REASONS, SUCCESSION_WORDS, type SuccessionReason } from './succession.ts';
export { byName, type Files, formatSums, h1Of } from './sums.ts';
export { type ExportReport, type Unread, verifyExport } from './verify-export.ts';
export {
  type Archived,
  centralHeader,
  crc32,
  endRecord,
  isExportPath,
  LARGEST_ARCHIVE,
  localHeader,
  MOST_FILES,
} from './zip-format.ts';
