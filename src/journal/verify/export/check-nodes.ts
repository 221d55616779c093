import { fromBase64url } from '../base64url.ts';
import { fromBase64, sameBytes } from '../bytes.ts';
import { readLeaf, signedBytes } from '../leaf.ts';
import type { ExportedEntry } from './entries.ts';
import { FILES } from './layout.ts';
import { LINES, readLines } from './lines.ts';
import { type Check, fail, notChecked, pass, plural } from './report.ts';
import type { Subject } from './subject.ts';

/** Each entry is signed by the program that its leaf names, and that program was registered by an entry of the journal. */
export function checkNodeSignatures({ files, entries, manifest, tools }: Subject): Check {
  if (!manifest) return notChecked('node-signatures', 'Sans manifeste, aucune entrée n’est lue.');
  const keys = keysOf(files.get(FILES.nodeKeys));
  const signatures = signaturesOf(files.get(FILES.nodeSignatures));
  if (!keys) return fail('node-signatures', `${FILES.nodeKeys} manque ou ne se lit pas.`);
  if (!signatures) return fail('node-signatures', `${FILES.nodeSignatures} manque ou ne se lit pas.`);
  const { wrong, proven } = registrationsOf(entries.list, keys);
  const extra = [...signatures.keys()].filter((index) => !entries.byIndex.has(index));
  const details = [
    ...entries.list.flatMap((entry) => faultOf(tools, entry, keys, signatures.get(entry.index))),
    ...extra.map((index) => `Entrée ${index}\u00a0: une signature, mais pas d’entrée.`),
    ...wrong,
  ];
  if (details.length > 0) return fail('node-signatures', 'Des signatures de serveur ne tiennent pas.', details);
  const used = new Set(entries.list.flatMap(({ facts }) => (facts ? [facts.node] : [])));
  const by = `${plural(entries.list.length, 'entrée')}, ${plural(used.size, 'serveur')}\u00a0: chaque signature tient`;
  if (manifest.log === 'acces') {
    return pass(
      'node-signatures',
      `${by}, sous les clés que le service annonce (leur inscription est au journal «\u00a0actes\u00a0»).`,
    );
  }
  const unproven = [...used].filter((node) => !proven.has(node));
  if (unproven.length === 0) return pass('node-signatures', `${by}, et chaque serveur est inscrit au journal.`);
  const missing = unproven.map((node) => `Serveur «\u00a0${node}\u00a0»\u00a0: aucune entrée d’ici ne l’inscrit.`);
  return notChecked('node-signatures', `${by}, mais l’inscription de serveurs n’est pas prouvée.`, missing);
}

type Signed = { node: string; signature: Uint8Array };

function faultOf(
  tools: Subject['tools'],
  { index, bytes, facts }: ExportedEntry,
  keys: ReadonlyMap<string, Uint8Array>,
  signed: Signed | undefined,
): string[] {
  const key = keys.get(facts?.node ?? '');
  if (!facts || !signed) return [`Entrée ${index}\u00a0: ${facts ? 'sa signature manque' : 'illisible'}.`];
  if (!key)
    return [`Entrée ${index}\u00a0: la clé du serveur «\u00a0${facts.node}\u00a0» n’est pas dans ${FILES.nodeKeys}.`];
  const holds = signed.node === facts.node && verified(tools, key, bytes, signed.signature);
  return holds ? [] : [`Entrée ${index}\u00a0: la signature du serveur «\u00a0${facts.node}\u00a0» est fausse.`];
}

function verified(
  { ed25519Verify }: Subject['tools'],
  key: Uint8Array,
  leaf: Uint8Array,
  signature: Uint8Array,
): boolean {
  try {
    return signature.length === 64 && ed25519Verify(key, signedBytes(leaf), signature);
  } catch {
    return false;
  }
}

/** Public keys of nodes by their ids; undefined when the file is not what it should be. */
function keysOf(bytes: Uint8Array | undefined): Map<string, Uint8Array> | undefined {
  const lines = readLines(bytes, LINES.nodeKeys);
  const keys = new Map<string, Uint8Array>();
  for (const { node = '', ed25519 = '', registeredAt = '', revokedAt = '' } of lines ?? []) {
    const key = fromBase64url(ed25519);
    if (key?.length !== 32 || keys.has(node) || !isInstant(registeredAt) || (revokedAt && !isInstant(revokedAt)))
      return undefined;
    keys.set(node, key);
  }
  return lines && keys;
}

const isInstant = (text: string) =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text) && !Number.isNaN(Date.parse(text));

function signaturesOf(bytes: Uint8Array | undefined): Map<bigint, Signed> | undefined {
  const lines = readLines(bytes, LINES.nodeSignatures);
  const signatures = new Map<bigint, Signed>();
  for (const { index = '', node = '', recordedAt = '', signature = '' } of lines ?? []) {
    const read = fromBase64(signature);
    if (!/^(0|[1-9][0-9]{0,18})$/.test(index) || !read || !isInstant(recordedAt) || signatures.has(BigInt(index)))
      return undefined;
    signatures.set(BigInt(index), { node, signature: read });
  }
  return lines && signatures;
}

/** What the entries `node.registered` that are here say of the keys: proven, or another key under the same id. */
function registrationsOf(
  list: readonly ExportedEntry[],
  keys: ReadonlyMap<string, Uint8Array>,
): { wrong: string[]; proven: Set<string> } {
  const wrong: string[] = [];
  const proven = new Set<string>();
  for (const { index, bytes, facts } of list) {
    if (facts?.type !== 'node.registered') continue;
    const read = readLeaf(bytes);
    const clear = read.ok ? (read.leaf.clear as { key?: unknown; ed25519?: unknown }) : {};
    const node = String(clear.key);
    const announced = keys.get(node);
    const registered = typeof clear.ed25519 === 'string' ? fromBase64url(clear.ed25519) : undefined;
    if (!announced) continue;
    if (registered && sameBytes(announced, registered)) proven.add(node);
    else wrong.push(`Serveur «\u00a0${node}\u00a0»\u00a0: l’entrée ${index} inscrit une autre clé.`);
  }
  return { wrong, proven };
}
