import { type RawBuilder, sql } from 'kysely';
import { conclusionFaults } from '#journal';
import { mandatesInTables, type ToldMandate } from '#mandate';
import { inGroups } from '#platform/ids/ids.ts';
import { idAt } from '../../search/period.rules.ts';
import type { Finding, RuleContext, Window } from '../rule.ts';

type Row = { mandateId: string; ids: string[] };

const PAGE = 2_000;

/** Mandates with an act in the window. */
export const touchedReading = ({ from, to }: Window): RawBuilder<Row> => sql<Row>`
  select i.mandate_id, (array_agg(i.id order by i.id))[1:20] as ids from journal.entry_index i
  where i.id >= ${idAt(from)}::uuid and i.id < ${idAt(to)}::uuid and i.mn is not null and i.mandate_id is not null
  group by i.mandate_id order by i.mandate_id`;

/**
 * Mandates with an act in the window that begin with no entry of the journal that concludes them, or of which the tables say something
 * else than this entry: whoever has a password of the database may have written them. One finding for each mandate and each fault.
 */
export async function findUnfounded({ db }: RuleContext, window: Window): Promise<Finding[]> {
  const { rows } = await touchedReading(window).execute(db);
  const ids = new Map(rows.map((row) => [row.mandateId, row.ids]));
  const findings: Finding[] = [];
  for (let first = 0; first < rows.length; first += PAGE) {
    const page = rows.slice(first, first + PAGE).map(({ mandateId }) => mandateId);
    for (const { mandate, differences } of await conclusionFaults(db, await mandatesInTables(db, page)))
      findings.push(findingOf(mandate, differences, ids.get(mandate.mandateId) ?? []));
  }
  return findings;
}

function findingOf(
  { mandateId, number, organisationId }: ToldMandate,
  differences: readonly string[] | undefined,
  entryIds: readonly string[],
): Finding {
  const fault = differences
    ? `la base ne dit pas de lui ce que dit l’entrée de sa conclusion (${differences.join(', ')})`
    : 'il a servi, et aucune entrée du journal ne dit qu’il a été conclu';
  return {
    key: ['conclusion', mandateId, ...(differences ?? [])],
    organisationId,
    urgent: true,
    explanation: `Mandat ${inGroups(number)}\u00a0: ${fault}. Quelqu’un a pu l’écrire dans la base sans passer par le service.`,
    entryIds,
  };
}
