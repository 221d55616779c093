import { fromBase64url } from '../base64url.ts';
import { sameBytes } from '../bytes.ts';
import { verifyNodeSignature } from '../node-signature.ts';
import { placeKey } from './by-place.ts';
import { clearOf, type ExportedEntry } from './entries.ts';
import { FILES } from './layout.ts';
import type { NodeKeys, Signatures, Signed } from './node-files.ts';
import { type Check, fail, firstTold, notChecked, pass, plural } from './report.ts';
import type { Subject } from './subject.ts';

/** Each entry is signed by the program that its leaf names, and that program was registered by an entry of the journal. */
export function checkNodeSignatures(subject: Subject): Check {
  const { entries, elsewhere, manifest, tools, nodeKeys: keys, signatures } = subject;
  if (!manifest) return notChecked('node-signatures', 'Sans manifeste, aucune entrée n’est lue.');
  if (!keys) return fail('node-signatures', `${FILES.nodeKeys} manque ou ne se lit pas.`);
  if (!signatures) return fail('node-signatures', `${FILES.nodeSignatures} manque ou ne se lit pas.`);
  const { wrong, proven } = registrationsOf([...entries.list, ...elsewhere.list], keys);
  const extra = [...signatures.values()].filter(({ index }) => !entries.byIndex.has(placeKey(index)));
  const details = [
    ...entries.list.flatMap((entry) => faultOf(tools, entry, keys, signatures.get(placeKey(entry.index)))),
    ...extra.map(({ index }) => `Entrée ${index}\u00a0: une signature, mais pas d’entrée.`),
    ...wrong,
    ...unused(entries.list, keys),
    ...disordered(entries.list, signatures),
  ];
  if (details.length > 0) return fail('node-signatures', 'Des signatures de serveur ne tiennent pas.', details);
  const used = new Set(entries.list.flatMap(({ facts }) => (facts ? [facts.node] : [])));
  const by = `${plural(entries.list.length, 'entrée')}, ${plural(used.size, 'serveur')}\u00a0: chaque signature tient`;
  const unproven = [...used].filter((node) => !proven.has(node));
  if (unproven.length === 0)
    return pass(
      'node-signatures',
      `${by}, et chaque serveur est inscrit au journal${manifest.log === 'acces' ? ' «\u00a0actes\u00a0»' : ''}.`,
    );
  const missing = firstTold(
    unproven,
    (node) =>
      `Serveur «\u00a0${node}\u00a0»\u00a0: aucune entrée prouvée d’ici ne l’inscrit. Sa clé n’est que celle que cet export annonce.`,
  );
  return notChecked('node-signatures', `${by}, mais l’inscription de serveurs n’est pas prouvée.`, missing);
}

function faultOf(
  tools: Subject['tools'],
  { index, bytes, facts }: ExportedEntry,
  keys: NodeKeys,
  signed: Signed | undefined,
): string[] {
  const key = keys.get(facts?.node ?? '');
  if (!facts || !signed) return [`Entrée ${index}\u00a0: ${facts ? 'sa signature manque' : 'illisible'}.`];
  if (!key)
    return [`Entrée ${index}\u00a0: la clé du serveur «\u00a0${facts.node}\u00a0» n’est pas dans ${FILES.nodeKeys}.`];
  if (facts.writtenAt >= (key.revokedAt ?? Number.POSITIVE_INFINITY))
    return [`Entrée ${index}\u00a0: écrite quand la clé du serveur «\u00a0${facts.node}\u00a0» était révoquée.`];
  const holds = signed.node === facts.node && verifyNodeSignature(tools, key.ed25519, bytes, signed.signature);
  return holds ? [] : [`Entrée ${index}\u00a0: la signature du serveur «\u00a0${facts.node}\u00a0» est fausse.`];
}

/** A key that signed nothing here would be bound by nothing. */
function unused(list: readonly ExportedEntry[], keys: NodeKeys): string[] {
  const used = new Set(list.map(({ facts }) => facts?.node));
  const idle = [...keys.keys()].filter((node) => !used.has(node));
  return idle.map((node) => `Serveur «\u00a0${node}\u00a0»\u00a0: sa clé est là, et il n’a rien signé ici.`);
}

/** Signatures stand in the order of the places, those of entries given beside after the others. */
function disordered(list: readonly ExportedEntry[], signatures: Signatures): string[] {
  const ordered = [...list.filter(({ beside }) => !beside), ...list.filter(({ beside }) => beside)];
  const places = [...signatures.values()];
  const at = ordered.findIndex(({ index }, place) => places[place]?.index !== index);
  return at < 0 || places.length !== list.length
    ? []
    : [`${FILES.nodeSignatures}\u00a0: n’est pas dans l’ordre des places.`];
}

/** What the entries `node.registered` that are here say of the keys: proven, or another key under the same id. */
function registrationsOf(list: readonly ExportedEntry[], keys: NodeKeys): { wrong: string[]; proven: Set<string> } {
  const wrong: string[] = [];
  const proven = new Set<string>();
  for (const entry of list) {
    const { index, facts } = entry;
    if (facts?.type !== 'node.registered') continue;
    const { key: node, ed25519 } = clearOf(entry);
    const announced = typeof node === 'string' ? keys.get(node)?.ed25519 : undefined;
    const registered = typeof ed25519 === 'string' ? fromBase64url(ed25519) : undefined;
    if (!announced || typeof node !== 'string') continue;
    if (registered && sameBytes(announced, registered)) proven.add(node);
    else wrong.push(`Serveur «\u00a0${node}\u00a0»\u00a0: l’entrée ${index} inscrit une autre clé.`);
  }
  return { wrong, proven };
}
