-- Erasure: personal data goes, every proof stays. What may be removed is removed by the functions below alone, each only in
-- a transaction that has also written the entry that tells it, and never while a legal hold stands. Each adds to a list, kept
-- outside too, that is applied again to a backup restored from before.

-- « Ne rien effacer »: a person, a mandate, or whole months of the journal.
create table journal.hold (
  id uuid primary key,
  usager_id uuid,
  mandate_id uuid,
  first_month date,
  last_month date,
  ground text not null constraint hold_ground_is_known check (ground in ('complaint', 'litigation', 'investigation', 'audit')),
  placed_at timestamptz(3) not null,
  lifted_at timestamptz(3),
  -- the entry that tells it
  lifted_by uuid,
  constraint hold_is_lifted_by_an_entry check ((lifted_at is null) = (lifted_by is null)),
  constraint hold_is_on_one_thing check (num_nonnulls(usager_id, mandate_id, first_month) = 1),
  constraint hold_months_are_whole check ((first_month is null) = (last_month is null) and first_month <= last_month
    and extract(day from first_month) = 1 and extract(day from last_month) = 1)
);
create unique index person_is_held_once on journal.hold (usager_id) where usager_id is not null and lifted_at is null;
create unique index mandate_is_held_once on journal.hold (mandate_id) where mandate_id is not null and lifted_at is null;

-- What was erased, in ids that name nobody: enough to erase it again. `id` is that of the entry that tells it.
create table journal.erasure (
  id uuid primary key,
  kind text not null constraint erasure_kind_is_known check (kind in ('field', 'person', 'period', 'retention')),
  ground text not null,
  keys uuid[] not null default '{}',
  mandates uuid[] not null default '{}',
  entries uuid[] not null default '{}',
  field text,
  log_id smallint,
  month date,
  -- the entries of the month that a hold kept
  kept uuid[] not null default '{}',
  -- places, in the tree, of the entries whose bytes are gone
  indices int8multirange,
  openings integer not null,
  erased_at timestamptz(3) not null,
  xid xid8 not null default pg_current_xact_id(),
  constraint erasure_of_a_period_is_whole check
    ((kind = 'period') = (log_id is not null) and (kind = 'period') = (month is not null) and (kind = 'period') = (indices is not null))
);
create index erasure_by_period on journal.erasure (log_id, month) where month is not null;

create trigger erasure_is_never_changed before update or delete on journal.erasure
  for each row execute function journal.refuse_change();
create trigger erasure_is_never_emptied before truncate on journal.erasure
  for each statement execute function journal.refuse_change();
alter table journal.erasure enable always trigger erasure_is_never_changed;
alter table journal.erasure enable always trigger erasure_is_never_emptied;

create index opening_by_key on journal.opening (subject_key_id);

-- A nightly check may go on where the last one stopped: from `first_idx` up to `end_idx`, not included.
alter table journal.full_check add column first_idx bigint not null default 0;
alter table journal.full_check add column end_idx bigint;

