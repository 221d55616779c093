import { sameBytes } from '../bytes.ts';
import { parseOrigin } from '../origin.ts';
import { parseTilePath, tilePath } from '../tile-path.ts';
import { evidenceParts, tokenPaths } from './gone-tokens.ts';
import {
  ACTES,
  bundlesOf,
  evidencePath,
  FILES,
  isTimestamp,
  leafIndex,
  leafPath,
  proofPath,
  tilesOfRange,
  tilesSince,
  wholeBundles,
} from './layout.ts';
import type { Manifest } from './manifest.ts';
import { type Check, fail, notChecked, pass } from './report.ts';
import type { Subject } from './subject.ts';

/** The manifest is one, and says of tree, entries and files what is here. */
export function checkManifest({ manifest, checkpoint, entries }: Subject): Check {
  if (!manifest) return fail('manifest', 'manifest.json manque, ou n’est pas celui d’un export du journal.');
  const { kind, origin, log, size, root, from, to, asked, gone, evidence } = manifest;
  const whole = kind === 'range' ? wholeBundles(asked.from, asked.to, size) : { from: 0n, to: 0n };
  const joined = new Set(evidence);
  const held = entries.list.filter(({ beside }) => !beside).length;
  const details = [
    ...(checkpoint?.origin === origin ? [] : ['Le nom du journal n’est pas celui du point de contrôle.']),
    ...(parseOrigin(origin)?.log === log
      ? []
      : [`Le journal «\u00a0${log}\u00a0» n’est pas celui que nomme ${origin}.`]),
    ...(checkpoint?.size === size ? [] : ['La taille n’est pas celle du point de contrôle.']),
    ...(checkpoint && sameBytes(checkpoint.root, root) ? [] : ['La racine n’est pas celle du point de contrôle.']),
    ...(whole.from === from && whole.to === to
      ? []
      : ['La plage contenue n’est pas celle qui entoure la plage demandée.']),
    ...([noticeOf(manifest), earlierNoticeOf(manifest)].includes(manifest.notice)
      ? []
      : ['L’avertissement ne dit pas ce qu’est cet export.']),
    ...(joined.size === evidence.length ? [] : ['La preuve d’un mandat est annoncée deux fois.']),
    ...(gone.every((number) => joined.has(number)) && new Set(gone).size === gone.length
      ? []
      : ['Des jetons sont donnés pour effacés d’un mandat dont la preuve n’est pas là.']),
    ...(held === manifest.entries ? [] : [`${manifest.entries} entrées annoncées, ${held} présentes.`]),
  ];
  if (details.length > 0) return fail('manifest', 'Le manifeste ne dit pas ce que contient l’export.', details);
  return pass(
    'manifest',
    'Le manifeste dit ce que contient l’export. Ce qui en avait été demandé (asked, leftOut) n’est signé par rien\u00a0: lui seul le dit.',
  );
}

/**
 * What an export is, said loudly: the same words in the manifest, in README.txt and when it is verified. A range that lacks the
 * bytes of an entry is not called complete: whether what tells of its erasure holds is the business of `erasures`.
 */
export function noticeOf(manifest: Omit<Manifest, 'notice'>): string {
  const { kind, log, asked, from, to, size, entries, mandates } = manifest;
  if (kind === 'range') {
    const gone = to - from - BigInt(entries);
    const places =
      `toutes les entrées du journal «\u00a0${log}\u00a0» de la place ${asked.from} à la place ${asked.to} non comprise` +
      ` (paquets entiers\u00a0: ${from} à ${to}), sur ${size} publiées`;
    if (gone <= 0n) return `PLAGE COMPLÈTE\u00a0: ${places}. Aucune ne peut manquer sans que cela se voie.`;
    return (
      `PLAGE OÙ DES ENTRÉES MANQUENT\u00a0: ${places}, SAUF ${gone} dont il ne reste que l’empreinte.` +
      ' Elles sont données pour effacées\u00a0: le contrôle «\u00a0erasures\u00a0» dit si c’est prouvé.'
    );
  }
  const of = mandates.map(({ number }) => number).join(', ');
  const [chosen, theyAre] =
    entries === 1 ? ['1 entrée choisie', 'Elle est authentique'] : [`${entries} entrées choisies`, MANY_ARE];
  return (
    `SÉLECTION${of ? ` (mandat ${of})` : ''}\u00a0: ${chosen} dans le journal «\u00a0${log}\u00a0». ${theyAre}.` +
    ' RIEN NE PROUVE QUE D’AUTRES N’ONT PAS ÉTÉ LAISSÉES DE CÔTÉ, sauf les numéros d’acte des mandats.'
  );
}

