import { utf8Text } from '../bytes.ts';
import { type Checkpoint, parseCheckpoint } from '../checkpoint.ts';
import { parseNote } from '../note.ts';
import { parsePolicy } from '../policy.ts';
import { checkLogSignature, checkPolicy, checkWitnesses } from './check-checkpoint.ts';
import { CONSENT_DOES_NOT_PROVE, checkConsent } from './check-consent.ts';
import { checkConsistency } from './check-consistency.ts';
import { checkDisclosures, checkErasures } from './check-disclosures.ts';
import { checkEntries, checkRoot } from './check-entries.ts';
import { checkCounters, checkDates, checkLeaves, checkTimestamps } from './check-leaves.ts';
import { checkLayout, checkManifest } from './check-manifest.ts';
import { checkNodeSignatures } from './check-nodes.ts';
import { readEntries } from './entries.ts';
import { FILES } from './layout.ts';
import { parseManifest } from './manifest.ts';
import { type Check, type ExitCode, exitCodeOf } from './report.ts';
import type { Subject, Tools } from './subject.ts';
import { checkSums, type Files } from './sums.ts';

/** What was found. `notice`: what the export says it is, loudly. `doesNotProve`: what even a perfect one does not. */
export type ExportReport = {
  exit: ExitCode;
  notice: string | undefined;
  checks: readonly Check[];
  doesNotProve: readonly string[];
};

const DOES_NOT_PROVE: readonly string[] = [
  'Que ce qui est écrit est vrai\u00a0: le journal montre ce que le service a écrit, quand, et que rien n’a changé depuis.',
  'Que tout ce qui s’est fait a été écrit\u00a0: cela se rapproche avec les traces de FranceConnect.',
];

/**
 * Verifies an unpacked export (journal.md §2.10) under the auditor's own policy, and against the checkpoint they kept.
 * Pure: no file, no network, no clock; whatever the files hold, it answers. `fault`: the policy or the earlier checkpoint,
 * which come from the auditor, cannot be read: nothing is verified (exit 30).
 */
export function verifyExport(
  tools: Tools,
  given: { files: Files; policy: string | Uint8Array; previous?: string | Uint8Array },
): ExportReport | { exit: 30; fault: string } {
  const policyText = textOf(given.policy);
  const read = parsePolicy(policyText ?? '', tools.sha256);
  if (policyText === undefined || !read.ok) {
    const why = policyText === undefined || read.ok ? 'pas de l’UTF-8' : `ligne ${read.line}, ${read.fault}`;
    return { exit: 30, fault: `La politique ne se lit pas\u00a0: ${why}.` };
  }
  if (read.policy.logs.length === 0)
    return { exit: 30, fault: 'La politique ne nomme aucun journal (ligne «\u00a0log\u00a0»).' };
  const previous = given.previous === undefined ? undefined : textOf(given.previous);
  if (given.previous !== undefined && !(previous && checkpointIn(previous))) {
    return { exit: 30, fault: 'Le point de contrôle antérieur ne se lit pas.' };
  }
  const { files } = given;
  const bytes = files.get(FILES.manifest);
  const manifest = bytes && parseManifest(bytes);
  const checkpoint = checkpointIn(textOf(files.get(FILES.checkpoint) ?? '') ?? '');
  const entries = readEntries(files, manifest);
  const subject: Subject = {
    ...{ files, tools, policy: read.policy, policyText, checkpoint, manifest, entries },
    ...(previous === undefined ? {} : { previous }),
  };
  return reportOf(subject);
}

function reportOf(subject: Subject): ExportReport {
  const { check: disclosures, opened } = checkDisclosures(subject);
  const consent = checkConsent(subject, opened);
  const checks = [
    checkSums(subject.tools.sha256, subject.files),
    checkManifest(subject),
    checkLayout(subject),
    checkPolicy(subject),
    checkLogSignature(subject),
    checkWitnesses(subject),
    checkConsistency(subject),
    checkEntries(subject),
    checkRoot(subject),
    checkLeaves(subject),
    checkNodeSignatures(subject),
    checkCounters(subject),
    disclosures,
    checkErasures(subject),
    checkDates(subject),
    ...checkTimestamps(subject),
    ...consent,
  ];
  const doesNotProve = [...DOES_NOT_PROVE, ...(consent.length > 0 ? CONSENT_DOES_NOT_PROVE : [])];
  return { exit: exitCodeOf(checks), notice: subject.manifest?.notice, checks, doesNotProve };
}

function textOf(given: string | Uint8Array): string | undefined {
  return typeof given === 'string' ? given : utf8Text(given);
}

/** The tree head in a signed note; undefined when it cannot be read. Says nothing of the signatures. */
function checkpointIn(note: string): Checkpoint | undefined {
  const parsed = parseNote(note);
  const read = parsed.ok ? parseCheckpoint(parsed.note.text) : undefined;
  return read?.ok ? read.checkpoint : undefined;
}
