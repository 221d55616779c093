import {
  type Entry,
  type JournalRegistry,
  type Opened,
  openEntries,
  type ProofFault,
  parseEntry,
  proofFaults,
  readEntries,
  type StoredEntry,
} from '#journal';
import { checkDisclosure } from '#journal/verify';
import type { AppContext } from '#platform/context.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import { isDatabaseAway } from '#platform/db/database.ts';
import { isShownToAll } from './shown.rules.ts';

/**
 * An entry as an auditor is told it, from the bytes of its leaf alone; `entry` is absent when they cannot be read. `altered`:
 * something kept beside the leaf is not what it committed to, and is not shown. `fault`: what proves the entry does not hold.
 */
export type ToldEntry = {
  stored: StoredEntry;
  entry?: Entry;
  sentence: string;
  altered: boolean;
  fault: ProofFault | undefined;
};

const UNREADABLE = 'Cette entrée ne se lit pas\u00a0: ses octets ne sont pas ceux d’un événement connu.';

/**
 * The entries with these ids that still exist, in the order of the ids, each with its sentence. Only what names no person is
 * opened, checked against the digests of the leaf; each entry is verified against the tree. A constant number of queries. A
 * fault is told, never thrown.
 */
export async function tellEntries(
  ctx: Pick<AppContext, 'keys' | 'readerDb' | 'db' | 'config'>,
  registry: JournalRegistry,
  asked: readonly string[],
): Promise<ToldEntry[]> {
  const all = await readEntries(ctx, asked);
  const read = all.map((stored) => ({ stored, ...readStored(stored, registry) }));
  const openable = read.filter(({ entry }) => entry && opensSomething(entry, registry));
  const ids = openable.map(({ stored }) => stored.id);
  const [opened, faults] = await Promise.all([openAll(ctx, ids), proofFaults(ctx, all)]);
  return read.map(({ stored, entry }) => {
    const fault = faults.get(stored.id);
    if (!entry) return { stored, fault, sentence: UNREADABLE, altered: false };
    const kept = opened.get(stored.id);
    const { shown, altered } = kept === 'altered' ? ALTERED : shownToAll(entry, kept?.disclosures ?? []);
    return { stored, fault, entry, sentence: entry.sentence(shown), altered };
  });
}

type OpenedEntry = { disclosures: readonly string[] };
const ALTERED = { shown: {}, altered: true };

/** One query; only when something does not open, one for each entry, so that the others are still told. */
async function openAll(
  ctx: Pick<AppContext, 'keys' | 'readerDb'>,
  ids: readonly string[],
): Promise<Map<string, OpenedEntry | 'altered'>> {
  try {
    return await openEntries(ctx, ctx.readerDb, ids);
  } catch (error) {
    if (isDatabaseAway(error)) throw error;
  }
  const each = ids.map(async (id) => {
    const opened = await openEntries(ctx, ctx.readerDb, [id]).catch(() => undefined);
    return [id, opened ? (opened.get(id) ?? { disclosures: [] }) : 'altered'] as const;
  });
  return new Map(await Promise.all(each));
}

/** The entry of a leaf; nothing when the leaf is not one, or is of another id or log than where it is kept. */
export function readStored({ id, log, leaf }: StoredEntry, registry: JournalRegistry): { entry?: Entry } {
  try {
    const entry = parseEntry(leaf, registry);
    return entry.id === id && entry.log === log ? { entry } : {};
  } catch {
    return {};
  }
}

function opensSomething({ kind, version }: Entry, registry: JournalRegistry): boolean {
  return registry.get(`${kind}@${version}`)?.committed.some((name) => isShownToAll(kind, name)) ?? false;
}

/** What may be shown of what was opened and is what the leaf committed to. */
function shownToAll({ kind, digests }: Entry, disclosures: readonly string[]): { shown: Opened; altered: boolean } {
  const checked = disclosures.map((disclosure) => checkDisclosure(sha256, digests, disclosure));
  const pairs = checked.flatMap((one) => (one.ok && isShownToAll(kind, one.name) ? [[one.name, one.value]] : []));
  return { shown: Object.fromEntries(pairs), altered: checked.some(({ ok }) => !ok) };
}
