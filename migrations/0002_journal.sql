-- The write side of the journal: what was done, in entries that nobody at runtime can change, remove or back-date.
-- Privileges and triggers are guard-rails (a superuser can pass them): the proof comes from sealing, later.
-- Nothing here refers to a table of another domain: the journal outlives them.

create schema journal;

-- One row per act, written in the act's own transaction. `leaf` holds the exact bytes that are hashed and signed;
-- `xid` and `recorded_at` are given by the database alone, so that nobody chooses the order or the date of an entry.
create table journal.entry (
  id uuid not null,
  recorded_at timestamptz not null default clock_timestamp(),
  xid xid8 not null default pg_current_xact_id(),
  log_id smallint not null, -- 1 actes, 2 acces
  node text not null,
  leaf bytea not null,
  node_sig bytea not null,
  primary key (id, recorded_at),
  -- one constraint, not three: each is compiled again for each statement
  constraint entry_is_well_formed check (log_id in (1, 2) and octet_length(leaf) between 2 and 16384 and octet_length(node_sig) = 64)
) partition by range (recorded_at);
create index entry_by_settlement on journal.entry (log_id, xid, id);

-- One key per person or organisation, wrapped by the `data` ring: deleting the row makes every opening sealed with it unreadable.
create table journal.subject_key (
  id uuid primary key,
  subject_kind text not null constraint subject_kind_is_known check (subject_kind in ('usager', 'aidant', 'organisation')),
  subject_id uuid not null,
  wrapped bytea not null,
  constraint subject_has_one_key unique (subject_id, subject_kind)
);

-- What a leaf commits to without saying it (RFC 9901 disclosures). Erasable: the digest stays in the leaf.
create table journal.opening (
  entry_id uuid not null,
  name text not null,
  subject_key_id uuid not null,
  sealed bytea not null,
  primary key (entry_id, name)
);

-- How entries are found, and the only place that says which usager an entry is about. A projection: erasable, never evidence.
create table journal.entry_index (
  id uuid primary key,
  recorded_at timestamptz not null default clock_timestamp(),
  log_id smallint not null,
  kind text not null,
  result text not null,
  theme text,
  aidant_id uuid,
  organisation_id uuid,
  usager_id uuid,
  mandate_id uuid,
  authorisation_id uuid,
  mandate_alias text,
  mn integer
);
-- Newest first is read backwards: entries arrive in this order, so that the pages of each index fill up one after the other.
-- Searches by period alone go by the primary key: ids begin with their time (UUIDv7).
create index entry_index_by_aidant on journal.entry_index (aidant_id, recorded_at, id) where aidant_id is not null;
create index entry_index_by_organisation on journal.entry_index (organisation_id, recorded_at, id) where organisation_id is not null;
create index entry_index_by_usager on journal.entry_index (usager_id, recorded_at, id) where usager_id is not null;
-- Finds the few entries of a mandate, and refuses an act whose number the mandate has given already.
create unique index mandate_act_has_one_number on journal.entry_index (mandate_id, mn) where mandate_id is not null;

-- The public keys (Ed25519, 32 bytes) of the programs that may write. A program whose key is not here does not start.
create table journal.node_key (
  key_id text primary key,
  public_key bytea not null constraint node_key_is_ed25519 check (octet_length(public_key) = 32),
  registered_at timestamptz(3) not null,
  revoked_at timestamptz(3),
  constraint node_key_is_registered_once unique (public_key)
);

create function journal.refuse_change() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception 'the journal is never changed: % on %', tg_op, tg_relid::regclass using errcode = 'insufficient_privilege';
end $$;

-- ALWAYS: default triggers do not fire when session_replication_role = replica.
create trigger entry_is_never_changed before update or delete on journal.entry
  for each row execute function journal.refuse_change();
create trigger entry_is_never_emptied before truncate on journal.entry
  for each statement execute function journal.refuse_change();
alter table journal.entry enable always trigger entry_is_never_changed;
alter table journal.entry enable always trigger entry_is_never_emptied;

