import { sql } from 'kysely';
import type { Keyring } from '#platform/crypto/keys.ts';
import type { Db } from '#platform/db/database.ts';
import { nodeProblem } from './register-node.ts';

/**
 * What stands in the way of writing the journal safely, in English, one line each; empty when all is well. Reads catalogs
 * and registered nodes only, as any role. `keys`: those of the program that asks, whose own node must be registered.
 */
export async function journalReadiness(db: Db, keys: Pick<Keyring, 'journalNode'>): Promise<string[]> {
  const { rows } = await sql<{ problem: string }>`
    ${guardProblems} union all ${partitionProblems} union all ${triggerProblems} union all ${rightProblems}`.execute(
    db,
  );
  const node = await nodeProblem(db, keys);
  return [...rows.map(({ problem }) => problem), ...(node ? [node] : [])];
}

/** `table_rewrite` is the only thing that sees ALTER TABLE … TYPE … USING; `event_triggers` exists since PostgreSQL 17. */
const guardProblems = sql`
  select 'the event trigger journal_is_never_rewritten is missing or not ENABLE ALWAYS: run the bootstrap again' as problem
  where not exists (select from pg_event_trigger where evtname = 'journal_is_never_rewritten'
    and evtevent = 'table_rewrite' and evtenabled = 'A' and evttags is null)
  union all
  select 'event triggers are switched off (event_triggers = off)' where current_setting('event_triggers', true) = 'off'`;

const partitionProblems = sql`
  select 'the journal has no partition ' || wanted.name || ': run journal.ensure_partitions()'
  from (select 'entry_' || to_char((clock_timestamp() at time zone 'UTC') + make_interval(months => ahead), 'YYYY_MM') as name
        from generate_series(0, 1) as ahead) as wanted
  where not exists (
    select from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = to_regclass('journal.entry') and not i.inhdetachpending and c.relname = wanted.name)
  union all
  select 'journal.' || c.relname || ' is not a partition any more: it was detached'
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = 'journal' and c.relkind = 'r' and c.relname ~ '^entry_\\d{4}_\\d\\d$' and not c.relispartition
  union all
  select 'the journal has a DEFAULT partition'
  from pg_partitioned_table where partrelid = to_regclass('journal.entry') and partdefid <> 0`;

/** tgtype: 1 row, 2 before, 8 delete, 16 update, 32 truncate (PostgreSQL, catalog/pg_trigger.h). */
const triggerProblems = sql`
  select t.relid::regclass || ' has no trigger, ENABLE ALWAYS, that refuses ' || guarded.what
  from (select to_regclass('journal.entry')::oid as relid
        union all select inhrelid from pg_inherits where inhparent = to_regclass('journal.entry')) as t,
       (values ('UPDATE and DELETE', 1 | 2 | 8 | 16), ('TRUNCATE', 2 | 32)) as guarded (what, bits)
  where not exists (
    select from pg_trigger g
    where g.tgrelid = t.relid and g.tgenabled = 'A' and g.tgtype & guarded.bits = guarded.bits
      and g.tgfoid = to_regproc('journal.refuse_change') and g.tgqual is null and cardinality(g.tgattr::int2[]) = 0)`;

const rightProblems = sql`
  select 'the role ' || current_user || ' may change the journal: it must be entremise_app or entremise_worker'
  where has_table_privilege('journal.entry', 'UPDATE, DELETE, TRUNCATE')
     or has_any_column_privilege('journal.entry', 'UPDATE')
     or has_column_privilege('journal.entry', 'recorded_at', 'INSERT')`;
