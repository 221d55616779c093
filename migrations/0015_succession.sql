-- When a log cannot go on under its name: what of its tree was lost everywhere, or the key that signs it. It is closed at its last
-- cosigned checkpoint, its tree is set aside whole, and the log goes on under a new name, from the first places that are left.

-- Who succeeds whom. `size`, `root`, `note`: the last checkpoint that the witnesses cosigned under the old name. `kept`: how many
-- places, from the first, are the same under both names.
create table journal.succession (
  n integer primary key constraint succession_is_numbered check (n >= 1),
  log_id smallint not null references journal.log,
  closed text not null constraint log_is_closed_once unique,
  origin text not null constraint succession_has_a_new_name unique,
  size bigint not null constraint closed_size_is_not_negative check (size >= 0),
  root bytea not null constraint closed_root_is_sha256 check (octet_length(root) = 32),
  note text not null,
  kept bigint not null constraint kept_is_not_negative check (kept >= 0),
  reason text not null constraint succession_has_a_reason check (reason in ('tree-lost', 'key-lost', 'two-histories')),
  -- the entry that tells it, the first one sealed under the new name
  entry_id uuid not null,
  succeeded_at timestamptz(3) not null,
  constraint succession_changes_the_name check (closed <> origin)
);
create trigger succession_is_never_changed before update or delete on journal.succession
  for each row execute function journal.refuse_change();
create trigger succession_is_never_emptied before truncate on journal.succession
  for each statement execute function journal.refuse_change();
alter table journal.succession enable always trigger succession_is_never_changed;
alter table journal.succession enable always trigger succession_is_never_emptied;
grant select on journal.succession to entremise_app, entremise_worker, entremise_reader;

-- Sets the tables of the trees aside, whole and as they are, under names of their own (closed_<n>_…), which nobody may add to any
-- more, and makes new ones in their place: with the same constraints, triggers and rights, with all of the other log, and of this
-- one the places before `up_to`. No row is changed or removed. Tiles of this log are left to whoever calls, to be made of the
-- leaves. The list of erasures goes the same way when it names places from `up_to` on: they are places of the closed tree.
create function journal.set_aside(n integer, log smallint, up_to bigint) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  names text[] := array['leaf', 'tile', 'tree_head', 'checkpoint', 'cosignature', 'publication'];
  prefix constant text := 'closed_' || n || '_';
  oids regclass[];
  name text;
  aside text;
  again text[];
  index record;
begin
  -- whoever reads the trees meanwhile is waited for, not for long: it is given up and done another time
  perform set_config('lock_timeout', '15s', true);
  if exists (select from journal.erasure e where e.log_id = log and not e.indices <@ int8multirange(int8range(0, up_to))) then
    names := names || text 'erasure';
  end if;
  oids := array(select format('journal.%I', given)::regclass from unnest(names) as given);
  -- what LIKE does not copy, as statements about the old names. The catalogue writes them whole (journal.leaf), because `journal` is
  -- not on the search path: done again below, they are about the new tables, whatever else bears such a name
  select array_agg(statement order by step, statement) into again from (
    select 1 as step, pg_get_triggerdef(t.oid) as statement from pg_trigger t
      where t.tgrelid = any (oids) and not t.tgisinternal
    union all
    select 2, format('alter table %s enable always trigger %I', t.tgrelid::regclass, t.tgname) from pg_trigger t
      where t.tgrelid = any (oids) and not t.tgisinternal
    union all
    select 3, format('alter table %s add constraint %I %s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid)) from pg_constraint c
      where c.conrelid = any (oids) and c.contype = 'f'
    union all
    select 4, format('grant %s on %s to %s', a.privilege_type, c.oid::regclass, a.grantee::regrole) from pg_class c, aclexplode(c.relacl) a
      where c.oid = any (oids) and a.grantee not in (0, c.relowner)
    union all
    select 4, format('grant %s (%I) on %s to %s', a.privilege_type, t.attname, t.attrelid::regclass, a.grantee::regrole)
      from pg_attribute t, aclexplode(t.attacl) a
      where t.attrelid = any (oids) and a.grantee <> 0
  ) as copied;
  foreach name in array names loop
    aside := prefix || name;
    execute format('alter table journal.%I rename to %I', name, aside);
    for index in select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = ('journal.' || quote_ident(aside))::regclass loop
      execute format('alter index journal.%I rename to %I', index.relname, prefix || index.relname);
    end loop;
    execute format('revoke insert, update, delete, truncate, references, trigger on journal.%I from entremise_app, entremise_worker, entremise_reader', aside);
    execute format('create table journal.%I (like journal.%I including all)', name, aside);
    -- indexes have the names that they had
    for index in select fresh.relname as made, substr(known.relname, length(prefix) + 1) as wanted
      from pg_index f join pg_class fresh on fresh.oid = f.indexrelid
      join pg_index k on k.indrelid = ('journal.' || quote_ident(aside))::regclass and k.indkey::text = f.indkey::text
      join pg_class known on known.oid = k.indexrelid
      where f.indrelid = ('journal.' || quote_ident(name))::regclass and fresh.relname <> substr(known.relname, length(prefix) + 1)
    loop
      execute format('alter index journal.%I rename to %I', index.made, index.wanted);
    end loop;
    case name
      when 'leaf' then execute format('insert into journal.leaf select * from journal.%I where log_id <> $1 or idx < $2 order by log_id, idx', aside)
        using log, up_to;
      when 'tile' then execute format('insert into journal.tile select * from journal.%I where log_id <> $1', aside) using log;
      when 'erasure' then execute format('insert into journal.erasure select (jsonb_populate_record(e, case when e.log_id = $1
          then jsonb_build_object(''indices'', (e.indices * int8multirange(int8range(0, $2)))::text) else ''{}'' end)).* from journal.%I e', aside)
        using log, up_to;
      else execute format('insert into journal.%I select * from journal.%I where log_id <> $1 or size <= $2', name, aside) using log, up_to;
    end case;
  end loop;
  foreach name in array again loop
    execute name;
  end loop;
end $$;
revoke all on function journal.set_aside from public;
