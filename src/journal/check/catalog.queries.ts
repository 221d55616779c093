import { type RawBuilder, sql } from 'kysely';
import type { Db, Trx } from '#platform/db/database.ts';

/** The tables that nobody changes, beside the entries and those of closed trees (closed_<n>_…). */
const GUARDED = [
  'log',
  'leaf',
  'tile',
  'tree_head',
  'checkpoint',
  'cosignature',
  'publication',
  'quarantine',
  'full_check',
  'erasure',
  'succession',
];

/** Who may add where; whoever else may is a problem. Reading is not looked at: it changes nothing, but for what proves erasures. */
const MAY_INSERT: Readonly<Record<string, readonly string[]>> = {
  entremise_app: ['entry', 'opening', 'subject_key', 'entry_index', 'hold'],
  entremise_worker: [
    ...['entry', 'opening', 'subject_key', 'entry_index', 'hold', 'sealing_state'],
    ...['log', 'leaf', 'tile', 'tree_head', 'checkpoint', 'cosignature', 'publication', 'quarantine', 'full_check'],
  ],
};
/** The only rows of the journal that change by themselves: where sealing stands. */
const MAY_UPDATE: Readonly<Record<string, readonly string[]>> = {
  entremise_worker: ['sealing_state'],
};

const FUNCTIONS_OF_THE_OWNER = [
  ...['count_content', 'count_openings', 'ensure_partitions', 'erase', 'erase_period', 'kept_entries'],
  ...['lift_hold', 'period_problem'],
];
/** Those that the site may call. */
const FUNCTIONS_OF_THE_SITE = ['ensure_partitions', 'lift_hold'];
/** Applies a list of erasures again: the owner's, after a restore. */
const NOBODY_CALLS = ['erase_again', 'erase_rows', 'drop_entries', 'set_aside'];

/**
 * What has been taken away from the guard-rails of the journal, in French, one line each: triggers of every partition and
 * guarded table, the functions behind them, rights, owners, roles, detached partitions. A superuser can pass all of them and
 * put them back: what then changed is for hashes to tell.
 */
export async function catalogProblems(db: Db | Trx): Promise<string[]> {
  const parts = [
    triggers,
    otherTriggers,
    guardFunctions,
    eventTrigger,
    rewriteGuard,
    detached,
    owners,
    rights,
    functionRights,
    roles,
    settings,
    members,
    rules,
  ];
  const { rows } = await sql<{ problem: string }>`${sql.join(parts, sql` union all `)} order by 1`.execute(db);
  return rows.map(({ problem }) => problem);
}

const guardedTables = sql`
  select c.oid, 'journal.' || c.relname as name from pg_class c
  where c.relnamespace = to_regnamespace('journal') and c.relkind in ('r', 'p')
    and (c.relname = 'entry' or c.relname ~ '^(entry|closed)_[0-9]' or c.relname = any(${GUARDED}))`;

const allTables = sql`
  select c.oid, 'journal.' || c.relname as name, c.relrowsecurity from pg_class c
  where c.relnamespace = to_regnamespace('journal') and c.relkind in ('r', 'p')`;

/**
 * Each table has triggers of its own: what a partition has from `entry` goes when it is detached (tgparentid).
 * tgtype: 1 row, 2 before, 8 delete, 16 update, 32 truncate (PostgreSQL, catalog/pg_trigger.h).
 */
const triggers = sql`
  select t.name || ' n’a pas de déclencheur ALWAYS qui refuse ' || wanted.what as problem
  from (${guardedTables}) as t, (values ('UPDATE et DELETE', 1 | 2 | 8 | 16), ('TRUNCATE', 2 | 32)) as wanted (what, bits)
  where not exists (select from pg_trigger g where g.tgrelid = t.oid and g.tgenabled = 'A'
    and g.tgtype & wanted.bits = wanted.bits and g.tgfoid = to_regproc('journal.refuse_change') and g.tgqual is null
    and g.tgparentid = 0 and cardinality(g.tgattr::int2[]) = 0)
  union all
  select 'journal.' || missing || ' n’existe plus' from unnest(${[...GUARDED, 'entry']}::text[]) as missing
  where to_regclass('journal.' || missing) is null`;

