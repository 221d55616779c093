import { type RawBuilder, sql } from 'kysely';
import type { AppContext } from '#platform/context.ts';
import type { Db, Trx } from '#platform/db/database.ts';
import { type JournalEvent, themesIn } from './event.ts';
import { LOG_IDS, type Opening, sealOpenings, subjectsOf, type Written, writeLeaves } from './record.ts';
import { subjectKeys } from './subject-keys.ts';

/**
 * The same as `record`, as expressions to select inside the statement that does the act, for acts that are one statement
 * (an identity provider answers in milliseconds): statement, act and entry are kept together or not at all. The statement
 * must select them exactly once. One round trip beforehand, only when something is committed, for the keys of the subjects.
 */
export async function prepareRecord(
  ctx: Pick<AppContext, 'keys'>,
  db: Db | Trx,
  ...events: JournalEvent[]
): Promise<RawBuilder<unknown>> {
  const [keys, written] = await Promise.all([subjectKeys(ctx, db, subjectsOf(events)), writeLeaves(ctx, events)]);
  const openings = written.flatMap((entry) => sealOpenings(entry, keys));
  return sql.join([...written.map(entryCall), ...openings.map(openingCall)]);
}

function entryCall({ id, node, event, leaf, signature }: Written): RawBuilder<unknown> {
  const { kind, input, clear } = event;
  const { actor, about, mandate } = input;
  return sql`journal.append(${node}, ${id}, ${LOG_IDS[kind.log]}, ${leaf}, ${signature}, ${kind.kind}, ${input.result},
    ${input.theme ?? null}, ${actor.aidantId ?? null}, ${actor.organisationId ?? about?.organisationId ?? null}, ${about?.usagerId ?? null},
    ${about?.mandateId ?? null}, ${about?.authorisationId ?? null}, ${mandate?.alias ?? null}, ${mandate?.mn ?? null},
    ${themesIn(clear)})`;
}

function openingCall({ entryId, name, keyId, sealed }: Opening): RawBuilder<unknown> {
  return sql`journal.append_opening(${entryId}, ${name}, ${keyId}, ${sealed})`;
}
