import type { AppContext } from '#platform/context.ts';
import { RESUMED } from '#platform/http/mount-routes.ts';
import { hasKeptForm } from './kept-forms.queries.ts';
import { pathOf, withParameter } from './return-to.rules.ts';

/** The address where the aidant was, with its form filled again when one was kept. */
export async function whereTheyWere(
  ctx: AppContext,
  { sessionIdHash, suite }: { sessionIdHash: Buffer; suite: string },
): Promise<{ to: string; formKept: boolean }> {
  const formKept = await hasKeptForm(ctx.db, { sessionIdHash, path: pathOf(suite), now: ctx.clock.now() });
  return { to: formKept ? withParameter(suite, RESUMED, '1') : suite, formKept };
}
