import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';
import { after, DAY } from '#platform/time/clock.ts';
import { idAt, instantOf } from '../search/period.rules.ts';

/** What the index and the tree say of one entry, and the signing key of its node. Whatever is gone is null. */
export type EntryPlace = {
  organisationId: string | null;
  usagerId: string | null;
  mandateId: string | null;
  logId: number | null;
  leafHash: Buffer | null;
  previous: string | null;
  next: string | null;
};

/** A mandate follows what precedes it (identification) within this time. */
const LONGEST_DRAFT = 2 * DAY;
const UUID = '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';

/**
 * Where one entry stands: whom it is about, its hash in the tree, and its neighbours among the entries of its mandate, those of
 * its draft included. What precedes a mandate carries its alias alone: whose it is is told by the mandate or, once that is
 * erased, by the entry that concluded it.
 */
export async function findPlace(db: Db, id: string): Promise<EntryPlace> {
  const { rows } = await sql<EntryPlace>`
    with own as (
      select mandate_id, mandate_alias from journal.entry_index where id = ${id}::uuid
    ), of_alias as materialized (
      select own.mandate_alias, coalesce(own.mandate_id,
        (select m.id from mandate m where m.journal_alias = case when own.mandate_alias ~ ${UUID} then own.mandate_alias::uuid end),
        (select c.mandate_id from journal.entry_index c where c.kind = 'mandate.concluded' and c.id > ${id}::uuid
          and c.id < ${idAt(after(instantOf(id), LONGEST_DRAFT))}::uuid and c.mandate_alias = own.mandate_alias limit 1)
      ) as mandate_id from own
    ), of_mandate as materialized (
      select i.id from journal.entry_index i join of_alias on i.mandate_id = of_alias.mandate_id
      union
      select i.id from journal.entry_index i join of_alias on i.mandate_alias = of_alias.mandate_alias where i.mandate_id is null
    )
    select i.organisation_id, i.usager_id, (select mandate_id from of_alias) as mandate_id, coalesce(i.log_id, l.log_id) as log_id, l.leaf_hash,
      (select id from of_mandate where id < ${id}::uuid order by id desc limit 1) as previous,
      (select id from of_mandate where id > ${id}::uuid order by id limit 1) as next
    from (select) one
      left join journal.entry_index i on i.id = ${id}::uuid
      left join journal.leaf l on l.entry_id = ${id}::uuid`.execute(db);
  const [row] = rows;
  if (!row) throw new Error('a query of one row came back empty');
  return row;
}

export type Around = {
  structure: { name: string; departement: string } | null;
  aidant: string | null;
  auditor: string | null;
  mandate: { id: string; number: string } | null;
  nodeKey: Buffer | null;
};

/** What the ids of an entry stand for today. */
export async function findAround(
  db: Db,
  ids: {
    organisationId: string | null;
    aidantId: string | null;
    auditorId: string | null;
    mandateId: string | null;
    node: string | null;
  },
): Promise<Around> {
  const { rows } = await sql<{
    name: string | null;
    departement: string | null;
    aidant: string | null;
    auditor: string | null;
    mandateId: string | null;
    number: string | null;
    nodeKey: Buffer | null;
  }>`
    select o.name, o.departement, a.first_name || ' ' || a.last_name as aidant,
      u.first_name || ' ' || u.last_name as auditor, m.id as mandate_id, m.number,
      k.public_key as node_key
    from (select) one
      left join organisation o on o.id = ${ids.organisationId}::uuid
      left join aidant a on a.id = ${ids.aidantId}::uuid
      left join auditor u on u.id = ${ids.auditorId}::uuid
      left join mandate m on m.id = ${ids.mandateId}::uuid
      left join journal.node_key k on k.key_id = ${ids.node}`.execute(db);
  const [row] = rows;
  if (!row) throw new Error('a query of one row came back empty');
  const { name, departement, aidant, auditor, mandateId, number, nodeKey } = row;
  return {
    structure: name !== null && departement !== null ? { name, departement } : null,
    aidant,
    auditor,
    mandate: mandateId !== null && number !== null ? { id: mandateId, number } : null,
    nodeKey,
  };
}