-- One partition, guarded; attached by the caller. The check spares `attach` a scan under a lock that stops writers.
create function journal.make_partition(partition text, month date) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  execute format('create table journal.%I (like journal.entry including all) with (autovacuum_vacuum_insert_scale_factor = 0.05)', partition);
  execute format('create trigger entry_partition_is_never_changed before update or delete on journal.%I
    for each row execute function journal.refuse_change()', partition);
  execute format('create trigger entry_partition_is_never_emptied before truncate on journal.%I
    for each statement execute function journal.refuse_change()', partition);
  execute format('alter table journal.%I enable always trigger entry_partition_is_never_changed', partition);
  execute format('alter table journal.%I enable always trigger entry_partition_is_never_emptied', partition);
  execute format('alter table journal.%I add constraint entry_is_of_this_month check (recorded_at >= %L and recorded_at < %L)',
    partition, to_char(month, 'YYYY-MM-DD"T00:00:00Z"'), to_char(month + interval '1 month', 'YYYY-MM-DD"T00:00:00Z"'));
end $$;

create function journal.attach_partition(partition text, month date) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  execute format('alter table journal.entry attach partition journal.%I for values from (%L) to (%L)',
    partition, to_char(month, 'YYYY-MM-DD"T00:00:00Z"'), to_char(month + interval '1 month', 'YYYY-MM-DD"T00:00:00Z"'));
  execute format('alter table journal.%I drop constraint entry_is_of_this_month', partition);
end $$;

create or replace function journal.ensure_partitions() returns setof text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  month date;
  partition text;
begin
  perform pg_advisory_xact_lock(hashtext('journal.ensure_partitions'));
  for ahead in 0..3 loop
    month := date_trunc('month', clock_timestamp() at time zone 'UTC') + make_interval(months => ahead);
    partition := 'entry_' || to_char(month, 'YYYY_MM');
    continue when to_regclass('journal.' || partition) is not null;
    perform journal.make_partition(partition, month);
    perform journal.attach_partition(partition, month);
    return next partition;
  end loop;
end $$;

-- The leaf of the entry that tells an erasure, when this very transaction wrote it under the name of a registered node; an error
-- otherwise. SQL cannot verify Ed25519: that its signature is that node's is for sealing, and for `journal check` after it.
create function journal.told_by(erasure uuid, kinds text[]) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  told jsonb;
begin
  select case when count(*) = 1 then jsonb_agg(convert_from(e.leaf, 'UTF8')::jsonb) -> 0 end into told
    from journal.entry e
    where e.id = erasure and e.log_id = 1 and e.xid = pg_current_xact_id() and e.recorded_at >= now()
      and exists (select from journal.node_key k where k.key_id = e.node and k.revoked_at is null)
      and e.node = convert_from(e.leaf, 'UTF8')::jsonb ->> 'node' and e.node_sig <> decode(repeat('00', 64), 'hex');
  if told is null or (told ->> 'id') is distinct from erasure::text or (told ->> 'log') is distinct from 'actes'
    or (told ->> 'type' = any (kinds)) is not true or (told ->> 'r') is distinct from 'ok'
    or jsonb_typeof(told -> 'clear') is distinct from 'object'
    or (select count(*) from journal.entry e where e.id = erasure) <> 1
  then
    raise exception 'nothing is erased without the entry that tells it' using errcode = 'insufficient_privilege';
  end if;
  return told;
end $$;

-- What a job of retention says in clear, for one of these rules; never of a date to come.
create function journal.retention_told(erasure uuid, rules text[]) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  clear jsonb := journal.told_by(erasure, array['retention.applied']) -> 'clear';
begin
  if (clear ->> 'rule' = any (rules)) is not true or ((clear ->> 'before')::timestamptz <= clock_timestamp()) is not true then
    raise exception 'this entry tells another erasure, or one of a date to come'
      using errcode = 'check_violation', constraint = 'retention_is_of_the_past';
  end if;
  return clear;
end $$;

create function journal.refuse_untold(told text, erased text, what text) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  if told is distinct from erased then
    raise exception 'the entry tells of % %, % are erased', coalesce(told, 'no'), what, erased
      using errcode = 'check_violation', constraint = 'erasure_tells_the_truth';
  end if;
end $$;

-- The entries about the persons whose keys these are, of these mandates, and these.
create function journal.entries_about(keys uuid[], mandates uuid[], entries uuid[]) returns uuid[]
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(array_agg(distinct id), '{}') from (
    select i.id from journal.entry_index i join journal.subject_key k on k.subject_id = i.usager_id
      where k.id = any (keys) and k.subject_kind = 'usager'
    union all
    select i.id from journal.entry_index i where i.mandate_id = any (mandates)
    union all
    select unnest(entries)
  ) as found
$$;

-- The openings that an erasure is about: what is sealed with these keys, of the entries about the persons whose keys they are,
-- of these mandates, of these entries. Of an aidant's entries, only what is sealed with the aidant's key: the rest is somebody
-- else's. `field`: that name alone.
create function journal.openings_of(keys uuid[], mandates uuid[], entries uuid[], field text)
returns table (entry_id uuid, name text)
language sql stable set search_path = pg_catalog, pg_temp as $$
  select o.entry_id, o.name from journal.opening o
    where o.subject_key_id = any (keys) and (openings_of.field is null or o.name = openings_of.field)
  union
  select o.entry_id, o.name from journal.opening o
    where o.entry_id = any (journal.entries_about(keys, mandates, entries)) and (openings_of.field is null or o.name = openings_of.field)
$$;

-- The same, with those of which a value is sealed with these keys: whatever an erasure touches.
create function journal.entries_of(keys uuid[], mandates uuid[], entries uuid[]) returns uuid[]
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(array_agg(distinct id), '{}') from (
    select unnest(journal.entries_about(keys, mandates, entries)) as id
    union all
    select o.entry_id from journal.opening o where o.subject_key_id = any (keys)
  ) as found
$$;

-- Whether a hold forbids to erase this: the person, the mandate, or the month, and whatever entry is about one of them.
create function journal.is_held(usager uuid, mandate uuid, at timestamptz) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select exists (select from journal.hold h where h.lifted_at is null and (h.usager_id = usager or h.mandate_id = mandate
    or (at >= (h.first_month::timestamp at time zone 'UTC') and at < ((h.last_month + interval '1 month') at time zone 'UTC'))))
$$;

create function journal.refuse_held(keys uuid[], mandates uuid[], entries uuid[]) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if exists (select from journal.hold where lifted_at is null) and (
    exists (select from journal.subject_key k where k.id = any (keys) and journal.is_held(k.subject_id, null, null))
    or exists (select from unnest(mandates) as m (id) where journal.is_held(null, m.id, null))
    or exists (select from journal.entry_index i where i.id = any (entries)
      and journal.is_held(i.usager_id, i.mandate_id, i.recorded_at))
    -- an entry that the index does not know
    or exists (select from journal.entry e where e.id in (select unnest(entries) except select i.id from journal.entry_index i where i.id = any (entries))
      and journal.is_held(null, null, e.recorded_at)))
  then
    raise exception 'a legal hold forbids it' using errcode = 'check_violation', constraint = 'nothing_held_is_erased';
  end if;
end $$;

-- Removes openings, destroys keys, and takes persons out of the index. `field`: that name alone, of these entries.
create function journal.erase_rows(keys uuid[], mandates uuid[], entries uuid[], field text) returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  persons uuid[];
  removed integer;
begin
  select coalesce(array_agg(subject_id), '{}') into persons from journal.subject_key
    where id = any (keys) and subject_kind = 'usager';
  delete from journal.opening o using journal.openings_of(keys, mandates, entries, field) as gone
    where o.entry_id = gone.entry_id and o.name = gone.name;
  get diagnostics removed = row_count;
  update journal.entry_index i set usager_id = null
    where i.usager_id is not null and (i.usager_id = any (persons) or i.mandate_id = any (mandates));
  delete from journal.hold where lifted_at is not null and (usager_id = any (persons) or mandate_id = any (mandates));
  delete from journal.subject_key where id = any (keys);
  return removed;
end $$;

-- How many openings an erasure would remove, for the entry that tells it.
create function journal.count_openings(keys uuid[], mandates uuid[], entries uuid[], field text) returns integer
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select count(*)::integer from journal.openings_of(keys, mandates, entries, field)
$$;

-- Erases a field, persons, mandates' openings. `erasure` is the entry of this transaction that says so and counts the openings:
-- what kind of erasure it is, and what it may be about, is that entry's to say.
create function journal.erase(erasure uuid, keys uuid[], mandates uuid[], entries uuid[], field text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  told jsonb := journal.told_by(erasure, array['erasure.field', 'erasure.person', 'retention.applied']);
  clear jsonb := told -> 'clear';
  kind text := case told ->> 'type' when 'erasure.field' then 'field' when 'erasure.person' then 'person' else 'retention' end;
  is_told boolean;
begin
  if array_position(keys || mandates || entries, null) is not null then raise exception 'an id is missing'; end if;
  if kind = 'retention' then
    clear := journal.retention_told(erasure, array['mandate-file', 'federation-traces']);
    is_told := case clear ->> 'rule'
      when 'mandate-file' then cardinality(entries) = 0 and field is null and cardinality(mandates) = (clear ->> 'rows')::bigint
        and cardinality(keys) <= (clear ->> 'persons')::bigint
      else cardinality(keys) + cardinality(mandates) = 0 and field is not null end;
  elsif kind = 'field' then
    is_told := cardinality(keys) + cardinality(mandates) = 0 and array[clear ->> 'entry'] = entries::text[] and clear ->> 'field' = field;
  else
    is_told := cardinality(entries) = 0 and field is null and cardinality(keys) <= 1;
  end if;
  if is_told is not true then
    raise exception 'the entry tells another erasure' using errcode = 'check_violation', constraint = 'erasure_is_what_is_told';
  end if;
  if (select count(*) from journal.subject_key k where k.id = any (keys) and k.subject_kind in ('usager', 'aidant'))
    <> (select count(distinct id) from unnest(keys) as id)
  then
    raise exception 'only the keys of persons who are helped, and of those who help, are destroyed'
      using errcode = 'check_violation', constraint = 'only_keys_of_persons_are_destroyed';
  end if;
  perform journal.refuse_held(keys, mandates, journal.entries_of(keys, mandates, entries));
  perform journal.refuse_untold(clear ->> 'openings', journal.erase_rows(keys, mandates, entries, field)::text, 'openings');
  insert into journal.erasure (id, kind, ground, keys, mandates, entries, field, openings, erased_at)
    values (erasure, kind, case kind when 'retention' then 'retention' else clear ->> 'ground' end, erase.keys, erase.mandates,
      erase.entries, erase.field, (clear ->> 'openings')::integer, clock_timestamp());
end $$;

-- The entries of a log in a month that may go, with their places: sealed in that log, byte for byte. What a stranger wrote, even
-- under the id of another entry, was put aside and stays aside: it takes nothing with it.
create function journal.content_of(log smallint, month date, kept uuid[])
returns table (id uuid, recorded_at timestamptz, idx bigint)
language sql stable set search_path = pg_catalog, pg_temp as $$
  select e.id, e.recorded_at, l.idx from journal.entry e
  join journal.leaf l on l.entry_id = e.id and l.log_id = e.log_id and l.leaf_hash = sha256('\x00'::bytea || e.leaf)
  where e.log_id = content_of.log and e.id <> all (kept)
    and e.recorded_at >= (content_of.month::timestamp at time zone 'UTC')
    and e.recorded_at < ((content_of.month + interval '1 month') at time zone 'UTC')
    and not exists (select from journal.quarantine q where q.entry_id = e.id and q.recorded_at = e.recorded_at)
$$;

-- What an erasure of a month would take, for the entry that tells it.
create function journal.count_content(log smallint, month date, kept uuid[], out entries bigint, out openings bigint, out first bigint, out last bigint)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  with gone as materialized (select * from journal.content_of(log, month, kept)),
    there as (select i.id from journal.entry_index i join gone on gone.id = i.id where i.log_id = log)
  select count(*), (select count(*) from journal.opening o join there on there.id = o.entry_id), min(idx), max(idx) from gone
$$;

-- Removes the entries of one log in one month, their openings and their index: the rest of the month is written again in a
-- new partition, byte for byte, and the old one goes. Leaf hashes and tiles stay, for ever.
create function journal.drop_entries(log smallint, month date, kept uuid[], out entries bigint, out openings bigint, out indices int8multirange)
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  partition text := 'entry_' || to_char(month, 'YYYY_MM');
  others boolean;
begin
  entries := 0; openings := 0; indices := '{}';
  if to_regclass('journal.' || partition) is null then return; end if;
  with gone as materialized (select * from journal.content_of(log, month, kept)),
      index as (delete from journal.entry_index i using gone where i.id = gone.id and i.log_id = log returning i.id),
      opening as (delete from journal.opening o using index where o.entry_id = index.id returning 1)
    select (select count(*) from gone), (select count(*) from opening),
      (select coalesce(range_agg(int8range(idx, idx + 1)), '{}') from gone)
    into entries, openings, indices;
  if entries = 0 then return; end if;
  execute format('select (select count(*) from journal.%I) > $1', partition) into others using entries;
  if others then
    perform journal.make_partition(partition || '_next', month);
    execute format('insert into journal.%I select * from journal.%I e where not exists
        (select from journal.content_of($1, $2, $3) gone where gone.id = e.id and gone.recorded_at = e.recorded_at)',
      partition || '_next', partition) using log, month, kept;
  end if;
  -- from here to the end of the transaction, writers wait; not for long, or it is given up and done another time
  set local lock_timeout = '1500ms';
  execute format('alter table journal.entry detach partition journal.%I', partition);
  execute format('drop table journal.%I', partition);
  if others then
    execute format('alter table journal.%I rename to %I', partition || '_next', partition);
    perform journal.attach_partition(partition, month);
  end if;
end $$;

-- Why the entries of a log in a month may not go yet: not sealed, not covered by a published checkpoint, too recent, held.
create function journal.period_problem(log smallint, month date) returns text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  first timestamptz := month::timestamp at time zone 'UTC';
  last timestamptz := (month + interval '1 month') at time zone 'UTC';
  published bigint;
begin
  if month <> date_trunc('month', month) or last > clock_timestamp() then return 'not-over'; end if;
  if exists (select from journal.hold h where h.lifted_at is null and h.first_month <= month and h.last_month >= month) then return 'held'; end if;
  select coalesce(max(size), 0) into published from journal.publication where log_id = log;
  if exists (select from journal.entry e left join journal.leaf l
      on l.entry_id = e.id and l.log_id = log and l.leaf_hash = sha256('\x00'::bytea || e.leaf)
    where e.log_id = log and e.recorded_at >= first and e.recorded_at < last and coalesce(l.idx >= published, true)
      and not exists (select from journal.quarantine q where q.entry_id = e.id and q.recorded_at = e.recorded_at))
  then return 'not-covered'; end if;
  return null;
end $$;

create function journal.kept_entries(log smallint, month date) returns uuid[]
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select coalesce(array_agg(i.id), '{}') from journal.entry_index i where exists (select from journal.hold h where h.lifted_at is null
      and (h.usager_id = i.usager_id or h.mandate_id = i.mandate_id))
    and exists (select from journal.entry e where e.id = i.id and e.log_id = log
      and e.recorded_at >= (month::timestamp at time zone 'UTC') and e.recorded_at < ((month + interval '1 month') at time zone 'UTC'))
$$;

create function journal.erase_period(erasure uuid, log smallint, month date) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  told jsonb := journal.told_by(erasure, array['erasure.period']) -> 'clear';
  kept uuid[] := journal.kept_entries(log, month);
  problem text := journal.period_problem(log, month);
  gone record;
begin
  if problem is not null then
    raise exception 'this period is not erased: %', problem using errcode = 'check_violation',
      constraint = case problem when 'held' then 'nothing_held_is_erased' else 'period_is_over_and_covered' end;
  end if;
  gone := journal.drop_entries(log, month, kept);
  perform journal.refuse_untold(
    concat_ws(' ', told ->> 'log', told ->> 'month', coalesce(told ->> 'entries', '?'), coalesce(told ->> 'openings', '?'),
      coalesce(told ->> 'first', '?'), coalesce(told ->> 'last', '?')),
    concat_ws(' ', (array['actes', 'acces'])[log], to_char(month, 'YYYY-MM'), gone.entries, gone.openings,
      coalesce(lower(gone.indices)::text, '?'), coalesce((upper(gone.indices) - 1)::text, '?')), '(log, month, entries, openings, places)');
  insert into journal.erasure (id, kind, ground, log_id, month, kept, indices, openings, erased_at)
    values (erasure, 'period', told ->> 'ground', log, erase_period.month, kept, gone.indices, gone.openings, clock_timestamp());
end $$;

-- Lifts a hold: true when it stood. `telling` is the entry of this transaction that says so. The site lifts those that a
-- complaint placed, and no other.
create function journal.lift_hold(hold uuid, telling uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  told jsonb := journal.told_by(telling, array['hold.lifted']) -> 'clear';
begin
  perform journal.refuse_untold(told ->> 'hold', lift_hold.hold::text, '(hold)');
  update journal.hold h set lifted_at = clock_timestamp(), lifted_by = telling
    where h.id = lift_hold.hold and h.lifted_at is null and (h.ground = 'complaint' or session_user <> 'entremise_app');
  return found;
end $$;

-- Applies again one line of the list of erasures to a database restored from before: same rows. The list is a file, and says
-- what it says: whoever owns the tables alone may apply it, and what it asks for is looked at as the first time. A hold that came
-- back with the backup is respected: it is lifted first, by name.
create function journal.erase_again(replay uuid, line jsonb, out openings bigint, out entries bigint)
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  erased journal.erasure;
  published bigint;
  held boolean;
begin
  perform journal.told_by(replay, array['erasure.replayed']);
  erased := jsonb_populate_record(null::journal.erasure, line);
  erased.xid := pg_current_xact_id();
  entries := 0;
  if erased.kind = 'period' then
    erased.kept := array(select distinct unnest(erased.kept || journal.kept_entries(erased.log_id, erased.month)));
    if (erased.month = date_trunc('month', erased.month) and (erased.month + interval '1 month') at time zone 'UTC' <= now()) is not true
      or exists (select from journal.entry e where e.id = replay and date_trunc('month', e.recorded_at at time zone 'UTC') = erased.month)
    then
      raise exception 'the month % is not over', erased.month using errcode = 'check_violation', constraint = 'period_is_over_and_covered';
    end if;
    select coalesce(max(size), 0) into published from journal.publication where log_id = erased.log_id;
    if exists (select from journal.content_of(erased.log_id, erased.month, erased.kept) c
      where c.idx >= published and not coalesce(erased.indices @> c.idx, false))
    then
      raise exception 'entries of % are neither in the list nor covered by what was published', erased.month
        using errcode = 'check_violation', constraint = 'period_is_over_and_covered';
    end if;
    held := exists (select from journal.hold h where h.lifted_at is null and h.first_month <= erased.month and h.last_month >= erased.month)
      and exists (select from journal.content_of(erased.log_id, erased.month, erased.kept));
    if held then
      raise exception 'a legal hold forbids it' using errcode = 'check_violation', constraint = 'nothing_held_is_erased';
    end if;
    select d.openings, d.entries into openings, entries from journal.drop_entries(erased.log_id, erased.month, erased.kept) d;
  else
    -- what is gone already is nobody's to hold
    if exists (select from journal.openings_of(erased.keys, erased.mandates, erased.entries, erased.field))
      or exists (select from journal.subject_key k where k.id = any (erased.keys))
      or exists (select from public.mandate m where m.id = any (erased.mandates))
    then
      perform journal.refuse_held(erased.keys, erased.mandates, journal.entries_of(erased.keys, erased.mandates, erased.entries));
    end if;
    if exists (select from journal.subject_key k where k.id = any (erased.keys) and k.subject_kind not in ('usager', 'aidant')) then
      raise exception 'only the keys of persons who are helped, and of those who help, are destroyed'
        using errcode = 'check_violation', constraint = 'only_keys_of_persons_are_destroyed';
    end if;
    openings := journal.erase_rows(erased.keys, erased.mandates, erased.entries, erased.field);
  end if;
  -- the list stays as it was first written
  erased.kept := (jsonb_populate_record(null::journal.erasure, line)).kept;
  insert into journal.erasure select erased.* on conflict (id) do nothing;
end $$;

-- The rows of other folders that the same erasure removes. Listed first, in this transaction, by `journal.erase`.
alter table mandate add column archived_at timestamptz(3);
alter table mandate add constraint mandate_is_archived_once_ended check (archived_at is null or ended_at is not null);
drop index mandate_by_name;
create index mandate_by_name on mandate (organisation_id, usager_search_name, usager_id) include (ends_at, ended_at, end_cause)
  where archived_at is null;
create index mandate_ended on mandate (ended_at, id) where ended_at is not null;
create index use_by_date on use (chosen_at, id);
create index mandate_draft_by_mandate on mandate_draft (mandate_id) where mandate_id is not null;

alter table consent_evidence add column tokens_erased_at timestamptz(3);
create index consent_evidence_with_tokens on consent_evidence (created_at, mandate_id) where tokens_erased_at is null;
grant select on consent_evidence to entremise_worker;

-- Removes the files of mandates that are listed under an erasure, and the persons whose key it destroyed.
create function remove_mandate_files(listed uuid[], persons uuid[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  drafts uuid[];
begin
  if exists (select from journal.subject_key where subject_kind = 'usager' and subject_id = any (persons)) then
    raise exception 'the key of a person is still there' using errcode = 'insufficient_privilege';
  end if;
  select coalesce(array_agg(draft_id), '{}') into drafts from public.mandate where id = any (listed);
  delete from public.complaint where mandate_id = any (listed);
  update public.unmasking set mandate_id = null where mandate_id = any (listed);
  delete from public.consent_evidence where mandate_id = any (listed);
  delete from public.use where mandate_id = any (listed);
  delete from public.authorisation where mandate_id = any (listed);
  update public.mandate_draft set mandate_id = null, closed_at = null, closed_cause = null where mandate_id = any (listed);
  delete from public.mandate where id = any (listed);
  delete from public.mandate_draft where id = any (drafts);
  delete from public.unmasking where usager_id = any (persons);
  update public.mandate_draft set usager_id = null where usager_id = any (persons);
  delete from public.client_subject where kind = 'usager' and person_id = any (persons);
  delete from public.usager where id = any (persons);
end $$;

-- Those that this transaction listed. A mandate that is still open, held, or that an open complaint is about, is refused.
create function erase_mandate_files(erasure uuid, persons uuid[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  listed uuid[];
begin
  select mandates into listed from journal.erasure e where e.id = erasure and e.xid = pg_current_xact_id();
  if listed is null then
    raise exception 'these mandates are not on the list of erasures' using errcode = 'insufficient_privilege';
  end if;
  if exists (select from public.mandate where id = any (listed) and ended_at is null) then
    raise exception 'an open mandate is not erased' using errcode = 'check_violation', constraint = 'erased_mandate_is_ended';
  end if;
  if exists (select from public.complaint where mandate_id = any (listed) and closed_at is null) then
    raise exception 'a complaint about it waits for its answer' using errcode = 'check_violation', constraint = 'nothing_held_is_erased';
  end if;
  if exists (select from public.mandate m where m.id = any (listed) and journal.is_held(m.usager_id, m.id, null))
    or exists (select from unnest(persons) as p (id) where journal.is_held(p.id, null, null))
  then
    raise exception 'a legal hold forbids it' using errcode = 'check_violation', constraint = 'nothing_held_is_erased';
  end if;
  perform public.remove_mandate_files(listed, persons);
end $$;

-- Those that a list of erasures names, once it is applied again: whatever state the backup had them in. Holds were looked at then.
create function erase_mandate_files_again(replay uuid, erasure uuid, persons uuid[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  listed uuid[];
begin
  perform journal.told_by(replay, array['erasure.replayed']);
  select mandates into listed from journal.erasure e where e.id = erasure;
  if listed is null then
    raise exception 'these mandates are not on the list of erasures' using errcode = 'insufficient_privilege';
  end if;
  perform public.remove_mandate_files(listed, persons);
end $$;

create function refuse_held_mandates(mandates uuid[]) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if exists (select from public.mandate m where m.id = any (mandates) and journal.is_held(m.usager_id, m.id, null)) then
    raise exception 'a legal hold forbids it' using errcode = 'check_violation', constraint = 'nothing_held_is_erased';
  end if;
end $$;

-- Removes uses older than a date; the entry of this transaction that tells it counts them.
create function erase_uses(erasure uuid, uses uuid[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  told jsonb := journal.retention_told(erasure, array['federation-traces']);
  removed integer;
begin
  perform public.refuse_held_mandates(array(select mandate_id from public.use where id = any (uses)));
  delete from public.use where id = any (uses) and chosen_at < (told ->> 'before')::timestamptz;
  get diagnostics removed = row_count;
  perform journal.refuse_untold(told ->> 'rows', removed::text, 'uses');
end $$;

-- Writes evidence again without the tokens of FranceConnect, once for each mandate; `sealed` goes with `mandates`, in order.
create function erase_tokens(erasure uuid, mandates uuid[], sealed bytea[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  told jsonb := journal.retention_told(erasure, array['federation-traces']);
  changed integer;
begin
  perform public.refuse_held_mandates(mandates);
  update public.consent_evidence c set sealed = again.sealed, tokens_erased_at = clock_timestamp()
    from unnest(mandates, erase_tokens.sealed) as again (mandate_id, sealed)
    where c.mandate_id = again.mandate_id and c.tokens_erased_at is null and c.created_at < (told ->> 'before')::timestamptz;
  get diagnostics changed = row_count;
  perform journal.refuse_untold(told ->> 'rows', changed::text, 'pieces of evidence');
end $$;

revoke all on function journal.make_partition, journal.attach_partition, journal.told_by, journal.retention_told, journal.refuse_untold,
  journal.entries_about, journal.entries_of, journal.openings_of, journal.is_held, journal.refuse_held, journal.erase_rows,
  journal.count_openings, journal.erase, journal.content_of, journal.count_content, journal.drop_entries, journal.period_problem,
  journal.kept_entries, journal.erase_period, journal.lift_hold, journal.erase_again, remove_mandate_files, erase_mandate_files,
  erase_mandate_files_again, refuse_held_mandates, erase_uses, erase_tokens from public;
-- The worker alone, for its jobs and for the commands of whoever runs the service: the site erases nothing. Nor does either
-- apply a list of erasures again: a file would say what goes. That is for the owner of the tables, once, after a restore.
grant execute on function journal.count_openings, journal.erase, journal.count_content, journal.period_problem, journal.kept_entries,
  journal.erase_period, journal.lift_hold, erase_mandate_files, erase_uses, erase_tokens to entremise_worker;
-- A complaint that is received holds what it is about, in its own transaction; answered, it lets go.
grant execute on function journal.lift_hold to entremise_app;
grant select, insert (id, usager_id, mandate_id, first_month, last_month, ground, placed_at) on journal.hold to entremise_app, entremise_worker;
grant select on journal.hold to entremise_reader;
grant select on journal.erasure to entremise_app, entremise_worker, entremise_reader;

-- Column by column: what a mandate said when it was concluded, whose it is and its term are nobody's to change.
revoke update on mandate, authorisation from entremise_app, entremise_worker;
grant update (entry_count, suspended_at, ended_at, end_cause, end_known_at, end_channel, ended_by_aidant_id, stop_code_sealed, stop_code_printed_at,
  paper, paper_reason, paper_note, paper_recorded_at, usager_search_name) on mandate to entremise_app;
grant update (entry_count, ended_at, end_cause, end_known_at, end_channel, archived_at) on mandate to entremise_worker;
grant update (ended_at, end_cause, ended_by_aidant_id) on authorisation to entremise_app;
grant update (ended_at, end_cause) on authorisation to entremise_worker;
