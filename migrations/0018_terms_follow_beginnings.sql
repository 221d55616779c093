-- The jobs of retention count from dates that the site and the worker write: with the password of one of them, a date set long
-- ago made the honest job erase a file whole. None precedes its beginning from now on, and no beginning is theirs to change.
-- A day less is let pass: clocks of several programs differ, and nobody may be kept from ending a mandate for that.
-- NOT VALID: what is there is left as it is, and whatever is written again is looked at.
alter table mandate add constraint mandate_ends_no_sooner_than_it_starts check (ended_at >= starts_at - interval '24 hours') not valid;
alter table mandate add constraint mandate_is_archived_no_sooner_than_it_ends check (archived_at >= ended_at - interval '24 hours') not valid;
alter table unmasking add constraint unmasking_lapses_no_sooner_than_asked check (lapses_at >= asked_at - interval '24 hours') not valid;
alter table unmasking add constraint unmasking_is_answered_no_sooner_than_asked check (answered_at >= asked_at - interval '24 hours') not valid;
alter table unmasking add constraint unmasking_is_open_from_its_answer check (open_until >= answered_at - interval '24 hours') not valid;
alter table complaint add constraint complaint_is_closed_no_sooner_than_received check (closed_at >= received_at - interval '24 hours') not valid;
alter table audit_case add constraint case_is_decided_no_sooner_than_opened check (decided_at >= opened_at - interval '24 hours') not valid;
alter table alert add constraint alert_is_decided_no_sooner_than_raised check (decided_at >= raised_at - interval '24 hours') not valid;
alter table auditor add constraint auditor_is_closed_no_sooner_than_created check (closed_at >= created_at - interval '24 hours') not valid;

-- Column by column: who acted, for whom, where, and when it was chosen, is nobody's to change.
revoke update on use from entremise_app;
grant update (session_id_hash, code_at, token_at, identity_given_at, revoked_at, ended_at, refused_at, refusal) on use to entremise_app;

-- As 0008 says; and what a job of retention erases ended before the date that its entry tells.
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
    if exists (select from public.mandate m where m.id = any (listed) and (m.ended_at < before) is not true) then
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
