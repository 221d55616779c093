import pg from 'pg';
import { withSearchPath } from './search-path.ts';

export type RolePasswords = { owner: string; app: string; worker: string; reader: string };

const GUARD_LOCK = 0x656e74; // « ent »

/**
 * What only a superuser can do, once per database: the roles, and the event trigger that forbids rewriting the journal
 * (`ALTER TABLE … TYPE … USING` rewrites rows without firing row triggers, journal.md §2.3). May be run again.
 */
export async function bootstrap({
  superuserUrl,
  passwords,
}: {
  superuserUrl: string;
  passwords: RolePasswords;
}): Promise<void> {
  const client = new pg.Client({ connectionString: withSearchPath(superuserUrl) });
  client.on('error', () => undefined); // a lost connection is told by the query under way, not by ending the program
  await client.connect();
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [GUARD_LOCK]);
    for (const [name, password] of Object.entries(passwords)) await ensureRole(client, `entremise_${name}`, password);
    for (const name of Object.keys(passwords)) await forgetSettings(client, `entremise_${name}`);
    await client.query('grant entremise_worker to entremise_owner with inherit false, set true');
    await ensureDatabase(client);
    await ensureRewriteGuard(client);
    await refuseLargeObjects(client);
    await client.query('commit');
  } finally {
    await client.end();
  }
}

async function ensureRole(client: pg.Client, role: string, password: string): Promise<void> {
  const found = await client.query('select 1 from pg_roles where rolname = $1', [role]);
  const verb = found.rowCount ? 'alter' : 'create';
  await client.query(
    `${verb} role ${role} login nosuperuser nocreatedb nocreaterole password ${client.escapeLiteral(password)}`,
  );
}

/** What a role has set for itself, everywhere or in this database, would hold for every program that comes in under its name. */
async function forgetSettings(client: pg.Client, role: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>('select current_database() as name');
  await client.query(`alter role ${role} in database ${client.escapeIdentifier(rows[0]?.name ?? '')} reset all`);
  await client.query(`alter role ${role} reset all`);
  // the usual path begins with a schema of the role's own name: whoever could make one would answer in place of our tables
  await client.query(`alter role ${role} set search_path = public`);
}

async function ensureDatabase(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>('select current_database() as name');
  const database = client.escapeIdentifier(rows[0]?.name ?? '');
  await client.query(`revoke all on database ${database} from public`);
  await client.query(`grant connect on database ${database} to entremise_app, entremise_worker, entremise_reader`);
  await client.query(`grant connect on database ${database} to entremise_owner`);
  // only the owner makes schemas; it lends that to the worker while the queue installs its own (migrate)
  await client.query(`grant create on database ${database} to entremise_owner with grant option`);
  await client.query('alter schema public owner to entremise_owner');
  await client.query('revoke all on schema public from public');
  await client.query('grant usage on schema public to entremise_app, entremise_worker, entremise_reader');
}

/** Any role may otherwise store what it wants beside the tables, without limit, where nothing looks and nothing erases. */
async function refuseLargeObjects(client: pg.Client): Promise<void> {
  const makers = ['lo_create(oid)', 'lo_creat(integer)', 'lo_from_bytea(oid, bytea)', 'lo_import(text)'];
  for (const maker of [...makers, 'lo_import(text, oid)'])
    await client.query(`revoke execute on function pg_catalog.${maker} from public`);
}

async function ensureRewriteGuard(client: pg.Client): Promise<void> {
  await client.query('create schema if not exists guard');
  await client.query(`
    create or replace function guard.refuse_journal_rewrite() returns event_trigger language plpgsql
    set search_path = pg_catalog, pg_temp as $$
    begin
      if (select n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace
          where c.oid = pg_event_trigger_table_rewrite_oid()) = 'journal' then
        raise exception 'the journal is never rewritten' using errcode = 'insufficient_privilege';
      end if;
    end $$`);
  await client.query('drop event trigger if exists journal_is_never_rewritten');
  await client.query(`create event trigger journal_is_never_rewritten on table_rewrite
    execute function guard.refuse_journal_rewrite()`);
  await client.query('alter event trigger journal_is_never_rewritten enable always');
}
