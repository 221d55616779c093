import type { AppContext } from '#platform/context.ts';
import type { Db } from '#platform/db/database.ts';
import type { LogName } from '../event.ts';
import { openEntries } from '../open-entries.ts';
import { inclusionProofs } from '../read/prove-entry.ts';
import { successionsOf } from '../successions.ts';
import {
  ACTES,
  FILES,
  formatLines,
  formatTlogProof,
  LINES,
  type Line,
  leafPath,
  MOST_LINES,
  proofPath,
} from '../verify/index.ts';
import type { Archive, ArchiveFile } from './archive.ts';
import { ExportRefused } from './export.errors.ts';
import { type ExportRow, erasuresTouching, lastPublication, nodeEventIds, nodeKeys, rowsOf } from './export.queries.ts';

/** What may be opened of the entries: nothing, all that still opens, or that of these entries. */
export type Opening = 'nothing' | 'everything' | ReadonlySet<string>;

/** One export in the making: everything is read in one snapshot of the database, and proven under one checkpoint. */
export type Gathering = {
  ctx: Pick<AppContext, 'keys'>;
  db: Db;
  log: LogName;
  size: bigint;
  note: string;
  open: Opening;
  archive: Archive;
  signatures: ArchiveFile;
  disclosures: ArchiveFile;
  counts: { entries: number; disclosures: number; erasures: number };
  nodes: Set<string>;
  ids: Set<string>;
  /** Of these ids, the entries that commit to values, or to decoys alone. */
  committing: Set<string>;
};

/** Starts the files that fill up as entries come. */
export function beginGathering(
  given: Pick<Gathering, 'ctx' | 'db' | 'log' | 'size' | 'note' | 'open' | 'archive'>,
): Gathering {
  const { archive } = given;
  return {
    ...given,
    signatures: archive.open(FILES.nodeSignatures),
    disclosures: archive.open(FILES.disclosures),
    counts: { entries: 0, disclosures: 0, erasures: 0 },
    nodes: new Set(),
    ids: new Set(),
    committing: new Set(),
  };
}

/** Takes what goes with some entries: signatures of nodes, and what may be opened. Their bytes are the caller's to place. */
export async function take(gathering: Gathering, rows: readonly ExportRow[]): Promise<void> {
  const { counts, nodes, ids, committing } = gathering;
  for (const { node, id, leaf } of rows) {
    nodes.add(node);
    ids.add(id);
    // canonical JSON: written so, a member's name stands in no text
    if (leaf.includes('"sd":[')) committing.add(id);
  }
  counts.entries += rows.length;
  gathering.signatures.write(formatLines(rows.map(signatureLine), LINES.nodeSignatures));
  await openThose(gathering, rows);
}

function signatureLine({ index, node, nodeSignature }: ExportRow): Line {
  return {
    index: String(index),
    node,
    signature: nodeSignature.toString('base64'),
  };
}

async function openThose({ ctx, db, open, disclosures, counts }: Gathering, rows: readonly ExportRow[]): Promise<void> {
  if (open === 'nothing') return;
  const chosen = rows.filter(({ id }) => open === 'everything' || open.has(id));
  const opened = await openEntries(
    ctx,
    db,
    chosen.map(({ id }) => id),
  );
  const lines = chosen.flatMap(({ index, id }) =>
    (opened.get(id)?.disclosures ?? []).map((disclosure) => ({ index: String(index), disclosure })),
  );
  counts.disclosures += lines.length;
  if (counts.disclosures > MOST_LINES) {
    throw new ExportRefused('too-many', `Un export ouvre ${MOST_LINES} données au plus\u00a0: faites-en plusieurs.`);
  }
  disclosures.write(formatLines(lines, LINES.disclosures));
}

/** How many proofs are made between two questions: a session that stays idle in its transaction is ended. */
const AT_ONCE = 250;

/** Places entries that stand alone: the bytes of each, and its proof. */
export async function placeApart(gathering: Gathering, rows: readonly ExportRow[]): Promise<void> {
  const { db, log, size, note, archive } = gathering;
  for (let first = 0; first < rows.length; first += AT_ONCE) {
    const some = rows.slice(first, first + AT_ONCE);
    const indices = some.map(({ index }) => index);
    const proofs = await inclusionProofs(db, log, size, indices);
    for (const [at, { index, leaf }] of some.entries()) {
      archive.add(leafPath(index), leaf);
      archive.add(proofPath(index), formatTlogProof({ index, proof: proofs[at] ?? [], checkpoint: note }));
    }
  }
}

