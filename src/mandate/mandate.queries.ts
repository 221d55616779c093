import type { Trx } from '#platform/db/database.ts';

/**
 * The numbers of the next `count` journal entries of a mandate. Taken under the mandate's row lock, in the transaction
 * that writes them: the numbers of a mandate are 1..n without a hole, and no act races its end.
 */
export async function takeEntryNumbers(trx: Trx, mandateId: string, count: number): Promise<number[]> {
  const { entryCount } = await trx
    .updateTable('mandate')
    .set((eb) => ({ entryCount: eb('entryCount', '+', count) }))
    .where('id', '=', mandateId)
    .returning('entryCount')
    .executeTakeFirstOrThrow();
  return Array.from({ length: count }, (_, index) => entryCount - count + 1 + index);
}

/**
 * Locks the usager's row: every act that adds or ends mandates of a person starts here, so that they queue up. Not against
 * who only refers to the person (a use, which holds its mandate): they would wait for each other.
 */
export async function lockUsager(trx: Trx, usagerId: string): Promise<void> {
  await trx.selectFrom('usager').select('id').where('id', '=', usagerId).forNoKeyUpdate().executeTakeFirstOrThrow();
}

/** Locks and returns the open mandates of a person in an organisation, in order of id (one order for all, no deadlock). */
export async function lockOpenMandates(
  trx: Trx,
  { organisationId, usagerId }: { organisationId: string; usagerId: string },
) {
  return trx
    .selectFrom('mandate')
    .selectAll()
    .where('organisationId', '=', organisationId)
    .where('usagerId', '=', usagerId)
    .where('endedAt', 'is', null)
    .orderBy('id')
    .forUpdate()
    .execute();
}
