import { type RawBuilder, sql } from 'kysely';
import { inWords } from '#platform/time/paris.ts';
import { writtenAt, writtenIn } from '../reading.ts';
import type { Finding, RuleContext, Window } from '../rule.ts';

type Row = { id: string; at: Date };

/** What the sequencer told of entries that it put aside. */
export const strangersReading = (window: Window): RawBuilder<Row> => sql<Row>`
  select i.id, ${writtenAt()} as at from journal.entry_index i
  where ${writtenIn(['journal.rogue-entry'], window)} order by i.id`;

/** Entries that no registered node wrote: one finding for each. */
export async function findStrangers({ db }: RuleContext, window: Window): Promise<Finding[]> {
  const { rows } = await strangersReading(window).execute(db);
  return rows.map(({ id, at }) => ({
    key: ['stranger', id],
    organisationId: null,
    urgent: true,
    explanation: `Le ${inWords(at)}, une entrée que n’a écrite aucun serveur inscrit a été trouvée dans la base et mise de côté. Elle n’est pas scellée.`,
    entryIds: [id],
  }));
}
