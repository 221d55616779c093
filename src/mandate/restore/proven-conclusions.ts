import { type Entry, openEntries } from '#journal';
import { checkDisclosure } from '#journal/verify';
import type { AppContext } from '#platform/context.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import type { Trx } from '#platform/db/database.ts';
import { type LockedMandate, snapshotsOf } from './restore.queries.ts';

/**
 * Which of these conclusions are of the mandate that the database has under their alias: they commit to its very number and snapshot.
 * A restore loses what they commit to; whoever removes rows of the journal alone leaves it.
 */
export async function provenConclusions(
  ctx: Pick<AppContext, 'keys'>,
  trx: Trx,
  conclusions: readonly Entry[],
  mandates: ReadonlyMap<string, LockedMandate>,
): Promise<ReadonlySet<string>> {
  const withRow = conclusions.flatMap((act) => {
    const mandate = mandates.get(act.mandate?.alias ?? '');
    return mandate ? [{ act, mandate }] : [];
  });
  const snapshots = await snapshotsOf(
    trx,
    withRow.map(({ mandate }) => mandate.id),
  );
  const proven = new Set<string>();
  for (const { act, mandate } of withRow) {
    const values = await committedTo(ctx, trx, act);
    const snapshot = sha256(snapshots.get(mandate.id) ?? '').toString('hex');
    if (values.get('number') === mandate.number && values.get('snapshot') === snapshot) proven.add(act.id);
  }
  return proven;
}

/** What can still be opened of it and stands in its digests; nothing, when an opening was moved or changed. */
async function committedTo(ctx: Pick<AppContext, 'keys'>, trx: Trx, act: Entry): Promise<ReadonlyMap<string, string>> {
  // should it be the database that refuses, the transaction goes no further
  const opened = await openEntries(ctx, trx, [act.id]).catch(() => undefined);
  const checked = (opened?.get(act.id)?.disclosures ?? []).map((one) => checkDisclosure(sha256, act.digests, one));
  return new Map(checked.flatMap((one) => (one.ok ? [[one.name, one.value] as const] : [])));
}
