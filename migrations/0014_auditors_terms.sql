-- Auditors: mails that tell them what waits, a term for what is closed, and rules that nobody switches in silence.

-- As 0001 says, with the mails of auditors.
grant create on schema public to entremise_worker;
set local role entremise_worker;
create or replace function enqueue_job(task text, payload json) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if task not in ('send-login-mail', 'send-mandate-concluded-mail', 'send-mandate-ended-mail', 'send-auditor-mail') then
    raise exception 'unknown task %', task using errcode = 'check_violation', constraint = 'task_is_known';
  end if;
  perform graphile_worker.add_job(task, payload, max_attempts => 25);
end $$;
reset role;
revoke create on schema public from entremise_worker;

-- A rule is switched by this function alone, in the transaction that wrote the entry which tells it. SHA-256(salt ‖ text) of
-- both texts is what that entry says. Raises `rule_is_switched_once` when the rule is so already.
create function switch_alert_rule(
  telling uuid, switch uuid, switched_at timestamptz, rule text, active boolean, reason text, assessment text, salt bytea) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  told jsonb := journal.told_by(telling, array['alert-rule.switched']) -> 'clear';
begin
  if (told ->> 'rule') is distinct from rule or (told -> 'active') is distinct from to_jsonb(active)
    or (told ->> 'reason') is distinct from encode(sha256(salt || convert_to(reason, 'UTF8')), 'hex')
    or (told ->> 'assessment') is distinct from encode(sha256(salt || convert_to(assessment, 'UTF8')), 'hex')
  then
    raise exception 'the entry tells of another switch' using errcode = 'check_violation', constraint = 'switch_is_what_is_told';
  end if;
  update public.alert_rule r set active = switch_alert_rule.active, switched_at = switch_alert_rule.switched_at, looked_until = null,
      impact_assessment = case when switch_alert_rule.active then coalesce(assessment, r.impact_assessment) else r.impact_assessment end
    where r.code = rule and r.active is distinct from switch_alert_rule.active;
  if not found then
    raise exception 'the rule % is so already', rule using errcode = 'check_violation', constraint = 'rule_is_switched_once';
  end if;
  insert into public.alert_rule_switch (id, code, active, reason, impact_assessment, salt, switched_at)
    values (switch, rule, active, reason, assessment, salt, switched_at);
end $$;
revoke all on function switch_alert_rule from public;
grant execute on function switch_alert_rule to entremise_app;
revoke update (active, impact_assessment, switched_at, looked_until) on alert_rule from entremise_app;
revoke insert on alert_rule_switch from entremise_app;

-- When an account was closed: its term counts from there. Of those closed before, nobody knows: from now.
alter table auditor add column closed_at timestamptz(3);
update auditor set closed_at = clock_timestamp() where not active;
alter table auditor add constraint auditor_is_closed_at_an_hour check (active = (closed_at is null));
grant update (closed_at) on auditor to entremise_app;

-- Whether a hold is on one of these entries: its person, its mandate (what its draft wrote has the alias alone), its month.
create function journal.any_held(entries uuid[]) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select exists (select from journal.hold where lifted_at is null) and (
    exists (select from journal.entry_index i where i.id = any (entries) and journal.is_held(i.usager_id, i.mandate_id, i.recorded_at))
    or exists (select from journal.hold h join public.mandate m on m.id = h.mandate_id or m.usager_id = h.usager_id
      where h.lifted_at is null and m.journal_alias::text in (select i.mandate_alias from journal.entry_index i where i.id = any (entries))))
$$;

-- What auditors keep of their work and that was closed before an instant, by rule; never what a hold is on. An account goes when
-- nothing that is kept was asked, answered, written, decided or drawn by it.
create function audit_at_term(rule text, before timestamptz) returns setof uuid
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select u.id from public.unmasking u
    where audit_at_term.rule = 'audit-identities' and coalesce(u.open_until, u.answered_at, u.lapses_at) < before
      and not journal.is_held(u.usager_id, u.mandate_id, null)
  union all
  select c.id from public.complaint c
    where audit_at_term.rule = 'audit-complaints' and c.closed_at < before and not journal.is_held(c.usager_id, c.mandate_id, null)
      and not exists (select from public.audit_case a where a.complaint_id = c.id and a.decided_at is null)
  union all
  select c.id from public.audit_case c left join public.mandate m on m.id = c.mandate_id
    where audit_at_term.rule = 'audit-cases' and c.decided_at < before and not journal.is_held(m.usager_id, m.id, null)
      and not journal.any_held(array(select e.entry_id from public.audit_case_entry e where e.case_id = c.id))
  union all
  select a.id from public.alert a
    where (audit_at_term.rule = 'audit-alerts' and a.decided_at < before
        or audit_at_term.rule = 'audit-alerts-undecided' and a.decided_at is null and a.raised_at < before)
      and not journal.any_held(array(select e.entry_id from public.alert_entry e where e.alert_id = a.id))
  union all
  select s.id from public.audit_sample s
    where audit_at_term.rule = 'audit-samples' and s.drawn_at < before and not journal.any_held(s.entry_ids)
  union all
  select a.id from public.auditor a
    where audit_at_term.rule = 'auditor-accounts' and a.closed_at < before
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

