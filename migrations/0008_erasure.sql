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

-- What the entry of an erasure says in clear, when this very transaction wrote it; an error otherwise.
create function journal.told_by(erasure uuid, kinds text[]) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  leaf jsonb;
begin
  select convert_from(e.leaf, 'UTF8')::jsonb into leaf from journal.entry e
    where e.id = erasure and e.xid = pg_current_xact_id() and e.recorded_at >= now();
  if leaf is null or leaf ->> 'type' <> all (kinds) then
    raise exception 'nothing is erased without the entry that tells it' using errcode = 'insufficient_privilege';
  end if;
  return leaf -> 'clear';
end $$;

-- The entries that an erasure is about: of the persons whose keys these are, of these mandates, and these.
create function journal.entries_of(keys uuid[], mandates uuid[], entries uuid[]) returns uuid[]
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(array_agg(distinct id), '{}') from (
    select i.id from journal.entry_index i join journal.subject_key k on k.subject_id = i.usager_id
      where k.id = any (keys) and k.subject_kind = 'usager'
    union all
    select i.id from journal.entry_index i join journal.subject_key k on k.subject_id = i.aidant_id
      where k.id = any (keys) and k.subject_kind = 'aidant'
        and exists (select from journal.opening o where o.entry_id = i.id and o.subject_key_id = k.id)
    union all
    select i.id from journal.entry_index i where i.mandate_id = any (mandates)
    union all
    select unnest(entries)
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
      and journal.is_held(i.usager_id, i.mandate_id, i.recorded_at)))
  then
    raise exception 'a legal hold forbids it' using errcode = 'check_violation', constraint = 'nothing_held_is_erased';
  end if;
end $$;

-- Removes openings, destroys keys, and takes persons out of the index. `field`: that name alone, of these entries.
create function journal.erase_rows(keys uuid[], mandates uuid[], entries uuid[], field text) returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  affected uuid[] := journal.entries_of(keys, mandates, entries);
  persons uuid[];
  removed integer;
begin
  select coalesce(array_agg(subject_id), '{}') into persons from journal.subject_key
    where id = any (keys) and subject_kind = 'usager';
  -- of an aidant's entries, only what is sealed with the aidant's key: the rest is somebody else's
  delete from journal.opening o using journal.entry_index i
    where i.id = o.entry_id and o.entry_id = any (affected) and (erase_rows.field is null or o.name = erase_rows.field)
      and (o.subject_key_id = any (keys) or i.usager_id = any (persons) or i.mandate_id = any (mandates) or i.id = any (entries));
  get diagnostics removed = row_count;
  update journal.entry_index i set usager_id = null
    where i.id = any (affected) and i.usager_id is not null and (i.usager_id = any (persons) or i.mandate_id = any (mandates));
  delete from journal.hold where lifted_at is not null and (usager_id = any (persons) or mandate_id = any (mandates));
  delete from journal.subject_key where id = any (keys);
  return removed;
end $$;

-- How many openings an erasure would remove, for the entry that tells it.
create function journal.count_openings(keys uuid[], mandates uuid[], entries uuid[], field text) returns integer
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select count(*)::integer from journal.opening o join journal.entry_index i on i.id = o.entry_id
  where o.entry_id = any (journal.entries_of(keys, mandates, entries)) and (count_openings.field is null or o.name = count_openings.field)
    and (o.subject_key_id = any (keys) or i.mandate_id = any (mandates) or i.id = any (entries)
      or i.usager_id in (select subject_id from journal.subject_key where id = any (keys) and subject_kind = 'usager'))
$$;

