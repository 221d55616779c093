import { type Entry, openEntries } from '#journal';
import { checkDisclosure } from '#journal/verify';
import type { AppContext } from '#platform/context.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import type { Absence } from './absent.rules.ts';
import { absencesOf } from './absent-values.ts';
import { isOpened, type MayOpen } from './shown.rules.ts';

/**
 * What became of one value that a leaf commits to: `opened` and true to its digest; `masked`, it may name a person; `absent`,
 * nothing opens it any more, for a reason that is told; `altered`, what is kept beside the leaf is not what it committed to.
 */
export type Opening =
  | { name: string; state: 'opened'; value: string }
  | { name: string; state: 'masked' | 'altered' }
  | { name: string; state: 'absent'; absence: Absence };

/** Each name that this kind of entry may commit to. */
export async function openingsOf(
  ctx: Pick<AppContext, 'keys' | 'readerDb' | 'db'>,
  entry: Entry,
  { committed, may }: { committed: readonly string[]; may: MayOpen },
): Promise<Opening[]> {
  const { id, kind, digests } = entry;
  const kept = await openEntries(ctx, ctx.readerDb, [id]).catch(() => undefined);
  if (!kept) return committed.map((name) => ({ name, state: 'altered' }));
  const { opened = {}, disclosures = [] } = kept.get(id) ?? {};
  const names = committed.filter((name) => opened[name] === undefined);
  const absences = names.length > 0 ? (await absencesOf(ctx.db, [{ entry, names }])).get(id) : undefined;
  const checked = disclosures.map((disclosure) => checkDisclosure(sha256, digests, disclosure));
  const proven = new Map(checked.flatMap((one) => (one.ok ? [[one.name, one.value] as const] : [])));
  return committed.map((name) => {
    const absence = absences?.get(name);
    if (absence) return { name, state: 'absent', absence };
    const value = proven.get(name);
    if (value === undefined) return { name, state: 'altered' };
    return isOpened(kind, name, may) ? { name, state: 'opened', value } : { name, state: 'masked' };
  });
}
