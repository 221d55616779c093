-- What auditors closed (requests of identity, complaints, cases, alerts) and their closed accounts counted from columns that the site
-- writes. They are written once from now on, each row says which transaction did it, and the term counts from the `recorded_at`,
-- which no role gives, of the sealed entry that the same transaction wrote and that names the thing.

alter table unmasking add column closing_xid xid8;
alter table complaint add column closing_xid xid8;
alter table audit_case add column closing_xid xid8;
alter table alert add column closing_xid xid8;
alter table auditor add column closing_xid xid8;

-- As closed until now: the transaction of the last entry that says so, if nobody put it aside. Bytes that do not read, which nobody
-- of ours wrote, say nothing.
create function journal.member_of(leaf bytea, member text) returns text language plpgsql as $$
begin
  return convert_from(leaf, 'UTF8')::jsonb -> 'clear' ->> member;
exception when others then
  return null;
end $$;
create function journal.closings(kinds text[], member text, says text) returns table (object text, xid xid8) language sql as $$
  select journal.member_of(e.leaf, member), (array_agg(e.xid order by e.recorded_at desc))[1]
  from journal.entry_index i
  join journal.entry e on e.id = i.id and e.log_id = i.log_id
    and e.recorded_at between i.recorded_at - interval '1 day' and i.recorded_at + interval '1 day'
  left join journal.leaf l on l.entry_id = e.id
  where i.kind = any (kinds) and i.log_id = 1 and position(convert_to(says, 'UTF8') in e.leaf) > 0
    and (l.entry_id is null or l.leaf_hash = sha256('\x00'::bytea || e.leaf))
    and not exists (select from journal.quarantine q where q.entry_id = e.id and q.recorded_at = e.recorded_at)
  group by 1
$$;
update unmasking t set closing_xid = c.xid from journal.closings(array['unmasking.granted', 'unmasking.refused'], 'unmasking', '') c
  where c.object = t.id::text and t.answered_at is not null;
update complaint t set closing_xid = c.xid from journal.closings(array['complaint.closed'], 'complaint', '') c
  where c.object = t.id::text and t.closed_at is not null;
update audit_case t set closing_xid = c.xid from journal.closings(array['case.decided'], 'case', '') c
  where c.object = t.id::text and t.decided_at is not null;
update alert t set closing_xid = c.xid from journal.closings(array['alert.decided'], 'alert', '') c
  where c.object = t.id::text and t.decided_at is not null;
update auditor t set closing_xid = c.xid from journal.closings(array['auditor.changed'], 'auditor', '"change":"deactivated"') c
  where c.object = t.id::text and t.closed_at is not null;
drop function journal.closings, journal.member_of;

-- The arguments are the dates of the closing, the first of which says whether there was one. Once there, none of them changes; an
-- account alone may be opened again. Whatever a role gives as `closing_xid` counts for nothing.
create function mark_closing() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  was jsonb := case when tg_op = 'UPDATE' then to_jsonb(old) else '{}' end;
  becomes jsonb := to_jsonb(new);
  is_closed boolean := becomes ->> tg_argv[0] is not null;
  name text;
begin
  if was ->> tg_argv[0] is null then
    new.closing_xid := case when is_closed then pg_current_xact_id() end;
    return new;
  end if;
  if tg_relid = 'public.auditor'::regclass and not is_closed then
    new.closing_xid := null;
    return new;
  end if;
  new.closing_xid := old.closing_xid;
  foreach name in array tg_argv loop
    if becomes -> name is distinct from was -> name then
      raise exception 'when it was closed is written once: % of %', name, tg_relid::regclass
        using errcode = 'check_violation', constraint = 'closing_is_written_once';
    end if;
  end loop;
  return new;
end $$;
create trigger closing_is_marked before insert or update on unmasking
  for each row execute function mark_closing('answered_at', 'open_until');
create trigger closing_is_marked before insert or update on complaint for each row execute function mark_closing('closed_at');
create trigger closing_is_marked before insert or update on audit_case for each row execute function mark_closing('decided_at');
create trigger closing_is_marked before insert or update on alert for each row execute function mark_closing('decided_at');
create trigger closing_is_marked before insert or update on auditor for each row execute function mark_closing('closed_at');

