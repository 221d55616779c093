import { type RawBuilder, sql } from 'kysely';
import { inGroups } from '#platform/ids/ids.ts';
import { idAt } from '../../search/period.rules.ts';
import type { Finding, RuleContext, Window } from '../rule.ts';
import { counted } from '../words.ts';

type Row = {
  mandateId: string;
  number: string | null;
  organisationId: string | null;
  acts: number;
  last: number;
  ids: string[];
};

/**
 * Mandates with an act in the window whose numbers are not 1 to n, with the acts that a restore put back: the index knows them by the
 * alias alone. When a whole month of `actes` was erased, numbers may begin later.
 */
export const gapsReading = ({ from, to }: Window): RawBuilder<Row> => sql<Row>`
  select touched.mandate_id, of_mandate.*, m.number, m.organisation_id
  from (select distinct i.mandate_id from journal.entry_index i
      where i.id >= ${idAt(from)}::uuid and i.id < ${idAt(to)}::uuid and i.mn is not null and i.mandate_id is not null) touched
    left join mandate m on m.id = touched.mandate_id
    cross join lateral (
      select count(*) as acts, min(act.mn) as first, max(act.mn) as last, (array_agg(act.id order by act.mn desc))[1:20] as ids
      from (
        select other.id, other.mn from journal.entry_index other where other.mandate_id = touched.mandate_id and other.mn is not null
        union all
        select back.id, back.mn from journal.entry_index back
          where back.mandate_id is null and back.mandate_alias = m.journal_alias::text and back.mn is not null
      ) as act) of_mandate
  where of_mandate.acts <> of_mandate.last - of_mandate.first + 1
    or (of_mandate.first <> 1 and not exists (select from journal.erasure e where e.log_id = 1))`;

/** One finding for each mandate, whatever its next acts. */
export async function findGaps({ db }: RuleContext, window: Window): Promise<Finding[]> {
  const { rows } = await gapsReading(window).execute(db);
  return rows.map(({ mandateId, number, organisationId, acts, last, ids }) => ({
    key: ['gap', mandateId],
    organisationId,
    urgent: true,
    explanation: `Mandat ${number ? inGroups(number) : 'inconnu'}\u00a0: le dernier acte porte le numéro ${last}, mais l’index n’a que ${counted(acts, 'acte')}. Il manque au moins un acte.`,
    entryIds: ids.toSorted(),
  }));
}
