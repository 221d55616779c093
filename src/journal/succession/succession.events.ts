import { z } from 'zod';
import { defineEvent, type EventKind } from '../event.ts';
import { parseOrigin, type SUCCEEDED, SUCCESSION_REASONS, SUCCESSION_WORDS } from '../verify/index.ts';

const origin = z.string().refine((name) => parseOrigin(name) !== undefined, 'not the name of a log');
const places = z.int().min(0);
/**
 * `closed`, `size`, `root`: the log that ends and its last cosigned checkpoint. `seen`: the largest size that anybody remembers of
 * it, cosigned or not. `origin`: the log that goes on. `kept`: how many places, from the first, are the same in both.
 */
const clear = z.strictObject({
  closed: origin,
  size: places,
  root: z.string().regex(/^[\w-]{43}$/),
  seen: places,
  origin,
  kept: places,
  reason: z.enum(SUCCESSION_REASONS),
});
type Clear = z.infer<typeof clear>;

function sentence({ closed, size, seen, origin: next, kept, reason }: Clear): string {
  const lost =
    kept >= Math.max(size, seen)
      ? 'Rien de ce qui était scellé n’a changé de place.'
      : `Les places ${kept} à ${Math.max(size, seen) - 1} du journal clos ne sont pas reprises\u00a0: ce qui en reste est scellé de nouveau ensuite.`;
  return (
    `Le journal ${closed} est clos\u00a0: ${SUCCESSION_WORDS[reason]}. Son dernier point de contrôle cosigné a ${size} entrées. ` +
    `Il continue sous le nom ${next}, avec les ${kept} premières entrées à leur place. ${lost}`
  );
}

/** The log `actes` is closed, and goes on under another name: the first entry sealed under it. */
export const succeededActes = defineEvent({
  kind: 'journal.succeeded' satisfies typeof SUCCEEDED.actes,
  log: 'actes',
  version: 1,
  clear,
  committed: [],
  sentence,
});

/** The same, in the other log. */
export const succeededAcces = defineEvent({
  kind: 'journal.succeeded-acces' satisfies typeof SUCCEEDED.acces,
  log: 'acces',
  version: 1,
  clear,
  committed: [],
  sentence,
});

export const successionKinds: readonly EventKind[] = [succeededActes, succeededAcces];