-- The entries that tell of these and whose sealed values go with them; of an account, whatever its key opens. Whoever may write
-- rows may put others under an id that is there: only the bytes that were sealed are read, once each, and as JSON behind `offset 0`
-- alone. What has no place yet is of today, not of months ago; its values go with the account.
create function audit_entries(rule text, ids uuid[]) returns uuid[]
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select coalesce(array_agg(distinct found.id), '{}') from (
    select says.id from (
      select i.id, i.kind, told.member, convert_from(sealed.leaf, 'UTF8') as leaf
        from (values ('audit-identities', 'unmasking', array['unmasking.asked', 'unmasking.refused']),
            ('audit-cases', 'case', array['case.opened', 'case.noted', 'case.decided', 'case.exported']),
            ('audit-alerts', 'alert', array['alert.decided'])) as told (rule, member, kinds)
        join journal.entry_index i on i.kind = any (told.kinds)
        join journal.leaf l on l.entry_id = i.id and l.log_id = i.log_id
        cross join lateral (
          select e.leaf from journal.entry e
          where e.id = i.id and e.log_id = i.log_id and l.leaf_hash = sha256('\x00'::bytea || e.leaf)
            and e.recorded_at between i.recorded_at - interval '1 day' and i.recorded_at + interval '1 day'
          limit 1
        ) as sealed
        where told.rule = audit_entries.rule and exists (select from journal.opening o where o.entry_id = i.id)
        offset 0
    ) as says
    where says.leaf::jsonb ->> 'type' = says.kind and says.leaf::jsonb -> 'clear' ->> says.member = any (ids::text[])
    union all
    select o.entry_id from journal.opening o join journal.subject_key k on k.id = o.subject_key_id
      where audit_entries.rule = 'auditor-accounts' and k.subject_kind = 'auditor' and k.subject_id = any (ids)
  ) as found
$$;

-- Removes these, at their term, with what the journal can open of them. `erasure` is the entry of this transaction that tells the
-- rule, the date, how many there are and how many values.
create function erase_audit(erasure uuid, ids uuid[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  told jsonb := journal.retention_told(erasure, array['audit-identities', 'audit-complaints', 'audit-cases', 'audit-alerts',
    'audit-alerts-undecided', 'audit-samples', 'auditor-accounts']);
  rule text := told ->> 'rule';
  entries uuid[] := public.audit_entries(rule, ids);
  removed integer;
begin
  if exists (select unnest(ids) except select public.audit_at_term(rule, (told ->> 'before')::timestamptz)) then
    raise exception 'not at its term, or a legal hold forbids it' using errcode = 'check_violation', constraint = 'nothing_held_is_erased';
  end if;
  if cardinality(entries) > 0 then
    perform journal.refuse_held('{}', '{}', entries);
    insert into journal.erasure (id, kind, ground, entries, openings, erased_at)
      values (erasure, 'retention', 'retention', entries, (told ->> 'openings')::integer, clock_timestamp());
  end if;
  perform journal.refuse_untold(told ->> 'openings', journal.erase_rows('{}', '{}', entries, null)::text, 'openings');
  if rule = 'audit-identities' then
    delete from public.unmasking where id = any (ids);
  elsif rule = 'audit-complaints' then
    delete from public.complaint where id = any (ids);
  elsif rule = 'audit-cases' then
    delete from public.audit_case_note where case_id = any (ids);
    delete from public.audit_case_share where case_id = any (ids);
    delete from public.audit_case_entry where case_id = any (ids);
    delete from public.audit_case_export where case_id = any (ids);
    delete from public.audit_case where id = any (ids);
  elsif rule in ('audit-alerts', 'audit-alerts-undecided') then
    delete from public.alert_entry where alert_id = any (ids);
    delete from public.alert where id = any (ids);
  elsif rule = 'audit-samples' then
    delete from public.audit_sample where id = any (ids);
  elsif rule = 'auditor-accounts' then
    delete from public.session where door = 'auditeur' and actor_id = any (ids);
    delete from public.login where door = 'auditeur' and actor_id = any (ids);
    delete from journal.subject_key where subject_kind = 'auditor' and subject_id = any (ids);
    delete from public.auditor where id = any (ids);
  else
    raise exception 'unknown rule %', rule using errcode = 'check_violation', constraint = 'rule_is_known';
  end if;
  get diagnostics removed = row_count;
  perform journal.refuse_untold(told ->> 'rows', removed::text, 'rows');
end $$;

revoke all on function journal.any_held, audit_at_term, audit_entries, erase_audit from public;
-- The worker alone, for its nightly jobs: the site erases nothing.
grant execute on function audit_at_term, audit_entries, erase_audit to entremise_worker;