const MANY_ARE = 'Elles sont authentiques';

/** What exports of before say: one entry was told as several. */
function earlierNoticeOf(manifest: Manifest): string {
  return noticeOf(manifest)
    .replace('1 entrée choisie dans', '1 entrées choisies dans')
    .replace('Elle est authentique', MANY_ARE);
}

/** Every file that such an export has is here, and no other: what nobody expects, nobody would check. */
export function checkLayout({ files, manifest }: Subject): Check {
  if (!manifest) return notChecked('layout', 'Sans manifeste, on ne sait pas quels fichiers attendre.');
  const { needed, allowed } = expectedFiles(manifest, files);
  const missing = [...needed].filter((path) => !files.has(path)).map((path) => `${path}\u00a0: manque.`);
  const extra = [...files.keys()]
    .filter((path) => !needed.has(path) && !allowed.has(path) && !isTimestamp(path))
    .map((path) => `${path}\u00a0: n’a rien à faire là.`);
  const uneven = [...files].filter(([path, bytes]) => (lengthOfTile(path) ?? bytes.length) !== bytes.length);
  const misshapen = uneven.map(([path]) => `${path}\u00a0: n’a pas la longueur que dit son nom.`);
  const details = [...missing, ...extra, ...misshapen];
  if (details.length > 0) return fail('layout', 'Les fichiers ne sont pas ceux d’un tel export.', details);
  return pass('layout', `Les ${files.size} fichiers sont ceux d’un tel export, ni plus ni moins.`);
}

function lengthOfTile(path: string): number | undefined {
  const tile = parseTilePath(path);
  return tile && tile.width * 32;
}

function expectedFiles(manifest: Manifest, files: Subject['files']): { needed: Set<string>; allowed: Set<string> } {
  const { kind, from, to, size, beside, evidence, gone, previous } = manifest;
  const { previous: old, ...always } = FILES;
  const needed = new Set<string>(Object.values(always));
  const allowed = new Set<string>();
  for (const index of beside) for (const path of [leafPath(index), proofPath(index)]) needed.add(path);
  if (kind === 'range') for (const tile of tilesOfRange(from, to, size)) needed.add(tilePath(tile));
  if (previous !== undefined) {
    needed.add(old);
    for (const tile of tilesSince(previous, size)) needed.add(tilePath(tile));
  }
  const without = new Set(gone);
  for (const number of evidence) {
    const taken = new Set(without.has(number) ? tokenPaths(number) : []);
    for (const part of evidenceParts) {
      const path = evidencePath(number, part);
      if (!taken.has(path)) needed.add(path);
    }
  }
  if (kind === 'range') addBundles(manifest, files, { needed, allowed });
  // of a selection, each leaf that is here has its proof, and each proof its leaf
  else for (const path of files.keys()) for (const pair of pairOf(path)) needed.add(pair);
  // and so have those of `actes` that go with an export of `acces`
  if (manifest.log === 'acces')
    for (const path of files.keys())
      if (path.startsWith(ACTES)) for (const pair of pairOf(path.slice(ACTES.length))) needed.add(ACTES + pair);
  return { needed, allowed };
}

/** Bundles, or what erasure left of them: entries that stand alone where there is no bundle. */
function addBundles(
  { from, to, size }: Manifest,
  files: Subject['files'],
  { needed, allowed }: { needed: Set<string>; allowed: Set<string> },
): void {
  for (const { path } of bundlesOf(from, to, size)) if (files.has(path)) needed.add(path);
  for (const path of files.keys()) {
    const index = leafIndex(path);
    if (index === undefined || index < from || index >= to) continue;
    const [bundle] = bundlesOf(index, index + 1n, size);
    if (bundle && !files.has(bundle.path)) allowed.add(path);
  }
}

function pairOf(path: string): string[] {
  const [, digits] = /^proofs\/(0|[1-9][0-9]{0,18})\.tlog-proof$/.exec(path) ?? [];
  const index = digits === undefined ? leafIndex(path) : BigInt(digits);
  return index === undefined ? [] : [leafPath(index), proofPath(index)];
}
