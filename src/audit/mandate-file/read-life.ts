import { type Entry, type JournalRegistry, type Opened, openEntries, proofFaults, readEntries } from '#journal';
import { checkDisclosure } from '#journal/verify';
import type { AppContext } from '#platform/context.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import type { Absence } from '../entry/absent.rules.ts';
import { absencesOf, type Lacking } from '../entry/absent-values.ts';
import { isOpened } from '../entry/shown.rules.ts';
import { readStored } from '../entry/tell-entries.ts';
import { auditorOf } from '../search/labels.queries.ts';
import type { LifeEntry } from './life.rules.ts';

const UNREADABLE = 'Cette entrée ne se lit pas\u00a0: ses octets ne sont pas ceux d’un événement connu.';

/** Who reads, and whether the identity of the person is open to them. */
export type Reader = { auditorId: string; identity: boolean };

/**
 * Entries as their bytes tell them, in the order of the ids. What an opening says is shown only when the leaf committed to
 * it, and when it is for this auditor (`isOpened`). Each is verified against the tree. A fault is told, not thrown: a file with a
 * fault in it is the one that must be read. A constant number of queries. Those whose bytes are gone are absent.
 */
export async function readLife(
  ctx: Pick<AppContext, 'keys' | 'readerDb' | 'db' | 'config'>,
  registry: JournalRegistry,
  ids: readonly string[],
  to: Reader,
): Promise<LifeEntry[]> {
  const stored = await readEntries(ctx, ids);
  const faults = await proofFaults(ctx, stored);
  const openings = await openAll(ctx, ids);
  const read = stored.map((one) => ({ one, entry: readStored(one, registry).entry ?? null }));
  const absences = openings && (await absencesOf(ctx.db, lackingIn(registry, read, openings)));
  return read.map(({ one, entry }) => {
    const { id, log, state, index, bracket, recordedAt } = one;
    const kept = openings?.get(id);
    const checked = entry && checkOpenings(entry, kept?.disclosures ?? [], to);
    const opened = checked?.opened ?? {};
    return {
      ...{ id, log, state, index, bracket, recordedAt, entry, opened },
      fault: faults.get(id),
      absent: absences?.get(id) ?? NO_ABSENCE,
      altered: !openings || (checked?.altered ?? false),
      sentence: entry ? entry.sentence(opened) : UNREADABLE,
    };
  });
}

const NO_ABSENCE: ReadonlyMap<string, Absence> = new Map();

/** Of each entry, the names it may commit to that nothing opens. */
function lackingIn(
  registry: JournalRegistry,
  read: readonly { entry: Entry | null }[],
  openings: ReadonlyMap<string, { opened: Opened }>,
): Lacking[] {
  return read.flatMap(({ entry }) => {
    if (!entry) return [];
    const opened = openings.get(entry.id)?.opened ?? {};
    const committed = registry.get(`${entry.kind}@${entry.version}`)?.committed ?? [];
    const names = committed.filter((name) => opened[name] === undefined);
    return names.length > 0 ? [{ entry, names }] : [];
  });
}

/** An opening that was changed or moved does not open at all, and says nothing of which: none of them is shown then. */
async function openAll(ctx: Pick<AppContext, 'keys' | 'readerDb'>, ids: readonly string[]) {
  try {
    return await openEntries(ctx, ctx.readerDb, ids);
  } catch {
    return undefined;
  }
}

function checkOpenings(entry: Entry, disclosures: readonly string[], { auditorId, identity }: Reader) {
  const { kind, digests } = entry;
  const may = { identity, mine: auditorOf(entry) === auditorId };
  const opened: Record<string, string> = {};
  let altered = false;
  for (const disclosure of disclosures) {
    const checked = checkDisclosure(sha256, digests, disclosure);
    if (!checked.ok) altered = true;
    else if (isOpened(kind, checked.name, may)) opened[checked.name] = checked.value;
  }
  return { opened, altered };
}