-- When the journal recorded the closing of a thing: the sealed entry, of one of these kinds, that the transaction which closed it
-- wrote, and whose leaf has these members. Bytes are compared, not read (as `mandate_ended_before` says); the index, in which
-- anybody who has a password may plant rows, is not asked; of rows that have the same bytes under one id, the first is the one that
-- was sealed. Infinity as long as it waits for its place: it may be anybody's. Of what went with its month since, the table's date
-- is all that is left: nobody can have changed it. Null when nothing tells it.
create function closing_told_at(closing xid8, kinds text[], members text[], closed timestamptz) returns timestamptz
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce((
    select max(case when l.entry_id is null then 'infinity' else e.recorded_at end)
      -- a transaction that closes something writes a few entries: one with thousands slows nothing down
      from (select x.id, x.leaf, x.recorded_at from journal.entry x where x.log_id = 1 and x.xid = closing limit 10000) as e
      left join journal.leaf l on l.entry_id = e.id
      where (l.entry_id is null or l.log_id = 1 and l.leaf_hash = sha256('\x00'::bytea || e.leaf))
        and exists (select from unnest(kinds) as kind (name)
          where position(convert_to('"type":"' || kind.name || '"', 'UTF8') in e.leaf) > 0)
        and not exists (select from unnest(members) as member (text) where position(convert_to(member.text, 'UTF8') in e.leaf) = 0)
        and not exists (select from journal.entry first
          where first.id = e.id and first.recorded_at < e.recorded_at and first.leaf = e.leaf)
        and not exists (select from journal.quarantine q where q.entry_id = e.id and q.recorded_at = e.recorded_at)
  ), (
    select closed from journal.erasure x where x.kind = 'period' and x.log_id = 1 and (closing is null or x.xid > closing)
      and x.month = date_trunc('month', closed at time zone 'UTC') limit 1
  ))
$$;

create function told_at(u unmasking) returns timestamptz language sql stable set search_path = pg_catalog, pg_temp as $$
  select public.closing_told_at(u.closing_xid, array['unmasking.granted', 'unmasking.refused'], array['"unmasking":"' || u.id || '"'], u.answered_at)
$$;
create function told_at(c complaint) returns timestamptz language sql stable set search_path = pg_catalog, pg_temp as $$
  select public.closing_told_at(c.closing_xid, array['complaint.closed'], array['"complaint":"' || c.id || '"'], c.closed_at)
$$;
create function told_at(c audit_case) returns timestamptz language sql stable set search_path = pg_catalog, pg_temp as $$
  select public.closing_told_at(c.closing_xid, array['case.decided'], array['"case":"' || c.id || '"'], c.decided_at)
$$;
create function told_at(a alert) returns timestamptz language sql stable set search_path = pg_catalog, pg_temp as $$
  select public.closing_told_at(a.closing_xid, array['alert.decided'], array['"alert":"' || a.id || '"'], a.decided_at)
$$;
create function told_at(a auditor) returns timestamptz language sql stable set search_path = pg_catalog, pg_temp as $$
  select public.closing_told_at(a.closing_xid, array['auditor.changed'], array['"auditor":"' || a.id || '"', '"change":"deactivated"'], a.closed_at)
$$;

-- As 0014 says; and what was closed was so before that instant as the journal tells it too. An answer that nothing tells counts from
-- when the request lapsed, a decision about an alert that nothing tells is none; nothing else goes without it.
create or replace function audit_at_term(rule text, before timestamptz) returns setof uuid
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select u.id from public.unmasking u
    where audit_at_term.rule = 'audit-identities' and coalesce(u.open_until, u.answered_at, u.lapses_at) < before
      and (u.lapses_at < before or public.told_at(u) < before)
      and not journal.is_held(u.usager_id, u.mandate_id, null)
  union all
  select c.id from public.complaint c
    where audit_at_term.rule = 'audit-complaints' and c.closed_at < before and public.told_at(c) < before
      and not journal.is_held(c.usager_id, c.mandate_id, null)
      and not exists (select from public.audit_case a where a.complaint_id = c.id and coalesce(public.told_at(a), 'infinity') = 'infinity')
  union all
  select c.id from public.audit_case c left join public.mandate m on m.id = c.mandate_id
    where audit_at_term.rule = 'audit-cases' and c.decided_at < before and public.told_at(c) < before
      and not journal.is_held(m.usager_id, m.id, null)
      and not journal.any_held(array(select e.entry_id from public.audit_case_entry e where e.case_id = c.id))
  union all
  select a.id from public.alert a
    where (audit_at_term.rule = 'audit-alerts' and a.decided_at < before and public.told_at(a) < before
        or audit_at_term.rule = 'audit-alerts-undecided' and a.raised_at < before
          and (a.decided_at is null or public.told_at(a) is null))
      and not journal.any_held(array(select e.entry_id from public.alert_entry e where e.alert_id = a.id))
  union all
  select s.id from public.audit_sample s
    where audit_at_term.rule = 'audit-samples' and s.drawn_at < before and not journal.any_held(s.entry_ids)
  union all
  select a.id from public.auditor a
    where audit_at_term.rule = 'auditor-accounts' and a.closed_at < before and public.told_at(a) < before
      and not exists (select from public.unmasking where a.id in (asked_by, answered_by))
      and not exists (select from public.complaint where auditor_id = a.id)
      and not exists (select from public.audit_case where a.id in (owner_id, decided_by))
      and not exists (select from public.audit_case_share where auditor_id = a.id)
      and not exists (select from public.audit_case_entry where added_by = a.id)
      and not exists (select from public.audit_case_note where author_id = a.id)
      and not exists (select from public.audit_case_export where exported_by = a.id)
      and not exists (select from public.audit_sample where drawn_by = a.id)
      and not exists (select from public.alert where decided_by = a.id)
