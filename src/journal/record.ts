import { type RawBuilder, sql } from 'kysely';
import type { AppContext } from '#platform/context.ts';
import type { Trx } from '#platform/db/database.ts';
import { orderedId } from '#platform/ids/ordered-id.ts';
import { systemClock } from '#platform/time/clock.ts';
import type { Disclosure } from './disclosures.ts';
import { type JournalEvent, type Subject, themesIn } from './event.ts';
import { makeLeaf } from './leaf.ts';
import { signLeaf } from './sign-leaf.ts';
import { type SubjectKey, sealOpening, subjectKeys, subjectName } from './subject-keys.ts';

/** An event written as a leaf and signed, not stored yet. */
export type Written = {
  id: string;
  node: string;
  event: JournalEvent;
  leaf: Buffer;
  signature: Buffer;
  disclosures: Disclosure[];
};
export type Opening = { entryId: string; name: string; keyId: string; sealed: Buffer };

const MOST_ENTRIES = 500;
export const LOG_IDS = { actes: 1, acces: 2 } as const;

/**
 * Writes events in the journal, in this order, inside the transaction of the act they tell: both are kept or neither is.
 * One round trip for all of them, one more to fetch the keys of their subjects when something is committed. Dated by the
 * system's clock, whatever clock the act follows. Throws when an event does not fit its kind or the database refuses it
 * (no partition for today, a mandate's number used twice): the act must then fail. Returns the ids of the entries.
 */
export async function record(ctx: Pick<AppContext, 'keys'>, trx: Trx, ...events: JournalEvent[]): Promise<string[]> {
  if (events.length === 0) return [];
  const [keys, written] = await Promise.all([subjectKeys(ctx, trx, subjectsOf(events)), writeLeaves(ctx, events)]);
  const openings = written.flatMap((entry) => sealOpenings(entry, keys));
  await append(trx, written, openings);
  return written.map(({ id }) => id);
}

/** Whose keys these events need, each once. */
export function subjectsOf(events: readonly JournalEvent[]): Subject[] {
  const subjects = events.flatMap(({ committed, input }) =>
    committed.length > 0 && input.subject ? [input.subject] : [],
  );
  return [...new Map(subjects.map((subject) => [subjectName(subject), subject])).values()];
}

/** The leaves of these events, signed. Async so that leaves are written and signed while the database looks for the keys. */
export async function writeLeaves(
  { keys }: Pick<AppContext, 'keys'>,
  events: readonly JournalEvent[],
): Promise<Written[]> {
  const now = systemClock.now();
  const [node] = keys.journalNode;
  return Promise.all(
    events.map(async (event) => {
      const id = orderedId(now);
      const { leaf, disclosures } = makeLeaf(event, { id, now, node: node.kid });
      return { id, node: node.kid, event, leaf, signature: await signLeaf(node, leaf), disclosures };
    }),
  );
}

/** What an entry commits to, sealed with the key of its subject. */
export function sealOpenings({ id, event, disclosures }: Written, keys: ReadonlyMap<string, SubjectKey>): Opening[] {
  const { subject } = event.input;
  if (disclosures.length === 0 || !subject) return [];
  const key = keys.get(subjectName(subject));
  if (!key) throw new Error(`the key of a subject vanished while entry ${id} was written`);
  return disclosures.map(({ name, disclosure }) => {
    return { entryId: id, name, keyId: key.id, sealed: sealOpening(key, id, name, disclosure) };
  });
}

/**
 * One statement for all of them, as long as its parameters fit (65 535). Not the functions of `prepareRecord`: a statement
 * of its own costs the database a tenth less.
 */
async function append(trx: Trx, written: readonly Written[], openings: readonly Opening[]): Promise<void> {
  for (let first = 0; first < written.length; first += MOST_ENTRIES) {
    const some = written.slice(first, first + MOST_ENTRIES);
    const ids = new Set(some.map(({ id }) => id));
    const theirs = openings.filter(({ entryId }) => ids.has(entryId));
    await sql`
      with entry as (insert into journal.entry (id, log_id, node, leaf, node_sig) values ${sql.join(some.map(entryRow))})
      ${theirs.length > 0 ? openingRows(theirs) : sql``}
      insert into journal.entry_index (id, log_id, kind, result, theme, aidant_id, organisation_id, usager_id, mandate_id,
        authorisation_id, mandate_alias, mn, themes) values ${sql.join(some.map(indexRow))}`.execute(trx);
  }
}

function entryRow({ id, node, event, leaf, signature }: Written): RawBuilder<unknown> {
  return sql`(${id}, ${LOG_IDS[event.kind.log]}, ${node}, ${leaf}, ${signature})`;
}

function indexRow({ id, event: { kind, input, clear } }: Written): RawBuilder<unknown> {
  const { actor, about, mandate } = input;
  return sql`(${id}, ${LOG_IDS[kind.log]}, ${kind.kind}, ${input.result}, ${input.theme ?? null},
    ${actor.aidantId ?? null}, ${actor.organisationId ?? about?.organisationId ?? null}, ${about?.usagerId ?? null}, ${about?.mandateId ?? null},
    ${about?.authorisationId ?? null}, ${mandate?.alias ?? null}, ${mandate?.mn ?? null}, ${themesIn(clear)})`;
}

function openingRows(openings: readonly Opening[]): RawBuilder<unknown> {
  const rows = openings.map(({ entryId, name, keyId, sealed }) => sql`(${entryId}, ${name}, ${keyId}, ${sealed})`);
  return sql`, opening as (insert into journal.opening (entry_id, name, subject_key_id, sealed) values ${sql.join(rows)})`;
}