-- Erases a field, persons, mandates' openings. `erasure` is the entry of this transaction that says so and counts the openings.
create function journal.erase(erasure uuid, keys uuid[], mandates uuid[], entries uuid[], field text, at timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  told jsonb := journal.told_by(erasure, array['erasure.field', 'erasure.person', 'retention.applied']);
  kind text;
  removed integer;
begin
  select split_part(i.kind, '.', 1) into kind from journal.entry_index i where i.id = erasure;
  kind := case when kind = 'retention' then 'retention' when field is not null then 'field' else 'person' end;
  perform journal.refuse_held(keys, mandates, journal.entries_of(keys, mandates, entries));
  removed := journal.erase_rows(keys, mandates, entries, field);
  if (told ->> 'openings')::integer <> removed then
    raise exception 'the entry tells of % openings, % are erased', told ->> 'openings', removed
      using errcode = 'check_violation', constraint = 'erasure_tells_the_truth';
  end if;
  insert into journal.erasure (id, kind, ground, keys, mandates, entries, field, openings, erased_at)
    values (erasure, kind, coalesce(told ->> 'ground', 'retention'), erase.keys, erase.mandates, erase.entries, erase.field, removed, at);
end $$;

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
  execute format('with gone as (select id from journal.%I where log_id = $1 and id <> all ($2)),
      opening as (delete from journal.opening using gone where entry_id = gone.id returning 1),
      index as (delete from journal.entry_index i using gone where i.id = gone.id)
    select (select count(*) from gone), (select count(*) from opening),
      (select coalesce(range_agg(int8range(l.idx, l.idx + 1)), ''{}'') from journal.leaf l join gone on gone.id = l.entry_id)', partition)
    into entries, openings, indices using log, kept;
  if entries = 0 then return; end if;
  execute format('select exists (select from journal.%I where log_id <> $1 or id = any ($2))', partition) into others using log, kept;
  if others then
    perform journal.make_partition(partition || '_next', month);
    execute format('insert into journal.%I select * from journal.%I where log_id <> $1 or id = any ($2)', partition || '_next', partition)
      using log, kept;
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

-- Why the entries of a log in a month may not go yet: not sealed, not covered by a published checkpoint, too recent.
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
  if exists (select from journal.entry e left join journal.leaf l on l.entry_id = e.id
    where e.log_id = log and e.recorded_at >= first and e.recorded_at < last and coalesce(l.idx >= published, true)
      and not exists (select from journal.quarantine q where q.entry_id = e.id))
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

create function journal.erase_period(erasure uuid, log smallint, month date, at timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  told jsonb := journal.told_by(erasure, array['erasure.period']);
  kept uuid[] := journal.kept_entries(log, month);
  problem text := journal.period_problem(log, month);
  gone record;
begin
  if problem is not null then
    raise exception 'this period is not erased: %', problem using errcode = 'check_violation',
      constraint = case problem when 'held' then 'nothing_held_is_erased' else 'period_is_over_and_covered' end;
  end if;
  gone := journal.drop_entries(log, month, kept);
  if (told ->> 'openings')::bigint <> gone.openings or (told ->> 'entries')::bigint <> gone.entries
    or told ->> 'month' <> to_char(month, 'YYYY-MM') or told ->> 'log' <> (array['actes', 'acces'])[log]
  then
    raise exception 'the entry tells another erasure: % entries, % openings', gone.entries, gone.openings
      using errcode = 'check_violation', constraint = 'erasure_tells_the_truth';
  end if;
  insert into journal.erasure (id, kind, ground, log_id, month, kept, indices, openings, erased_at)
    values (erasure, 'period', told ->> 'ground', log, erase_period.month, kept, gone.indices, gone.openings, at);
end $$;

-- Applies again one line of the list of erasures to a database restored from before: same rows, whatever holds came back.
create function journal.erase_again(replay uuid, line jsonb, out openings bigint, out entries bigint)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  erased journal.erasure;
begin
  perform journal.told_by(replay, array['erasure.replayed']);
  erased := jsonb_populate_record(null::journal.erasure, line);
  erased.xid := pg_current_xact_id();
  entries := 0;
  if erased.kind = 'period' then
    select d.openings, d.entries into openings, entries from journal.drop_entries(erased.log_id, erased.month, erased.kept) d;
  else
    openings := journal.erase_rows(erased.keys, erased.mandates, erased.entries, erased.field);
  end if;
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
grant update (sealed, tokens_erased_at) on consent_evidence to entremise_worker;
grant select on consent_evidence to entremise_worker;

-- Removes the files of the mandates that this transaction listed, and the persons whose key it destroyed. A mandate that is
-- still open, or that an open complaint is about, is refused; not when a list of erasures is applied again: it was erased.
create function erase_mandate_files(erasure uuid, persons uuid[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  again boolean;
  listed uuid[];
  drafts uuid[];
begin
  again := exists (select from journal.entry_index i join journal.entry e on e.id = i.id
    where i.kind = 'erasure.replayed' and i.recorded_at >= now() and e.xid = pg_current_xact_id() and e.recorded_at >= now());
  select mandates into listed from journal.erasure e where e.id = erasure and (again or e.xid = pg_current_xact_id());
  if listed is null then
    raise exception 'these mandates are not on the list of erasures' using errcode = 'insufficient_privilege';
  end if;
  if not again and exists (select from public.mandate where id = any (listed) and ended_at is null) then
    raise exception 'an open mandate is not erased' using errcode = 'check_violation', constraint = 'erased_mandate_is_ended';
  end if;
  if not again and exists (select from public.complaint where mandate_id = any (listed) and closed_at is null) then
    raise exception 'a complaint about it waits for its answer' using errcode = 'check_violation', constraint = 'nothing_held_is_erased';
  end if;
  if exists (select from journal.subject_key where subject_kind = 'usager' and subject_id = any (persons)) then
    raise exception 'the key of a person is still there' using errcode = 'insufficient_privilege';
  end if;
  select coalesce(array_agg(draft_id), '{}') into drafts from public.mandate where id = any (listed);
  delete from public.complaint where mandate_id = any (listed) and (again or closed_at is not null);
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

-- Removes uses older than a date; the entry of this transaction that tells it counts them.
create function erase_uses(erasure uuid, uses uuid[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  told jsonb := journal.told_by(erasure, array['retention.applied']);
  removed integer;
begin
  delete from public.use where id = any (uses) and chosen_at < (told ->> 'before')::timestamptz;
  get diagnostics removed = row_count;
  if (told ->> 'rows')::integer <> removed then
    raise exception 'the entry tells of % uses, % are erased', told ->> 'rows', removed
      using errcode = 'check_violation', constraint = 'erasure_tells_the_truth';
  end if;
end $$;

revoke all on function journal.make_partition, journal.attach_partition, journal.told_by, journal.entries_of, journal.is_held,
  journal.refuse_held, journal.erase_rows, journal.count_openings, journal.erase, journal.drop_entries, journal.period_problem,
  journal.kept_entries, journal.erase_period, journal.erase_again, erase_mandate_files, erase_uses from public;
-- The worker alone, for its jobs and for the commands of whoever runs the service: the site erases nothing.
grant execute on function journal.count_openings, journal.erase, journal.period_problem, journal.kept_entries, journal.erase_period,
  journal.erase_again, erase_mandate_files, erase_uses to entremise_worker;
-- A complaint that is received holds what it is about, in its own transaction.
grant select, insert, update (lifted_at) on journal.hold to entremise_app, entremise_worker;
grant select on journal.hold to entremise_reader;
grant select on journal.erasure to entremise_app, entremise_worker, entremise_reader;