-- Creates the partitions of this month and of the three next ones; returns the names of those it made. No DEFAULT partition:
-- without one for today, an act is refused rather than written somewhere unguarded. Built apart, then attached, because
-- CREATE … PARTITION OF would lock out every writer. TRUNCATE triggers are not inherited, and cloned row triggers
-- disappear on DETACH: each partition has triggers of its own.
create function journal.ensure_partitions() returns setof text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  month timestamp;
  partition text;
begin
  perform pg_advisory_xact_lock(hashtext('journal.ensure_partitions'));
  for ahead in 0..3 loop
    month := date_trunc('month', clock_timestamp() at time zone 'UTC') + make_interval(months => ahead);
    partition := 'entry_' || to_char(month, 'YYYY_MM');
    continue when to_regclass('journal.' || partition) is not null;
    execute format('create table journal.%I (like journal.entry including all) with (autovacuum_vacuum_insert_scale_factor = 0.05)', partition);
    execute format('create trigger entry_partition_is_never_changed before update or delete on journal.%I
      for each row execute function journal.refuse_change()', partition);
    execute format('create trigger entry_partition_is_never_emptied before truncate on journal.%I
      for each statement execute function journal.refuse_change()', partition);
    execute format('alter table journal.%I enable always trigger entry_partition_is_never_changed', partition);
    execute format('alter table journal.%I enable always trigger entry_partition_is_never_emptied', partition);
    execute format('alter table journal.entry attach partition journal.%I for values from (%L) to (%L)',
      partition, to_char(month, 'YYYY-MM-DD"T00:00:00Z"'), to_char(month + interval '1 month', 'YYYY-MM-DD"T00:00:00Z"'));
    return next partition;
  end loop;
end $$;

-- Write one entry with its index row, and one opening. Functions because sessions keep their plans; several calls go in one
-- round trip. They run with the rights of their caller: they add nothing to the column grants below.
create function journal.append(
  node text, id uuid, log_id smallint, leaf bytea, signature bytea, kind text, result text, theme text, aidant uuid,
  organisation uuid, usager uuid, mandate uuid, authorisation uuid, alias text, number integer
) returns void language plpgsql as $$
begin
  insert into journal.entry (id, log_id, node, leaf, node_sig)
    values (append.id, append.log_id, append.node, append.leaf, signature);
  insert into journal.entry_index (id, log_id, kind, result, theme, aidant_id, organisation_id, usager_id, mandate_id,
      authorisation_id, mandate_alias, mn)
    values (append.id, append.log_id, append.kind, append.result, append.theme, aidant, organisation, usager, mandate,
      authorisation, alias, number);
end $$;

create function journal.append_opening(entry uuid, name text, subject_key uuid, sealed bytea) returns void
language plpgsql as $$
begin
  insert into journal.opening (entry_id, name, subject_key_id, sealed)
    values (entry, append_opening.name, subject_key, append_opening.sealed);
end $$;

revoke all on function journal.refuse_change(), journal.ensure_partitions(), journal.append, journal.append_opening
  from public;
grant usage on schema journal to entremise_app, entremise_worker, entremise_reader;
grant execute on function journal.ensure_partitions(), journal.append, journal.append_opening
  to entremise_app, entremise_worker;
-- Column by column: `recorded_at` and `xid` are nobody's to give, and nothing is granted to change or remove.
grant insert (id, log_id, node, leaf, node_sig) on journal.entry to entremise_app, entremise_worker;
grant insert on journal.opening, journal.subject_key to entremise_app, entremise_worker;
grant insert (id, log_id, kind, result, theme, aidant_id, organisation_id, usager_id, mandate_id, authorisation_id, mandate_alias, mn)
  on journal.entry_index to entremise_app, entremise_worker;
grant select on journal.opening, journal.subject_key, journal.entry_index, journal.node_key to entremise_app, entremise_worker;
grant select on journal.entry, journal.opening, journal.subject_key, journal.entry_index, journal.node_key to entremise_reader;

select journal.ensure_partitions();
