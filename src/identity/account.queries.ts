import type { Db, Trx } from '#platform/db/database.ts';
import type { Entrance } from './entrance.ts';

type Accounts = Entrance['accounts'];

/** The row of an account, locked: its logins, its closing and the codes it gives queue up here. */
export async function lockAccount(
  trx: Trx,
  accounts: Accounts,
  id: string,
): Promise<{ id: string; email: string; active: boolean } | undefined> {
  return trx
    .selectFrom(accounts)
    .select(['id', 'email', 'active'])
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst();
}

/** The secret and the last accepted step of an active account. */
export async function findFactor(db: Db | Trx, accounts: Accounts, id: string) {
  return db
    .selectFrom(accounts)
    .select(['totpSecret', 'lastTotpStep'])
    .where('id', '=', id)
    .where('active', '=', true)
    .executeTakeFirst();
}

/** Takes a step for good, if it is after every step taken before: of two uses of one code, one wins. */
export async function takeStep(trx: Trx, accounts: Accounts, id: string, step: number): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable(accounts)
    .set({ lastTotpStep: step })
    .where('id', '=', id)
    .where('lastTotpStep', '<', step)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}
