import pg from 'pg';
import { withSearchPath } from '#platform/db/search-path.ts';

export type BulkEntries = {
  superuserUrl: string;
  entries: number;
  structures: number;
  aidants: number;
  usagers: number;
};

/**
 * Multiplies the entries that are there, leaf and index, up to `entries`: the same acts, a little later each, by other aidants
 * of other structures for other people. For what searches; their signatures are worth nothing.
 */
export async function bulkEntries({ superuserUrl, entries, structures, aidants, usagers }: BulkEntries): Promise<void> {
  const client = new pg.Client({ connectionString: withSearchPath(superuserUrl) });
  await client.connect();
  try {
    await client.query('set synchronous_commit = off');
    await client.query("set maintenance_work_mem = '1GB'");
    await client.query(STRUCTURES, [structures]);
    await client.query(AIDANTS, [aidants]);
    const { rows } = await client.query<{ definition: string; name: string }>(SECONDARY_INDEXES);
    for (const { name } of rows) await client.query(`drop index ${name}`);
    await client.query(TEMPLATE);
    await client.query('analyze template'); // joined by hash, not read again for each row
    await client.query(ENTRIES, [entries]);
    await client.query(INDEX_ROWS, [entries, structures, aidants, usagers]);
    for (const { definition } of rows) await client.query(definition);
    await client.query('drop table template');
    await client.query('vacuum (analyze) journal.entry, journal.entry_index, organisation, aidant');
  } finally {
    await client.end();
  }
}

const id = (kind: string, rank: string) => `('0195f3a0-000${kind}-7000-8000-' || lpad(to_hex(${rank}), 12, '0'))::uuid`;

/** Two seconds apart, up to the hour of the copies: ids say when (UUIDv7). */
const ENTRY_ID = `(lpad(to_hex(((extract(epoch from clock_start) - ($1::bigint - g) * 2) * 1000)::bigint), 12, '0') ||
  '70008' || lpad(to_hex(g), 15, '0'))::uuid`;

const STRUCTURES = `
  insert into organisation (id, name, type, siret, address, zip_code, city, departement, phone, email, allowed_themes, created_at)
  select ${id('3', 'n')}, 'CCAS ' || n, 'ccas', lpad(n::text, 14, '0'), '1 place de la Mairie', '62000', 'Ville ' || n,
    lpad((1 + n % 95)::text, 2, '0'), '0321000000', 'ccas' || n || '@structures.example', '{famille}', '2026-01-01'
  from generate_series(1, $1::int) n where lpad((1 + n % 95)::text, 2, '0') <> '20'`;

const AIDANTS = `
  insert into aidant (id, email, first_name, last_name, totp_secret, created_at)
  select ${id('4', 'n')}, 'a' || n || '@aidants.example', 'Amina', 'Nom' || n, '\\x00', '2026-01-01' from generate_series(1, $1::int) n`;

const SECONDARY_INDEXES = `
  select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition from pg_index
  where indrelid = 'journal.entry_index'::regclass and not indisprimary`;

const TEMPLATE = `
  create temporary table template as
  select row_number() over (order by e.id) - 1 as turn, count(*) over () as turns, clock_timestamp() as clock_start,
    e.node, e.node_sig, convert_from(e.leaf, 'UTF8') as leaf, i.*
  from journal.entry e join journal.entry_index i using (id)`;

const COPIES = 'generate_series(1, $1::bigint) g join template on turn = g % turns';

const ENTRIES = `
  insert into journal.entry (id, log_id, node, leaf, node_sig)
  select ${ENTRY_ID}, log_id, node, convert_to(replace(leaf, id::text, ${ENTRY_ID}::text), 'UTF8'), node_sig from ${COPIES}`;

// spread by multiplication, so that one person's entries lie anywhere
const INDEX_ROWS = `
  insert into journal.entry_index (id, log_id, kind, result, theme, themes, aidant_id, organisation_id, usager_id, mandate_id, mandate_alias, mn)
  select ${ENTRY_ID}, log_id, kind, case when g % 500 = 0 then 'refused' else result end, theme, themes,
    case when aidant_id is not null then ${id('4', '1 + g * 7919 % $3::bigint')} end,
    case when organisation_id is not null then ${id('3', '1 + g * 7919 % $3::bigint % $2::bigint')} end,
    case when usager_id is not null then ${id('1', 'g * 104729 % $4::bigint')} end,
    case when mandate_id is not null then ${id('2', 'g')} end, mandate_alias, mn
  from ${COPIES}`;
