import { toBase64, utf8, utf8Text } from '../bytes.ts';
import { type CheckedNoteAnswer, checkNote } from '../check-note.ts';
import { leafHash } from '../hashes.ts';
import { verifyInclusion } from '../merkle.ts';
import { parseOrigin } from '../origin.ts';
import type { Policy } from '../policy.ts';
import { parseTlogProof } from '../tlog-proof.ts';
import { reasonOf } from './check-checkpoint.ts';
import { type ExportedEntry, entryOf } from './entries.ts';
import { ACTES, leafIndex, proofPath } from './layout.ts';
import type { Manifest } from './manifest.ts';
import type { Tools } from './subject.ts';
import type { Files } from './sums.ts';

/** Entries of `actes` that go with an export of `acces`, each proven by itself; `faults`: those that are not, in French. */
export type Elsewhere = { list: ExportedEntry[]; faults: string[] };

/**
 * What registers the nodes of an export of `acces` and tells its erasures stands in the other log. Each such entry comes with
 * a proof under a checkpoint of that log, which the auditor's policy must accept: signed, and cosigned by the quorum.
 */
export function readElsewhere(
  { files, tools, policy }: { files: Files; tools: Tools; policy: Policy },
  manifest: Manifest | undefined,
): Elsewhere {
  const elsewhere: Elsewhere = { list: [], faults: [] };
  if (manifest?.log !== 'acces') return elsewhere;
  const service = parseOrigin(manifest.origin)?.service;
  // by their hashes: engines give long texts of one length the same place in a map, and would compare each with all
  const notes = new Map<string, CheckedNoteAnswer>();
  const checked = (note: string) => {
    const hash = toBase64(tools.sha256(utf8(note)));
    const answer = notes.get(hash) ?? checkNote(tools, policy, note);
    notes.set(hash, answer);
    return answer;
  };
  for (const [path, bytes] of files) {
    const index = path.startsWith(ACTES) ? leafIndex(path.slice(ACTES.length)) : undefined;
    if (index === undefined) continue;
    const proof = files.get(ACTES + proofPath(index));
    const fault = faultOf(tools, { index, bytes, service, proof }, checked);
    const entry = entryOf(index, bytes, true, 'actes');
    if (fault === undefined && entry.facts) elsewhere.list.push(entry);
    else elsewhere.faults.push(`${path}\u00a0: ${fault ?? 'n’est pas une entrée du journal «\u00a0actes\u00a0»'}.`);
  }
  return elsewhere;
}

type Claimed = { index: bigint; bytes: Uint8Array; service: string | undefined; proof: Uint8Array | undefined };

function faultOf(
  { sha256 }: Tools,
  { index, bytes, service, proof }: Claimed,
  checked: (note: string) => CheckedNoteAnswer,
): string | undefined {
  const parsed = parseTlogProof(utf8Text(proof ?? new Uint8Array()) ?? '');
  if (!parsed.ok) return `sa preuve manque ou ne se lit pas (${parsed.fault})`;
  if (parsed.proof.extra) return 'sa preuve dit autre chose encore';
  const note = checked(parsed.proof.checkpoint);
  if (!note.ok) return `le point de contrôle de sa preuve ne tient pas, ${reasonOf(note.fault, note.key)}`;
  const named = parseOrigin(note.checkpoint.origin);
  if (named?.log !== 'actes' || named.service !== service)
    return `sa preuve est d’un autre journal (${note.checkpoint.origin})`;
  const { size, root } = note.checkpoint;
  const leaf = { index, size, leafHash: leafHash(sha256, bytes), proof: parsed.proof.proof, root };
  return parsed.proof.index === index && verifyInclusion(sha256, leaf)
    ? undefined
    : 'sa preuve ne mène pas à la racine';
}
