import { sql } from 'kysely';
import type { AppContext } from '#platform/context.ts';
import type { Trx } from '#platform/db/database.ts';
import { orderedId } from '#platform/ids/ordered-id.ts';
import { systemClock } from '#platform/time/clock.ts';
import type { Disclosure } from './disclosures.ts';
import type { JournalEvent, Subject } from './event.ts';
import { makeLeaf } from './leaf.ts';
import { leafSigner } from './sign-leaf.ts';
import { sealOpening, subjectKeys, subjectName } from './subject-keys.ts';

type Written = { id: string; event: JournalEvent; leaf: Buffer; signature: Buffer; disclosures: Disclosure[] };
type Opening = { entryId: string; name: string; keyId: string; sealed: Buffer };

export const LOG_IDS = { actes: 1, acces: 2 } as const;

/**
 * Writes events in the journal, in this order, inside the transaction of the act they tell: both are kept or neither is.
 * One round trip for all of them, one more to fetch the keys of their subjects when something is committed. Dated by the
 * system's clock, whatever clock the act follows. Throws when an event does not fit its kind or the database refuses it
 * (no partition for today, a mandate's number used twice): the act must then fail.
 */
export async function record(ctx: Pick<AppContext, 'keys'>, trx: Trx, ...events: JournalEvent[]): Promise<void> {
  if (events.length === 0) return;
  const now = systemClock.now();
  const [node] = ctx.keys.journalNode;
  const signed = leafSigner(node);
  const written = events.map((event): Written => {
    const id = orderedId(now);
    const { leaf, disclosures } = makeLeaf(event, { id, now, node: node.kid });
    return { id, event, leaf, signature: signed(leaf), disclosures };
  });
  await append(trx, node.kid, written, await sealed(ctx, trx, written));
}

async function sealed(ctx: Pick<AppContext, 'keys'>, trx: Trx, written: readonly Written[]): Promise<Opening[]> {
  const committing = written.flatMap(({ event: { input }, ...entry }) =>
    entry.disclosures.length > 0 && input.subject ? [{ ...entry, subject: input.subject }] : [],
  );
  const subjects = new Map<string, Subject>(committing.map(({ subject }) => [subjectName(subject), subject]));
  const keys = await subjectKeys(ctx, trx, [...subjects.values()]);
  return committing.flatMap(({ id, subject, disclosures }) => {
    const key = keys.get(subjectName(subject));
    if (!key) throw new Error(`the key of a subject vanished while entry ${id} was written`);
    return disclosures.map(({ name, disclosure }) => ({
      entryId: id,
      name,
      keyId: key.id,
      sealed: sealOpening(key, id, name, disclosure),
    }));
  });
}

async function append(
  trx: Trx,
  node: string,
  written: readonly Written[],
  openings: readonly Opening[],
): Promise<void> {
  const all = <Value>(pick: (entry: Written) => Value) => written.map(pick);
  const input = <Value>(pick: (input: JournalEvent['input']) => Value) => all(({ event }) => pick(event.input) ?? null);
  await sql`select journal.append(
    ${node},
    ${all(({ id }) => id)},
    ${all(({ event }) => LOG_IDS[event.kind.log])},
    ${all(({ leaf }) => leaf)},
    ${all(({ signature }) => signature)},
    ${all(({ event }) => event.kind.kind)},
    ${input(({ result }) => result)},
    ${input(({ theme }) => theme)},
    ${input(({ actor }) => actor.aidantId)},
    ${input(({ actor }) => actor.organisationId)},
    ${input(({ about }) => about?.usagerId)},
    ${input(({ about }) => about?.mandateId)},
    ${input(({ about }) => about?.authorisationId)},
    ${input(({ mandate }) => mandate?.alias)},
    ${input(({ mandate }) => mandate?.mn)},
    ${openings.map(({ entryId }) => entryId)},
    ${openings.map(({ name }) => name)},
    ${openings.map(({ keyId }) => keyId)},
    ${openings.map(({ sealed }) => sealed)})`.execute(trx);
}