/**
 * Closes the list of entries: erasures that touch them or may have, keys of the nodes that signed. Entries that tell of these erasures,
 * register these nodes or revoke their keys are given beside the others; in an export of `acces`, apart, since `actes` has
 * them. `explaining`: ids of other entries to be given beside. Returns the places of those beside.
 */
export async function concludeGathering(
  gathering: Gathering,
  range: { from: bigint; to: bigint },
  explaining: readonly string[] = [],
): Promise<bigint[]> {
  const { db, log, archive, counts, ids, committing } = gathering;
  const erasures = await erasuresTouching(db, log, { ...range, ids: [...ids], committing: [...committing] });
  counts.erasures = erasures.length;
  archive.add(
    FILES.erasures,
    formatLines(
      erasures.map(({ id, kind, ground, at, places }) => ({ entry: id, what: kind, ground, at, indices: places })),
      LINES.erasures,
    ),
  );
  // what says that this log succeeded another goes with all that it proves
  const succeeded = (await successionsOf(db, log)).map(({ entryId }) => entryId);
  const tellers = [...new Set([...erasures.map(({ id }) => id), ...succeeded, ...explaining])];
  if (log === 'acces') await placeElsewhere(gathering, tellers);
  const beside = await placeBeside(gathering, tellers);
  const keys = await nodeKeys(db, [...gathering.nodes]);
  archive.add(FILES.nodeKeys, formatLines(keys.map(keyLine), LINES.nodeKeys));
  gathering.signatures.end();
  gathering.disclosures.end();
  return beside;
}

async function placeBeside(gathering: Gathering, erasures: readonly string[]): Promise<bigint[]> {
  const { db, log, size, ids, nodes, counts } = gathering;
  const ofNodes = log === 'actes' ? await nodeEventIds(db) : [];
  const wanted = [...erasures, ...ofNodes].filter((id) => !ids.has(id));
  const rows = (await rowsOf(db, log, wanted)).filter((row): row is ExportRow => row.leaf !== null && row.index < size);
  const needed = neededOf(rows, erasures, nodes);
  const { entries } = counts;
  await take({ ...gathering, open: 'nothing' }, needed);
  counts.entries = entries;
  await placeApart(gathering, needed);
  return needed.map(({ index }) => index);
}

/** Entries of `actes` that an export of `acces` needs: each with its proof under the last checkpoint of that log. */
async function placeElsewhere({ db, nodes, archive }: Gathering, erasures: readonly string[]): Promise<void> {
  const publication = await lastPublication(db, 'actes');
  if (!publication) return;
  const { size, note } = publication;
  const wanted = [...erasures, ...(await nodeEventIds(db))];
  const published = (await rowsOf(db, 'actes', wanted)).filter(
    (row): row is ExportRow => row.leaf !== null && row.index < size,
  );
  const rows = neededOf(published, erasures, nodes);
  const indices = rows.map(({ index }) => index);
  const proofs = await inclusionProofs(db, 'actes', size, indices);
  for (const [at, { index, leaf }] of rows.entries()) {
    archive.add(ACTES + leafPath(index), leaf);
    archive.add(ACTES + proofPath(index), formatTlogProof({ index, proof: proofs[at] ?? [], checkpoint: note }));
  }
}

/** Of these entries, those that tell the erasures, and those about the nodes that signed: these entries, too. */
function neededOf(rows: readonly ExportRow[], erasures: readonly string[], nodes: ReadonlySet<string>): ExportRow[] {
  const signers = new Set(nodes);
  for (;;) {
    const known = signers.size;
    const needed = rows.filter(({ id, leaf }) => erasures.includes(id) || signers.has(nodeMeant(leaf)));
    for (const { node } of needed) signers.add(node);
    if (signers.size === known) return needed;
  }
}

function nodeMeant(leaf: Buffer): string {
  const { clear } = JSON.parse(leaf.toString()) as { clear?: { key?: string } };
  return clear?.key ?? '';
}

function keyLine({ keyId, publicKey, revokedAt }: Awaited<ReturnType<typeof nodeKeys>>[number]): Line {
  return {
    node: keyId,
    ed25519: publicKey.toString('base64url'),
    revokedAt: revokedAt?.toISOString() ?? '',
  };
}
