import { clearOf, type ExportedEntry } from './entries.ts';
import { FILES } from './layout.ts';
import { isInstant } from './lines.ts';
import { type Check, fail, notChecked, pass, plural, shortened } from './report.ts';
import type { Subject } from './subject.ts';

type Told = { index: bigint; at: string };

/**
 * The key file says of each key that signed here what the entries `node.revoked` say: not one revocation less, none else. A
 * revocation that no entry here proves is NOT CHECKED. That none is missing shows in the whole log `actes` alone: the line says so.
 */
export function checkRevocations(subject: Subject): Check {
  const { nodeKeys: keys, manifest } = subject;
  if (!manifest) return notChecked('node-revocations', 'Sans manifeste, aucune entrée n’est lue.');
  if (!keys) return fail('node-revocations', `${FILES.nodeKeys} manque ou ne se lit pas.`);
  const told = revocationsIn(subject);
  const faults: string[] = [];
  const doubts: string[] = [];
  for (const [node, { revokedAt }] of keys) {
    const named = `Serveur «\u00a0${node}\u00a0»`;
    const announced = revokedAt === undefined ? undefined : new Date(revokedAt).toISOString();
    const entries = told.get(node) ?? [];
    for (const { index, at } of entries) {
      if (at !== announced)
        faults.push(
          `${named}\u00a0: l’entrée ${index} le révoque à ${at}, ${FILES.nodeKeys} dit ${announced ?? 'qu’il ne l’est pas'}.`,
        );
    }
    if (announced !== undefined && entries.length === 0)
      doubts.push(`${named}\u00a0: donné pour révoqué à ${announced}, aucune entrée prouvée d’ici ne le dit.`);
  }
  if (faults.length > 0)
    return fail('node-revocations', 'Des révocations de clés ne sont pas ce qu’en dit le journal.', faults);
  const revoked = [...keys.keys()].filter((node) => told.has(node)).length;
  const line = `${plural(keys.size, 'clé')} de serveur, dont ${plural(revoked, 'révoquée')} par une entrée prouvée d’ici.`;
  if (doubts.length > 0)
    return notChecked('node-revocations', `${line} Une révocation annoncée n’est pas prouvée.`, shortened(doubts));
  return pass('node-revocations', `${line} ${whatIsLeft(subject)}`);
}

/** By the id of the key; told in `actes` alone. */
function revocationsIn({ manifest, entries, elsewhere }: Subject): Map<string, Told[]> {
  const revocations = new Map<string, Told[]>();
  for (const entry of manifest?.log === 'actes' ? entries.list : elsewhere.list) {
    if (entry.facts?.type !== 'node.revoked') continue;
    const { key, at } = clearOf(entry);
    if (typeof key !== 'string') continue;
    const ofKey = revocations.get(key) ?? [];
    ofKey.push(told(entry, at));
    revocations.set(key, ofKey);
  }
  return revocations;
}

function told({ index }: ExportedEntry, at: unknown): Told {
  return { index, at: typeof at === 'string' && isInstant(at) ? at : 'une heure illisible' };
}

function whatIsLeft({ manifest, entries }: Subject): string {
  const isWhole =
    manifest?.log === 'actes' &&
    manifest.kind === 'range' &&
    manifest.from === 0n &&
    manifest.to === manifest.size &&
    entries.missing.length === 0;
  return isWhole
    ? `Le journal «\u00a0actes\u00a0» est là en entier\u00a0: aucune autre ne l’était quand il avait ${manifest.size} entrées.`
    : 'Qu’aucune autre ne l’ait été N’EST PAS CONTRÔLÉ\u00a0: il faudrait tout le journal «\u00a0actes\u00a0», depuis la place 0.';
}
