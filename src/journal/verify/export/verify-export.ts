import { utf8Text } from '../bytes.ts';
import { checkpointOf } from '../checkpoint.ts';
import { type Policy, parsePolicy } from '../policy.ts';
import { attempt, orElse } from './attempt.ts';
import { checkArchive, nothingRead, type Received } from './check-archive.ts';
import { checkLogSignature, checkPolicy, checkWitnesses } from './check-checkpoint.ts';
import { checkConsent } from './check-consent.ts';
import { checkConsistency } from './check-consistency.ts';
import { checkDates } from './check-dates.ts';
import { checkDisclosures } from './check-disclosures.ts';
import { checkEntries, checkRoot } from './check-entries.ts';
import { checkErasures } from './check-erasures.ts';
import { checkCounters, checkLeaves, checkTimestamps } from './check-leaves.ts';
import { checkLayout, checkManifest, noticeOf } from './check-manifest.ts';
import { checkNodeSignatures } from './check-nodes.ts';
import { checkReadme } from './check-readme.ts';
import { checkRevocations } from './check-revocations.ts';
import { CONSENT_DOES_NOT_PROVE } from './consent-evidence.ts';
import { readElsewhere } from './elsewhere.ts';
import { readEntries } from './entries.ts';
import { FILES, longestRead } from './layout.ts';
import { type Manifest, parseManifest } from './manifest.ts';
import { readNodeKeys, readNodeSignatures } from './node-files.ts';
import { policyFault } from './policy-fault.ts';
import { LARGEST_EXPORT } from './read-archive.ts';
import { type Check, type ExitCode, exitCodeOf } from './report.ts';
import type { Subject, Tools } from './subject.ts';
import { checkSums, type Files } from './sums.ts';
import { MOST_FILES } from './zip-format.ts';

/** What was found. `notice`: what the export is by its manifest, in our words, loudly. `doesNotProve`: what even a perfect one does not. */
export type ExportReport = {
  exit: Exclude<ExitCode, 30>;
  notice: string | undefined;
  checks: readonly Check[];
  doesNotProve: readonly string[];
};

/** What could not be read: nothing was verified. */
export type Unread = { exit: 30; unread: 'export' | 'policy' | 'previous'; fault: string };

const DOES_NOT_PROVE: readonly string[] = [
  'Que ce qui est écrit est vrai\u00a0: le journal montre ce que le service a écrit, quand, et que rien n’a changé depuis.',
  'Que tout ce qui s’est fait a été écrit\u00a0: cela se rapproche avec les traces de FranceConnect.',
];

/**
 * Verifies an unpacked export (journal.md §2.10) under the auditor's own policy, and against the checkpoint they kept.
 * Pure: no file, no network, no clock; whatever the files hold, it answers, in a time that goes with their size. `fault`: the policy
 * or the earlier checkpoint, which come from the auditor, cannot be read, or the files are larger than those of any export: nothing
 * is verified (exit 30). `unread` says which. `received`: how the files came, when it was as an archive or a folder.
 */
export function verifyExport(
  tools: Tools,
  given: { files: Files; policy: string | Uint8Array; previous?: string | Uint8Array; received?: Received },
): ExportReport | Unread {
  const policyText = textOf(given.policy);
  const read = parsePolicy(policyText ?? '', tools.sha256);
  if (policyText === undefined || !read.ok) {
    const why = policyText === undefined || read.ok ? policyFault('not-utf-8', 0) : policyFault(read.fault, read.line);
    return { exit: 30, unread: 'policy', fault: `La politique ne se lit pas\u00a0: ${why}.` };
  }
  if (read.policy.logs.length === 0)
    return { exit: 30, unread: 'policy', fault: 'La politique ne nomme aucun journal (ligne «\u00a0log\u00a0»).' };
  const previous = given.previous === undefined ? undefined : textOf(given.previous);
  if (given.previous !== undefined && !(previous && checkpointOf(previous))) {
    return {
      exit: 30,
      unread: 'previous',
      fault:
        'Le point de contrôle antérieur ne se lit pas\u00a0: ce n’est pas le texte signé qu’un export ou le site donne (fichier «\u00a0checkpoint\u00a0»).',
    };
  }
  const large = beyondAnyExport(given.files);
  if (large) return { exit: 30, unread: 'export', fault: `${large}\u00a0: plus que n’en a aucun export.` };
  const { files, received } = given;
  const archive = received && checkArchive(received, files.size);
  if (archive?.status === 'fail' && files.size === 0) return reportOf([archive, ...nothingRead()], undefined);
  const subject = subjectOf(tools, files, { policy: read.policy, policyText, previous });
  return reportOf([...(archive ? [archive] : []), ...checksOf(subject)], subject.manifest);
}