const otherTriggers = sql`
  select t.name || ' a un déclencheur inconnu\u00a0: ' || g.tgname from (${allTables}) as t
  join pg_trigger g on g.tgrelid = t.oid
  where not g.tgisinternal and g.tgfoid is distinct from to_regproc('journal.refuse_change')`;

const guardFunctions = sql`
  select 'la fonction journal.refuse_change ne refuse plus rien' from (values (1)) as once
  where not exists (select from pg_proc p where p.oid = to_regproc('journal.refuse_change')
    and p.prosrc ~ '^\\s*begin\\s+raise exception ''the journal is never changed: % on %'', tg_op, tg_relid::regclass using errcode = ''insufficient_privilege'';\\s+end\\s*$')`;

const eventTrigger = sql`
  select 'le déclencheur d’événement journal_is_never_rewritten manque ou n’est pas ALWAYS' from (values (1)) as once
  where not exists (select from pg_event_trigger where evtname = 'journal_is_never_rewritten'
    and evtevent = 'table_rewrite' and evtenabled = 'A' and evttags is null)
  union all
  select 'les déclencheurs d’événement sont arrêtés (event_triggers = off)' where current_setting('event_triggers', true) = 'off'`;

const rewriteGuard = sql`
  select 'la fonction guard.refuse_journal_rewrite ne refuse plus rien' from (values (1)) as once
  where not exists (select from pg_proc p join pg_event_trigger e on e.evtfoid = p.oid
    where e.evtname = 'journal_is_never_rewritten' and p.prosrc like '%raise exception ''the journal is never rewritten''%'
      and p.prosrc like '%pg_event_trigger_table_rewrite_oid()%' and p.prosrc !~* '\\mreturn\\M')`;

const detached = sql`
  select 'journal.' || c.relname || ' est détachée\u00a0: elle n’est plus une partie du journal' from pg_class c
  where c.relnamespace = to_regnamespace('journal') and c.relkind = 'r' and c.relname ~ '^entry_[0-9]' and not c.relispartition
  union all
  select 'journal.entry a une partition DEFAULT' from pg_partitioned_table
  where partrelid = to_regclass('journal.entry') and partdefid <> 0
  union all
  select 'une partition de journal.entry est ailleurs\u00a0: ' || i.inhrelid::regclass from pg_inherits i
  join pg_class c on c.oid = i.inhrelid
  where i.inhparent = to_regclass('journal.entry') and (c.relnamespace <> to_regnamespace('journal') or i.inhdetachpending
    or c.relname !~ '^entry_[0-9]{4}_[0-9]{2}$')`;

const owners = sql`
  select c.oid::regclass || ' appartient à ' || pg_get_userbyid(c.relowner) from pg_class c
  where c.relnamespace = to_regnamespace('journal') and c.relkind in ('r', 'p', 'v', 'm')
    and pg_get_userbyid(c.relowner) <> 'entremise_owner'
  union all
  select 'le schéma journal appartient à ' || pg_get_userbyid(nspowner) from pg_namespace
  where nspname = 'journal' and pg_get_userbyid(nspowner) <> 'entremise_owner'
  union all
  select 'la fonction journal.' || p.proname || ' appartient à ' || pg_get_userbyid(p.proowner) from pg_proc p
  where p.pronamespace = to_regnamespace('journal') and pg_get_userbyid(p.proowner) <> 'entremise_owner'`;

const grants = sql`
  select c.relname, a.grantee, a.privilege_type from pg_class c, aclexplode(c.relacl) a
  where c.relnamespace = to_regnamespace('journal') and c.relkind in ('r', 'p', 'v', 'm') and a.grantee <> c.relowner
  union
  select c.relname, a.grantee, a.privilege_type from pg_class c join pg_attribute t on t.attrelid = c.oid, aclexplode(t.attacl) a
  where c.relnamespace = to_regnamespace('journal') and a.grantee <> c.relowner`;

