import type { AppContext } from '#platform/context.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import { forgottenErasures } from '../erase/forgotten.ts';
import type { LeafMembers } from '../leaf.ts';
import { allSuccessions, type Succession } from '../successions.ts';
import { leafHash, readLeaf, sameBytes } from '../verify/index.ts';
import { nodeFault } from './check-entries.ts';
import { type EntryRow, entriesOf, nodeKeysOf } from './entry.queries.ts';
import { type ToldRow, toldAfter } from './erasure.queries.ts';
import type { Findings, ProblemCode } from './problems.ts';
import { erasedRanges } from './tree.queries.ts';
import { isBeingRestored, waitingLeaves } from './waiting-entries.ts';

type Db = AppContext['db'];
type Ranges = Awaited<ReturnType<typeof erasedRanges>>;

const FIRST = '00000000-0000-0000-0000-000000000000';

const TYPES: Readonly<Record<ToldRow['kind'], string>> = {
  field: 'erasure.field',
  person: 'erasure.person',
  period: 'erasure.period',
  retention: 'retention.applied',
  hold: 'hold.lifted',
};

/**
 * Both ways. Every sealed entry that tells an erasure or a lifted hold has its row; and every erasure of the list, and every hold
 * that was lifted, was told: by an entry of `actes` that is sealed, that a registered
 * node signed, of the right kind and with the same numbers. The database looked at all of it but the signature. What was erased is not back.
 */
export async function checkErasures({ db }: Pick<AppContext, 'db'>, found: Findings): Promise<void> {
  const [erased, nodes, successions, waiting] = await Promise.all([
    erasedRanges(db, 'actes'),
    nodeKeysOf(db),
    allSuccessions(db),
    waitingInRestore(db),
  ]);
  for (const { id, idx, kind } of await forgottenErasures(db))
    found.at(kind === 'hold.lifted' ? 'hold-is-back' : 'erasure-forgotten', idx, `${kind}, ${id}`);
  for (let after = FIRST; ; ) {
    const rows = await toldAfter(db, after);
    const faults = await faultsOf(db, rows, { erased, nodes, successions, waiting });
    for (const [at, row] of rows.entries()) {
      const fault = faults[at];
      if (fault) found.aside(fault, `${row.kind === 'hold' ? 'gel levé' : 'effacement'}, ${row.id}`);
      if (row.isUndone) found.aside('erasure-undone', row.id);
    }
    const last = rows.at(-1);
    if (!last) return;
    after = last.id;
  }
}

/** What a restore erases at its end is told by entries that wait for the workers. */
async function waitingInRestore(db: Db): Promise<ReadonlySet<string>> {
  if (!(await isBeingRestored(db))) return new Set();
  return new Set((await waitingLeaves(db, Object.values(TYPES))).map(({ id }) => id));
}

type Known = {
  erased: Ranges;
  nodes: Awaited<ReturnType<typeof nodeKeysOf>>;
  successions: readonly Succession[];
  /** Entries whose place may be given late. */
  waiting: ReadonlySet<string>;
};

async function faultsOf(db: Db, rows: readonly ToldRow[], known: Known): Promise<(ProblemCode | undefined)[]> {
  const entries = await entriesOf(
    db,
    'actes',
    rows.map(({ id }) => id),
  );
  return Promise.all(rows.map((row) => faultOf(row, entries.get(row.id) ?? [], known)));
}

async function faultOf(row: ToldRow, entries: readonly EntryRow[], known: Known): Promise<ProblemCode | undefined> {
  const { idx, leafHash: sealed } = row;
  if (idx === null || sealed === null) return unsealedFault(row, known);
  const entry = entries.find(({ leaf }) => sameBytes(leafHash(sha256, leaf), sealed));
  const place = BigInt(idx);
  if (!entry)
    return known.erased.some(({ begin, end }) => place >= begin && place < end) ? undefined : 'erasure-untold';
  if (await nodeFault('actes', entry, known.nodes)) return 'erasure-rogue';
  const read = readLeaf(entry.leaf);
  return read.ok && says(row, read.leaf as unknown as LeafMembers, known) ? undefined : 'erasure-differs';
}

/** What was told a moment ago waits for its place like any entry. */
function unsealedFault({ id, isAside, isLate }: ToldRow, { waiting }: Known): ProblemCode | undefined {
  if (isAside) return 'erasure-rogue';
  return isLate && !waiting.has(id) ? 'erasure-untold' : undefined;
}

function says(row: ToldRow, { type, t, clear }: LeafMembers, { successions }: Known): boolean {
  // places of a tree that was closed since are not on the list any more
  const isOfClosed = successions.some(
    ({ log, kept, succeededAt }) => log === row.log && new Date(t) < succeededAt && Number(clear.last) >= Number(kept),
  );
  const { kind, openings, ground, field, entry, log, month, first, last, mandates, hold } = row;
  const expected: Record<ToldRow['kind'], Record<string, unknown>> = {
    field: { openings, ground, field, entry },
    person: { openings, ground },
    period: {
      openings,
      ground,
      log,
      month,
      ...(!isOfClosed && { first: first ?? undefined, last: last ?? undefined }),
    },
    retention: { openings, ...(mandates > 0 && { rows: mandates }) },
    hold: { hold },
  };
  return type === TYPES[kind] && Object.entries(expected[kind]).every(([name, value]) => clear[name] === value);
}