/** What is too long or too many, as whoever unpacks refuses it. Undefined when nothing is. */
function beyondAnyExport(files: Files): string | undefined {
  if (files.size > MOST_FILES) return `${files.size} fichiers`;
  let total = 0;
  for (const [path, { length }] of files) {
    total += length;
    if (length > longestRead(path) || total > LARGEST_EXPORT) return `${path}, ${length} octets`;
  }
  return undefined;
}

function subjectOf(
  tools: Tools,
  files: Files,
  { previous, ...trusted }: { policy: Policy; policyText: string; previous: string | undefined },
): Subject {
  const bytes = files.get(FILES.manifest);
  const manifest = bytes && orElse(() => parseManifest(bytes), none);
  const given = { files, tools, ...trusted, ...(previous === undefined ? {} : { previous }) };
  const unread = ['Les entrées ne se lisent pas.'];
  return {
    ...given,
    manifest,
    checkpoint: orElse(() => checkpointOf(textOf(files.get(FILES.checkpoint) ?? '') ?? ''), none),
    entries: orElse(
      () => readEntries(files, manifest),
      () => ({ list: [], byIndex: new Map(), faults: unread, missing: [] }),
    ),
    elsewhere: orElse(
      () => readElsewhere(given, manifest),
      () => ({ list: [], faults: unread }),
    ),
    nodeKeys: orElse(() => readNodeKeys(files), none),
    signatures: orElse(() => readNodeSignatures(files), none),
  };
}

const none = () => undefined;

function reportOf(checks: readonly Check[], manifest: Manifest | undefined): ExportReport {
  const consent = checks.some(({ name }) => name === 'consent');
  const doesNotProve = [...DOES_NOT_PROVE, ...(consent ? CONSENT_DOES_NOT_PROVE : [])];
  return { exit: exitCodeOf(checks), notice: manifest && noticeOf(manifest), checks, doesNotProve };
}

function checksOf(subject: Subject): Check[] {
  const { files, tools } = subject;
  const { check: disclosures, opened } = orElse(
    () => checkDisclosures(subject),
    () => ({ check: attempt('disclosures', () => checkDisclosures(subject).check), opened: new Map() }),
  );
  const consent = orElse(
    () => checkConsent(subject, opened),
    () => [attempt('consent', () => checkConsent(subject, opened)[0] as Check)],
  );
  return [
    attempt('sums', () => checkSums(tools.sha256, files)),
    attempt('manifest', () => checkManifest(subject)),
    attempt('layout', () => checkLayout(subject)),
    attempt('readme', () => checkReadme(subject)),
    attempt('policy', () => checkPolicy(subject)),
    attempt('log-signature', () => checkLogSignature(subject)),
    attempt('witnesses', () => checkWitnesses(subject)),
    attempt('consistency', () => checkConsistency(subject)),
    attempt('entries', () => checkEntries(subject)),
    attempt('root', () => checkRoot(subject)),
    attempt('leaves', () => checkLeaves(subject)),
    attempt('node-signatures', () => checkNodeSignatures(subject)),
    attempt('node-revocations', () => checkRevocations(subject)),
    attempt('counters', () => checkCounters(subject)),
    disclosures,
    attempt('erasures', () => checkErasures(subject, opened)),
    attempt('dates', () => checkDates(subject)),
    ...checkTimestamps(subject),
    ...consent,
  ];
}

function textOf(given: string | Uint8Array): string | undefined {
  return typeof given === 'string' ? given : utf8Text(given);
}
