import type { Trx } from '#platform/db/database.ts';
import type { Entrance } from '../entrance.ts';
import { endPendingLogins } from '../login.queries.ts';
import { deleteSessionsOf } from '../session.queries.ts';

/** A step that no clock reaches and no code is of: whatever the phone shows has been used already. */
const NEVER_AGAIN = Number.MAX_SAFE_INTEGER;

/**
 * Takes its power from a second factor that a backup brought back: no code of it is accepted, sessions and pending mails end. The
 * factor that had replaced it is lost with its secret: only another one opens the account again. Says whether it could still be used.
 */
export async function revokeFactor(
  trx: Trx,
  { door, accounts }: Pick<Entrance, 'door' | 'accounts'>,
  { id, at }: { id: string; at: Date },
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable(accounts)
    .set({ lastTotpStep: NEVER_AGAIN })
    .where('id', '=', id)
    .where('lastTotpStep', '<', NEVER_AGAIN)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  await deleteSessionsOf(trx, door, { actorId: id });
  await endPendingLogins(trx, id, at);
  return true;
}
