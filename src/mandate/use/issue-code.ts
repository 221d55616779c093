import type { QueryCreator } from 'kysely';
import type { AppContext } from '#platform/context.ts';
import type { DB } from '#platform/db/database.ts';
import { actOnUse, journalled, type Refused, type TakenUse } from './take-use.ts';
import { useCodeIssued } from './use.events.ts';

/** A statement of the provider about its own rows, to run in the act's transaction; it carries what the act writes. */
export type Statement = (creator: QueryCreator<DB>) => { execute(): Promise<unknown> };

/** A code leaves for the partner: only while the right holds. `store` keeps the code. */
export function issueCode(
  ctx: AppContext,
  { useId, store }: { useId: string; store: Statement },
): Promise<{ ok: true; use: TakenUse } | Refused> {
  return actOnUse(ctx, { useId, step: 'code' }, async (trx, use, now) => {
    const advancing = trx.with('advanced', (db) => db.updateTable('use').set({ codeAt: now }).where('id', '=', use.id));
    await store(advancing as unknown as QueryCreator<DB>).execute();
    return {
      event: useCodeIssued.event({ ...journalled(use), result: 'ok', clear: { use: use.id, client: use.clientId } }),
      done: {},
    };
  });
}
