import pg from 'pg';
import { withSearchPath } from '#platform/db/search-path.ts';

export type Bulk = {
  superuserUrl: string;
  /** How many persons in all; each has a mandate, one in five has two. */
  usagers: number;
  /** The structure that is measured, and how many of these persons it helps. They lie anywhere among the others. */
  organisationId: string;
  aidantId: string;
  usagersOfOrganisation: number;
  now: Date;
};

const FAMILIES =
  'martin bernard dubois thomas robert petit durand leroy moreau simon laurent lefevre garcia david bertrand roux vincent fournier girard bonnet dupont lambert fontaine rousseau muller henry chevalier mercier blanc guerin boyer garnier francois legrand gauthier belkacem perrin robin clement morin nicolas bensaid roussel mathieu gautier masson diallo traore nguyen silva'.split(
    ' ',
  );
const GIVEN =
  'jeanne monique yvette fatima ginette nathalie aicha chantal elodie simone khadija brigitte andree sylvie maite odile zohra francoise lea claire roger michel ahmed gerard christian mamadou didier loic antoine abdelkader patrick herve thierry idrissa rene benoit farid noel kevin pierre'.split(
    ' ',
  );

/**
 * Fills the tables of persons and mandates by a few statements, without firing foreign keys: rows that lists and pages read,
 * not evidence. Mandates are in force (6 in 10), expired (2) and ended (2), with two themes each.
 */
export async function bulkLoad(bulk: Bulk): Promise<void> {
  const client = new pg.Client({ connectionString: withSearchPath(bulk.superuserUrl) });
  await client.connect();
  try {
    await client.query('set session_replication_role = replica');
    await client.query('set synchronous_commit = off');
    await client.query("set maintenance_work_mem = '512MB'");
    const indexes = await dropIndexes(client);
    await client.query(NUMBERED, [bulk.usagers, Math.max(1, Math.floor(bulk.usagers / bulk.usagersOfOrganisation))]);
    await client.query(USAGERS, [FAMILIES, GIVEN, bulk.now]);
    await client.query(MANDATES, [bulk.organisationId, bulk.aidantId, bulk.now]);
    await client.query(AUTHORISATIONS);
    await client.query('drop table bulk');
    for (const index of indexes) await client.query(index);
    await client.query('vacuum (analyze) usager, mandate, authorisation');
  } finally {
    await client.end();
  }
}

/** Ids in the order of the rows, as UUIDv7 are. `kind` keeps those of two tables apart. */
function idOf(kind: string, rank: string): string {
  return `('0195f3a0-000${kind}-7000-8000-' || lpad(to_hex(${rank}), 12, '0'))::uuid`;
}

/** Drops the indexes that hold no constraint; returns how to make them again, which is faster once the rows are there. */
async function dropIndexes(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition from pg_index
     where indrelid in ('usager'::regclass, 'mandate'::regclass, 'authorisation'::regclass)
       and not exists (select from pg_constraint where conindid = indexrelid)`,
  );
  for (const { name } of rows) await client.query(`drop index ${name}`);
  return rows.map(({ definition }) => definition);
}

const NUMBERED = `
  create temporary table bulk as
  select n, ${idOf('1', 'n')} as id, n % $2::int = n / $2::int % $2::int as ours from generate_series(0, $1::int - 1) n`;

// 50 names × 40 first names, then another day: no two persons are the same
const USAGERS = `
  insert into usager (id, sub_hash, sub_key_id, given_name, family_name, gender, birthdate, birthplace, birthcountry,
    email, search_name, created_at, updated_at)
  select id, sha256(n::text::bytea), 'bulk', initcap(given), upper(family), 'female',
    to_char(date '1930-01-01' + n / 2000, 'YYYY-MM-DD'), '62041', '99100', 'p' || n || '@courriel.example',
    family || ' ' || given, $3, $3
  from (select *, ($1::text[])[n % 50 + 1] as family, ($2::text[])[n / 50 % 40 + 1] as given from bulk) named`;

const MANDATES = `
  insert into mandate (id, number, organisation_id, usager_id, aidant_id, draft_id, duration, consent_level, starts_at,
    ends_at, ended_at, end_cause, end_known_at, end_channel, usager_search_name, snapshot, snapshot_jws, paper, paper_recorded_at,
    journal_alias, entry_count, created_at)
  select ${idOf('2', 'rank')}, lpad(upper(to_hex(rank)), 16, '0'),
    case when ours then $1::uuid else ${idOf('3', 'n % 997')} end, id, $2, ${idOf('4', 'rank')},
    case when kind < 8 then 'SEMESTER' else 'LONG' end, 'franceconnect-on-aidant-device', starts, ends,
    case when kind in (6, 7) then starts + interval '9 days' when ends <= $3 then ends end,
    case when kind in (6, 7) then 'revoked-by-usager' when ends <= $3 then 'expired' end,
    case when kind in (6, 7) then starts + interval '9 days' when ends <= $3 then ends end,
    case when kind in (6, 7) then 'aidant' when ends <= $3 then 'job' end,
    search_name, '{}', '', case when n % 20 = 0 then 'missing' else 'signed' end, case when n % 20 <> 0 then starts end,
    ${idOf('5', 'rank')}, 1, starts
  from (
    select *, n / 3 % 10 as kind, starts + case when n / 3 % 10 < 8 then interval '182 days' else interval '365 days' end as ends
    from (
      select bulk.*, search_name, 2 * n + turn as rank, $3::timestamptz - make_interval(secs => 60 * (n::bigint * 7919 % 200000)) -
        case when n / 3 % 10 in (4, 5) or turn = 1 then interval '400 days' else interval '1 hour' end as starts
      from bulk join usager using (id), generate_series(0, case when n % 5 = 0 then 1 else 0 end) turn
    ) started
  ) dated`;

const AUTHORISATIONS = `
  insert into authorisation (id, mandate_id, organisation_id, usager_id, theme, ends_at, ended_at, end_cause)
  select overlay(id::text placing case theme when 'famille' then '6' else '7' end from 13 for 1)::uuid, id,
    organisation_id, usager_id, theme, ends_at, ended_at, end_cause
  from mandate, unnest(array['famille', 'social']) theme where snapshot = '{}'`;
