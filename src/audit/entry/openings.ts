import { type Entry, openEntries } from '#journal';
import { checkDisclosure } from '#journal/verify';
import type { AppContext } from '#platform/context.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import { isOpened, type MayOpen } from './shown.rules.ts';

/**
 * What became of one value that a leaf commits to: `opened` and true to its digest; `masked`, it may name a person; `erased`;
 * `absent`, nothing was given or the value alone was erased (the leaf does not tell which); `altered`, what is kept beside
 * the leaf is not what it committed to.
 */
export type Opening = { name: string; state: 'opened' | 'masked' | 'erased' | 'absent' | 'altered'; value?: string };

/** Each name that this kind of entry may commit to. */
export async function openingsOf(
  ctx: Pick<AppContext, 'keys' | 'readerDb'>,
  { id, kind, digests }: Entry,
  { committed, may }: { committed: readonly string[]; may: MayOpen },
): Promise<Opening[]> {
  const kept = await openEntries(ctx, ctx.readerDb, [id]).catch(() => undefined);
  if (!kept) return committed.map((name) => ({ name, state: 'altered' }));
  const { opened = {}, erased = [], disclosures = [] } = kept.get(id) ?? {};
  const checked = disclosures.map((disclosure) => checkDisclosure(sha256, digests, disclosure));
  const proven = new Map(checked.flatMap((one) => (one.ok ? [[one.name, one.value] as const] : [])));
  return committed.map((name) => {
    if (erased.includes(name)) return { name, state: 'erased' };
    if (opened[name] === undefined) return { name, state: 'absent' };
    const value = proven.get(name);
    if (value === undefined) return { name, state: 'altered' };
    return isOpened(kind, name, may) ? { name, state: 'opened', value } : { name, state: 'masked' };
  });
}
