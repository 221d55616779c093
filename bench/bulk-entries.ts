import pg from 'pg';
import { leafHash } from '#journal/verify';
import { sha256 } from '#platform/crypto/hashes.ts';
import type { PrivateJwk } from '#platform/crypto/keys.ts';
import { withSearchPath } from '#platform/db/search-path.ts';
import { bulkId, type Copy, type Crowd, copier, type Template } from './bulk-copies.ts';
import { type LogKeys, sealer } from './bulk-seal.ts';

const AT_ONCE = 4_096;

/**
 * Multiplies the entries that are there, leaf and index, up to `crowd.entries` more: the same acts, a little earlier each, by
 * other aidants of other structures for other people. Each is signed by the node, sealed and published, in the order of
 * the ids; those that were there are sealed last. Only what leaves commit to is not copied: nothing opens it.
 */
export async function bulkEntries(
  superuserUrl: string,
  { node, logKeys, crowd }: { node: PrivateJwk; logKeys: LogKeys; crowd: Crowd },
): Promise<void> {
  const url = new URL(superuserUrl);
  url.searchParams.set('options', '-c synchronous_commit=off -c maintenance_work_mem=1GB');
  const pool = new pg.Pool({ connectionString: withSearchPath(url.href), max: 5 });
  try {
    await pool.query(STRUCTURES, [idsOf('3', crowd.structures)]);
    await pool.query(AIDANTS, [idsOf('4', crowd.aidants)]);
    const { rows: indexes } = await pool.query<{ definition: string; name: string }>(SECONDARY_INDEXES);
    for (const { name } of indexes) await pool.query(`drop index ${name}`);
    await pool.query(TEMPLATE);
    await pool.query('analyze template');
    const { rows: templates } = await pool.query<Template>(TEMPLATES);
    const copies = copier(templates, node, crowd, Date.now());
    const seal = sealer(pool, logKeys);
    let made = await copies(1, Math.min(AT_ONCE, crowd.entries));
    for (let last = made.length; made.length > 0; last += made.length) {
      const written = [insertCopies(pool, node.kid, made), seal(made)];
      [made] = await Promise.all([copies(last + 1, Math.min(last + AT_ONCE, crowd.entries)), ...written]);
    }
    await seal(templates.map(({ logId, id, leaf }) => ({ logId, id, leafHash: leafHash(sha256, Buffer.from(leaf)) })));
    await pool.query('drop table template');
    for (const { definition } of indexes) await pool.query(definition.replace(' ON ONLY ', ' ON '));
    await pool.query('vacuum (analyze)');
  } finally {
    await pool.end();
  }
}

async function insertCopies(pool: pg.Pool, node: string, copies: readonly Copy[]): Promise<void> {
  const column = (name: keyof Copy) => copies.map((copy) => copy[name]);
  await Promise.all([
    pool.query(ENTRIES, [node, ...(['id', 'logId', 'leaf', 'signature'] as const).map(column)]),
    pool.query(
      INDEX_ROWS,
      (['turn', 'id', 'result', 'aidantId', 'organisationId', 'usagerId', 'mandateId'] as const).map(column),
    ),
  ]);
}

const idsOf = (kind: string, count: number) => Array.from({ length: count }, (_, index) => bulkId(kind, index + 1));

const STRUCTURES = `
  insert into organisation (id, name, type, siret, address, zip_code, city, departement, phone, email, allowed_themes, created_at)
  select id, 'CCAS ' || n, 'ccas', lpad(n::text, 14, '0'), '1 place de la Mairie', '62000', 'Ville ' || n,
    lpad((1 + n % 95)::text, 2, '0'), '0321000000', 'ccas' || n || '@structures.example', '{famille}', '2026-01-01'
  from unnest($1::uuid[]) with ordinality as made (id, n) where lpad((1 + n % 95)::text, 2, '0') <> '20'`;

const AIDANTS = `
  insert into aidant (id, email, first_name, last_name, totp_secret, created_at)
  select id, 'a' || n || '@aidants.example', 'Amina', 'Nom' || n, '\\x00', '2026-01-01'
  from unnest($1::uuid[]) with ordinality as made (id, n)`;

const SECONDARY_INDEXES = `
  select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition from pg_index
  where indrelid in ('journal.entry_index'::regclass, 'journal.entry'::regclass, 'journal.leaf'::regclass)
    and not exists (select from pg_constraint where conindid = indexrelid)`;

const TEMPLATE = `
  create unlogged table template as
  select row_number() over (order by e.id) - 1 as turn, convert_from(e.leaf, 'UTF8') as leaf, i.*
  from journal.entry e join journal.entry_index i using (id)`;

const TEMPLATES = `
  select log_id as "logId", leaf, id, leaf::jsonb ->> 't' as t, result, aidant_id as "aidantId",
    organisation_id as "organisationId", usager_id as "usagerId", mandate_id as "mandateId"
  from template order by turn`;

const ENTRIES = `
  insert into journal.entry (id, log_id, node, leaf, node_sig)
  select id, log_id, $1, leaf, signature
  from unnest($2::uuid[], $3::smallint[], $4::bytea[], $5::bytea[]) as made (id, log_id, leaf, signature)`;

const INDEX_ROWS = `
  insert into journal.entry_index (id, log_id, kind, result, theme, themes, aidant_id, organisation_id, usager_id, mandate_id, mandate_alias, mn)
  select made.id, log_id, kind, made.result, theme, themes, made.aidant_id, made.organisation_id, made.usager_id, made.mandate_id,
    mandate_alias, mn
  from unnest($1::int[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[])
    as made (turn, id, result, aidant_id, organisation_id, usager_id, mandate_id)
  join template using (turn)`;
