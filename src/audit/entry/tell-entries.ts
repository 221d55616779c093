import {
  type Entry,
  type JournalRegistry,
  type Opened,
  openEntries,
  parseEntry,
  readEntries,
  type StoredEntry,
} from '#journal';
import { checkDisclosure } from '#journal/verify';
import type { AppContext } from '#platform/context.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import { isShownToAll } from './shown.rules.ts';

/** An entry as an auditor is told it, from the bytes of its leaf alone; `entry` is absent when they cannot be read. */
export type ToldEntry = { stored: StoredEntry; entry?: Entry; sentence: string };

const UNREADABLE = 'Cette entrée ne se lit pas\u00a0: ses octets ne sont pas ceux d’un événement connu.';

/**
 * The entries with these ids that still exist, in the order of the ids, each with its sentence. Only what names no person is
 * opened, checked against the digests of the leaf. Two queries, whatever their number.
 */
export async function tellEntries(
  ctx: Pick<AppContext, 'keys' | 'readerDb'>,
  registry: JournalRegistry,
  ids: readonly string[],
): Promise<ToldEntry[]> {
  const told = (await readEntries(ctx, ids)).map((stored) => ({ stored, ...readStored(stored, registry) }));
  const openable = told.filter(({ entry }) => entry && opensSomething(entry, registry));
  const opened = await openEntries(
    ctx,
    ctx.readerDb,
    openable.map(({ stored }) => stored.id),
  );
  return told.map(({ stored, entry }) => {
    if (!entry) return { stored, sentence: UNREADABLE };
    const { disclosures = [] } = opened.get(stored.id) ?? {};
    return { stored, entry, sentence: entry.sentence(shownToAll(entry, disclosures)) };
  });
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

/** Throws when an opening is not what the leaf committed to: nothing is shown that the journal does not say. */
function shownToAll({ id, kind, digests }: Entry, disclosures: readonly string[]): Opened {
  const pairs = disclosures.map((disclosure) => {
    const checked = checkDisclosure(sha256, digests, disclosure);
    if (!checked.ok) throw new Error(`an opening of entry ${id} is ${checked.fault}`);
    return [checked.name, checked.value] as const;
  });
  return Object.fromEntries(pairs.filter(([name]) => isShownToAll(kind, name)));
}
