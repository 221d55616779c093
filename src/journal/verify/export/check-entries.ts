import { sameBytes, utf8Text } from '../bytes.ts';
import type { Checkpoint } from '../checkpoint.ts';
import { leafHash } from '../hashes.ts';
import { rootOf, verifyInclusion } from '../merkle.ts';
import { rootRange } from '../ranges.ts';
import { tilePath } from '../tile-path.ts';
import { hashRange, TILE_WIDTH, tileWidth } from '../tiles.ts';
import { formatTlogProof, parseTlogProof } from '../tlog-proof.ts';
import type { ExportedEntry } from './entries.ts';
import { FILES, leafPath, proofPath, tilesOfRange } from './layout.ts';
import type { Manifest } from './manifest.ts';
import { type Check, fail, notChecked, pass, plural } from './report.ts';
import type { Subject } from './subject.ts';

const WIDTH = BigInt(TILE_WIDTH);
const HASH = 32;

/** Each entry's hash stands at its place: in the tile for a range, at the foot of its own proof otherwise. */
export function checkEntries(subject: Subject): Check {
  const { manifest, checkpoint, entries, elsewhere } = subject;
  if (!manifest || !checkpoint)
    return notChecked('entries', 'Sans manifeste ni point de contrôle lisibles, rien à prouver.');
  const note = utf8Text(subject.files.get(FILES.checkpoint) ?? new Uint8Array());
  const proven = { ...subject, manifest, checkpoint, note };
  const details = [
    ...entries.faults,
    ...elsewhere.faults,
    ...doubled(entries.list),
    ...entries.list.flatMap((entry) => faultOf(proven, entry)),
  ];
  if (details.length > 0) return fail('entries', 'Des entrées ne sont pas celles du journal.', details);
  if (manifest.kind === 'selection') {
    return pass('entries', `${plural(entries.list.length, 'entrée')}\u00a0: chacune est dans le journal, à sa place.`);
  }
  const gone = entries.missing.length;
  const left =
    gone > 0 ? `\u00a0; de ${plural(gone, 'autre')} il ne reste que l’empreinte` : '\u00a0; aucune ne manque';
  return pass('entries', `${plural(manifest.entries, 'entrée')} de la plage, chacune à sa place${left}.`);
}

/** A leaf that stands alone and in a bundle would be counted twice. The list is in the order of the log. */
function doubled(list: readonly ExportedEntry[]): string[] {
  const twice = list.filter(({ index }, at) => list[at - 1]?.index === index);
  return twice.map(({ index }) => `Entrée ${index}\u00a0: donnée deux fois.`);
}

/** `note`: the text of the checkpoint. */
type Proven = Subject & { manifest: Manifest; checkpoint: Checkpoint; note: string | undefined };

function faultOf(
  { files, tools, checkpoint, manifest, note }: Proven,
  { index, bytes, beside }: ExportedEntry,
): string[] {
  const hash = leafHash(tools.sha256, bytes);
  if (manifest.kind === 'range' && !beside) {
    const path = tilePath({ level: 0, n: index / WIDTH, width: tileWidth(0, index / WIDTH, checkpoint.size) || 1 });
    const at = Number(index % WIDTH) * HASH;
    const committed = files.get(path)?.subarray(at, at + HASH) ?? new Uint8Array();
    return sameBytes(committed, hash) ? [] : [`Entrée ${index}\u00a0: son empreinte n’est pas celle de ${path}.`];
  }
  const parsed = parseTlogProof(files.get(proofPath(index)) ?? '');
  if (!parsed.ok) return [`${proofPath(index)}\u00a0: ${parsed.fault}.`];
  const { proof } = parsed.proof;
  if (parsed.proof.checkpoint !== note)
    return [`${proofPath(index)}\u00a0: prouve par un autre point de contrôle que celui de l’export.`];
  if (formatTlogProof({ index, proof, checkpoint: note }) !== utf8Text(files.get(proofPath(index)) ?? new Uint8Array()))
    return [`${proofPath(index)}\u00a0: dit autre chose que cette preuve.`];
  const { size, root } = checkpoint;
  const holds =
    parsed.proof.index === index && verifyInclusion(tools.sha256, { index, size, leafHash: hash, proof, root });
  return holds ? [] : [`${leafPath(index)}\u00a0: la preuve ne mène pas de cette entrée à la racine.`];
}

/** The tiles of a range lead from the hashes of its entries to the root that was signed. */
export function checkRoot({ files, manifest, checkpoint, tools }: Subject): Check {
  if (!manifest || !checkpoint)
    return notChecked('root', 'Sans manifeste ni point de contrôle lisibles, rien à prouver.');
  const { size, root } = checkpoint;
  if (manifest.kind === 'selection')
    return pass('root', 'Sans objet\u00a0: chaque entrée d’une sélection a sa propre preuve.');
  const tiles = tilesOfRange(manifest.from, manifest.to, size);
  const byPlace = new Map(
    tiles.map((tile) => [`${tile.level}/${tile.n}`, files.get(tilePath(tile)) ?? new Uint8Array()]),
  );
  const tileAt = (level: number, n: bigint) => byPlace.get(`${level}/${n}`) ?? new Uint8Array();
  const details = tiles.flatMap((tile) => {
    const path = tilePath(tile);
    const bytes = files.get(path);
    if (bytes?.length !== tile.width * HASH)
      return [`${path}\u00a0: ${bytes ? 'n’a pas la longueur attendue' : 'manque'}.`];
    if (tile.width < TILE_WIDTH) return []; // its hashes are hashed into the root itself
    const hashes = Array.from({ length: TILE_WIDTH }, (_, at) => bytes.subarray(at * HASH, (at + 1) * HASH));
    const at = Number(tile.n % WIDTH) * HASH;
    const above = tileAt(tile.level + 1, tile.n / WIDTH).subarray(at, at + HASH);
    return sameBytes(rootOf(tools.sha256, hashes), above) ? [] : [`${path}\u00a0: n’est pas sous la tuile du dessus.`];
  });
  if (!sameBytes(hashRange(tools.sha256, rootRange(size), tileAt), root)) {
    details.push('Les tuiles ne donnent pas la racine que le journal a signée.');
  }
  if (details.length > 0) return fail('root', 'Les empreintes ne mènent pas à la racine signée.', details);
  return pass('root', `Les empreintes de la plage mènent à la racine signée (${plural(tiles.length, 'tuile')}).`);
}