/** `entry.recorded_at` and `xid` are nobody's to give, whichever way the right to add was given. */
const rights = sql`
  select case g.grantee when 0 then 'PUBLIC' else pg_get_userbyid(g.grantee)::text end || ' a le droit ' || g.privilege_type
    || ' sur journal.' || g.relname
  from (${grants}) as g
  where case g.privilege_type
    when 'SELECT' then g.grantee = 0 or pg_get_userbyid(g.grantee) !~ '^entremise_' or g.relname = 'node_pad'
    when 'INSERT' then not (${allowed(MAY_INSERT)})
    when 'UPDATE' then not (${allowed(MAY_UPDATE)})
    else true end
  union all
  select r.rolname || ' peut dater les entrées du journal' from pg_roles r
  where r.rolname in ('entremise_app', 'entremise_worker', 'entremise_reader') and to_regclass('journal.entry') is not null
    and (has_column_privilege(r.oid, 'journal.entry', 'recorded_at', 'INSERT')
      or has_column_privilege(r.oid, 'journal.entry', 'xid', 'INSERT'))`;

function allowed(list: Readonly<Record<string, readonly string[]>>): RawBuilder<unknown> {
  const pairs = Object.entries(list).map(
    ([role, tables]) =>
      sql`(pg_get_userbyid(g.grantee) = ${sql.lit(role)} and g.relname = any(${[...tables]}::text[]))`,
  );
  return sql.join(pairs, sql` or `);
}

const functionRights = sql`
  select 'la fonction journal.' || p.proname || ' s’exécute avec les droits du propriétaire et n’est pas connue'
  from pg_proc p where p.pronamespace = to_regnamespace('journal') and p.prosecdef and p.proname <> all(${FUNCTIONS_OF_THE_OWNER}::text[])
  union all
  select 'la fonction journal.' || p.proname || ' n’a pas de chemin de recherche fixé' from pg_proc p
  where p.pronamespace = to_regnamespace('journal') and p.prosecdef
    and coalesce(p.proconfig, '{}') <> array['search_path=pg_catalog, pg_temp']
  union all
  select case a.grantee when 0 then 'PUBLIC' else pg_get_userbyid(a.grantee)::text end || ' peut appeler journal.' || p.proname
  from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
  where p.pronamespace = to_regnamespace('journal') and a.grantee <> p.proowner and (a.grantee = 0
    or pg_get_userbyid(a.grantee) not in ('entremise_app', 'entremise_worker')
    or (pg_get_userbyid(a.grantee) = 'entremise_app' and p.prosecdef and p.proname <> all(${FUNCTIONS_OF_THE_SITE}::text[]))
    or p.proname = any(${NOBODY_CALLS}::text[]))`;

/** A role that makes roles can, before PostgreSQL 16, give itself the owner's; those of the service are nothing special. */
const roles = sql`
  select 'le rôle ' || rolname || ' peut créer des rôles (CREATEROLE)' from pg_roles where rolcreaterole and not rolsuper
  union all
  select 'le rôle ' || rolname || ' a un attribut de trop' from pg_roles
  where rolname ~ '^entremise_' and (rolsuper or rolcreatedb or rolreplication or rolbypassrls)`;

/** What a role has set for itself holds for every session of its name: a path of its own would put other functions before ours. */
const settings = sql`
  select 'le rôle ' || s.setrole::regrole || ' a un réglage inconnu\u00a0: ' || given from pg_db_role_setting s, unnest(s.setconfig) as given
  where pg_get_userbyid(s.setrole) ~ '^entremise_' and given <> 'search_path=public'
    and s.setdatabase in (0, (select oid from pg_database where datname = current_database()))`;

const members = sql`
  select m.rolname || ' est membre de ' || r.rolname from pg_auth_members a
  join pg_roles r on r.oid = a.roleid join pg_roles m on m.oid = a.member
  where not m.rolsuper and not (r.rolname = 'entremise_worker' and m.rolname = 'entremise_owner' and not a.inherit_option)
    and (r.rolname ~ '^entremise_'
      or r.rolname in ('pg_write_all_data', 'pg_execute_server_program', 'pg_write_server_files', 'pg_maintain', 'pg_database_owner'))`;

/** A rule could turn an INSERT into nothing; row security could hide rows from the one who checks. */
const rules = sql`
  select t.name || ' a une règle\u00a0: ' || w.rulename from (${allTables}) as t join pg_rewrite w on w.ev_class = t.oid
  union all
  select t.name || ' a une sécurité par ligne' from (${allTables}) as t where t.relrowsecurity`;
