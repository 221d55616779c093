import { readEntries } from '#journal';
import { readLeaf } from '#journal/verify';
import type { RuleContext } from './rule.ts';

/** What a leaf says in clear; nothing when its bytes are not a leaf: whoever wrote it must not stop the rules. */
export async function clearOf(
  ctx: RuleContext,
  ids: readonly string[],
): Promise<Map<string, Readonly<Record<string, unknown>>>> {
  const found = await readEntries(ctx, ids);
  return new Map(
    found.flatMap(({ id, leaf }) => {
      const read = readLeaf(leaf);
      if (!read.ok || read.leaf.id !== id) return [];
      const { clear } = read.leaf;
      return clear !== null && typeof clear === 'object' && !Array.isArray(clear) ? [[id, clear] as const] : [];
    }),
  );
}
