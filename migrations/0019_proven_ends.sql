-- `ended_at` is written by the site and the worker, so an end can be set back to its beginning (0018). `recorded_at` is nobody's to
-- give, and no role may change `ends_at`: the term of a file counts from the first of both that has come, or from `ended_at` when
-- that is later.

-- Whether a mandate ended before an instant, as the table says it and the journal proves it: its duration was over, or the sealed
-- entry that tells its end was recorded by then (the last one, if several do). An end that was never told counts from `ends_at`.
-- Only the bytes that were sealed are looked at, as `audit_entries` (0014) says; and the leaf must name this mandate. They are
-- compared, not read: a member of canonical JSON has one way to be written, and bytes that do not read must not stop every erasure.
create function mandate_ended_before(mandate uuid, instant timestamptz) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select m.ended_at < instant and (m.ends_at < instant or coalesce((
    select max(i.recorded_at) < instant
      from journal.entry_index i
      join journal.leaf l on l.entry_id = i.id and l.log_id = i.log_id
      cross join lateral (
        select e.leaf from journal.entry e
        where e.id = i.id and e.log_id = i.log_id and l.leaf_hash = sha256('\x00'::bytea || e.leaf)
          and e.recorded_at between i.recorded_at - interval '1 day' and i.recorded_at + interval '1 day'
        limit 1
      ) as sealed
      where i.mandate_id = m.id and i.kind = 'mandate.ended'
        and position(convert_to('"type":"mandate.ended"', 'UTF8') in sealed.leaf) > 0
        and position(convert_to('"m":"' || m.journal_alias || '"', 'UTF8') in sealed.leaf) > 0
  ), false)) is true
  from public.mandate m where m.id = mandate_ended_before.mandate
$$;

-- As 0018 says; and each mandate ended before the date that its entry tells, as the journal proves it.
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

revoke all on function mandate_ended_before from public;
-- The worker alone: it looks for what is at its term.
grant execute on function mandate_ended_before to entremise_worker;
