import { toBase64, utf8, utf8Text } from '../bytes.ts';
import { type CheckFault, checkNote } from '../check-note.ts';
import type { Sha256 } from '../hashes.ts';
import { parseNote } from '../note.ts';
import { NO_WITNESS, type Policy, parsePolicy } from '../policy.ts';
import { parseTlogProof } from '../tlog-proof.ts';
import { ACTES, FILES } from './layout.ts';
import { plainPolicy } from './plain-policy.ts';
import { type Check, fail, notChecked, pass, plural, shortened } from './report.ts';
import type { Subject } from './subject.ts';

const REASONS: Readonly<Partial<Record<CheckFault, string>>> = {
  'bad-signature': 'une signature est fausse',
  'no-log-signature': 'aucune clé de votre politique ne l’a signé',
  'quorum-not-met': 'trop peu de témoins de votre politique l’ont cosigné',
};

/** What a fault of a signed checkpoint is called, in French; those of form by their English name. */
export function reasonOf(fault: CheckFault, key?: string): string {
  return `${REASONS[fault] ?? `sa forme n’est pas celle d’un point de contrôle (${fault})`}${key ? ` (${key})` : ''}`;
}

/** The keys of the log alone, or with its witnesses, nobody being required. */
const logOnly = (policy: Policy): Policy => ({ ...policy, witnesses: [], groups: [], quorum: NO_WITNESS });

/** The policy that travels with the export names no key that the auditor's own does not know. It is never used. */
export function checkPolicy({ files, policy, policyText, tools }: Subject): Check {
  const bytes = files.get(FILES.policy);
  const text = bytes && utf8Text(bytes);
  const read = text === undefined ? undefined : parsePolicy(text, tools.sha256);
  if (!read?.ok)
    return fail(
      'policy',
      'policy.txt manque ou n’est pas une politique.',
      read ? [`Ligne ${read.line}\u00a0: ${read.fault}.`] : [],
    );
  if (text !== plainPolicy(text ?? ''))
    return fail(
      'policy',
      'policy.txt n’est pas écrite comme le service l’écrit\u00a0: des lignes ou des signes n’y disent rien.',
    );
  if (text === plainPolicy(policyText)) return pass('policy', 'La politique jointe est la vôtre.');
  const known = new Set([...policy.logs, ...policy.witnesses.map(({ vkey }) => vkey)].map((vkey) => vkey.text));
  const unknown = [...read.policy.logs, ...read.policy.witnesses.map(({ vkey }) => vkey)].filter(
    (vkey) => !known.has(vkey.text),
  );
  return notChecked(
    'policy',
    unknown.length > 0
      ? 'La politique jointe nomme des clés que la vôtre ne connaît pas. Seule la vôtre a servi.'
      : 'La politique jointe n’est pas la vôtre (adresses, témoins ou quorum). Seule la vôtre a servi, et rien ne dit si celle-ci a été changée.',
    unknown.map((vkey) => `Clé que votre politique ne connaît pas\u00a0: ${vkey.text}.`),
  );
}

/** The checkpoint is signed by a key of the log that the auditor's policy knows. */
export function checkLogSignature({ files, policy, tools }: Subject): Check {
  const note = files.get(FILES.checkpoint);
  if (!note) return fail('log-signature', 'Le point de contrôle manque.');
  const checked = checkNote(tools, logOnly(policy), note);
  if (!checked.ok)
    return fail('log-signature', `Le point de contrôle ne tient pas\u00a0: ${reasonOf(checked.fault, checked.key)}.`);
  const { origin, size } = checked.checkpoint;
  return pass('log-signature', `Le journal ${origin} a signé sa taille (${size}) et sa racine.`);
}

/** Enough witnesses of the auditor's policy cosigned it, and none of them falsely. */
export function checkWitnesses({ files, policy, tools }: Subject): Check {
  const note = files.get(FILES.checkpoint);
  if (!note) return notChecked('witnesses', 'Le point de contrôle manque.');
  const checked = checkNote(tools, policy, note);
  if (!checked.ok)
    return fail('witnesses', `Les cosignatures ne tiennent pas\u00a0: ${reasonOf(checked.fault, checked.key)}.`);
  if (policy.quorum === NO_WITNESS) {
    return notChecked(
      'witnesses',
      'Votre politique ne demande aucun témoin\u00a0: personne d’autre que le journal ne répond de ce point de contrôle.',
    );
  }
  const strangers = strangersIn({ policy, tools }, notesOf(files));
  if (strangers.length > 0) {
    return notChecked(
      'witnesses',
      'Le quorum est atteint, mais d’autres signatures sont de clés que votre politique ne connaît pas\u00a0: rien ne les lie.',
      shortened(strangers),
    );
  }
  const times = checked.cosigners.map(({ name, time }) => `${name}, le ${dated(time)}`);
  return pass('witnesses', `Cosigné par ${plural(times.length, 'témoin')}\u00a0: ${times.join('\u00a0; ')}.`);
}

/** Every note of the export. */
function notesOf(files: Subject['files']): string[] {
  const proofs = [...files].flatMap(([path, bytes]) => {
    const read = path.startsWith(ACTES) && path.endsWith('.tlog-proof') ? parseTlogProof(bytes) : undefined;
    return read?.ok ? [read.proof.checkpoint] : [];
  });
  const notes = [FILES.checkpoint, FILES.previous].flatMap(
    (path) => utf8Text(files.get(path) ?? new Uint8Array()) ?? [],
  );
  return [...notes, ...proofs];
}

/** Signature lines of these notes that no key of the auditor's policy made: anyone can add or change them. */
export function strangersIn({ policy, tools }: Pick<Subject, 'policy' | 'tools'>, notes: readonly string[]): string[] {
  const known = [...policy.logs, ...policy.witnesses.map(({ vkey }) => vkey)];
  const lines = distinct(tools.sha256, notes).flatMap((note) => {
    const read = parseNote(note);
    return read.ok ? read.note.signatures : [];
  });
  const strange = lines.filter(({ name, keyId }) => !known.some((vkey) => vkey.name === name && vkey.keyId === keyId));
  const told = strange.map(
    ({ name, keyId }) => `${name.slice(0, MOST_OF_NAME)}, clé ${keyId.toString(16).padStart(8, '0')}.`,
  );
  return [...new Set(told)];
}

/** In characters: of names that nobody knows. */
const MOST_OF_NAME = 200;

/** Each text once. By its hash: engines give long texts of one length the same place in a set, and would compare each with all. */
function distinct(sha256: Sha256, texts: readonly string[]): string[] {
  return [...new Map(texts.map((text) => [toBase64(sha256(utf8(text))), text])).values()];
}

/** A witness's time, in UTC: an export is read anywhere. */
export function dated(seconds: bigint): string {
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return `${seconds} (date impossible)`;
  return `${date.toISOString().slice(0, 19).replace('T', ' à ')} UTC`;
}