$$;

-- As 0019 says; and a complaint or a case about it that nobody closed but a password waits still: the site lifts the hold of one when
-- the table has the other closed.
create or replace function erase_mandate_files(erasure uuid, persons uuid[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  listed uuid[];
  kind text;
  before timestamptz;
begin
  select e.mandates, e.kind into listed, kind from journal.erasure e where e.id = erasure and e.xid = pg_current_xact_id();
  if listed is null then
    raise exception 'these mandates are not on the list of erasures' using errcode = 'insufficient_privilege';
  end if;
  if kind = 'retention' then
    before := (journal.retention_told(erasure, array['mandate-file']) ->> 'before')::timestamptz;
    if exists (select from public.mandate m where m.id = any (listed) and public.mandate_ended_before(m.id, before) is not true) then
      raise exception 'a mandate is not at its term' using errcode = 'check_violation', constraint = 'erased_mandate_is_at_its_term';
    end if;
  end if;
  if exists (select from public.mandate where id = any (listed) and ended_at is null) then
    raise exception 'an open mandate is not erased' using errcode = 'check_violation', constraint = 'erased_mandate_is_ended';
  end if;
  if exists (select from public.complaint c where c.mandate_id = any (listed) and coalesce(public.told_at(c), 'infinity') = 'infinity') then
    raise exception 'a complaint about it waits for its answer' using errcode = 'check_violation', constraint = 'nothing_held_is_erased';
  end if;
  if exists (select from public.audit_case c where c.mandate_id = any (listed) and c.decided_at is not null
    and coalesce(public.told_at(c), 'infinity') = 'infinity')
  then
    raise exception 'nothing tells what was decided of a case about it' using errcode = 'check_violation', constraint = 'nothing_held_is_erased';
  end if;
  if exists (select from public.mandate m where m.id = any (listed) and journal.is_held(m.usager_id, m.id, null))
    or exists (select from unnest(persons) as p (id) where journal.is_held(p.id, null, null))
  then
    raise exception 'a legal hold forbids it' using errcode = 'check_violation', constraint = 'nothing_held_is_erased';
  end if;
  perform public.remove_mandate_files(listed, persons);
end $$;

-- The ends of a mandate, by its alias: an entry that was put back after a restore has it still, and not the mandate.
create index entry_index_of_ends on journal.entry_index (mandate_alias) where kind = 'mandate.ended';

-- As 0019 says, by alias; and no more of its rows than a hundred are looked at: a mandate ends once, or a few times after restores, and
-- rows planted under its alias must not slow the others down. With more, it counts from `ends_at`.
create or replace function mandate_ended_before(mandate uuid, instant timestamptz) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select m.ended_at < instant and (m.ends_at < instant or coalesce((
    select max(i.recorded_at) < instant
      from (
        select few.*, count(*) over () as many from (
          select x.id, x.log_id, x.recorded_at from journal.entry_index x
          where x.mandate_alias = m.journal_alias::text and x.kind = 'mandate.ended' limit 101
        ) as few
      ) as i
      join journal.leaf l on l.entry_id = i.id and l.log_id = i.log_id
      cross join lateral (
        select e.leaf from journal.entry e
        where e.id = i.id and e.log_id = i.log_id and l.leaf_hash = sha256('\x00'::bytea || e.leaf)
          and e.recorded_at between i.recorded_at - interval '1 day' and i.recorded_at + interval '1 day'
        limit 1
      ) as sealed
      where i.many <= 100
        and position(convert_to('"type":"mandate.ended"', 'UTF8') in sealed.leaf) > 0
        and position(convert_to('"m":"' || m.journal_alias || '"', 'UTF8') in sealed.leaf) > 0
  ), false)) is true
  from public.mandate m where m.id = mandate_ended_before.mandate
$$;

revoke all on function mark_closing, closing_told_at, told_at(unmasking), told_at(complaint), told_at(audit_case), told_at(alert),
  told_at(auditor) from public;
