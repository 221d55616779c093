-- What auditors keep of their work: case files, and samples that nobody chose.

-- Entries gathered about one question, the notes of who looks into it, and what was decided. It outlives what it is about:
-- a mandate or a complaint that goes, at its term, leaves the case without it.
create table audit_case (
  id uuid primary key,
  -- how people name it, aloud and in letters
  number text not null constraint case_number_is_unique unique
    constraint case_number_is_crockford check (number ~ '^[0-9A-HJKMNP-TV-Z]{8}$'),
  owner_id uuid not null references auditor,
  origin text not null constraint case_origin_is_known check (origin in ('complaint', 'mandate', 'search', 'entry', 'sample')),
  subject_sealed bytea not null,
  complaint_id uuid constraint one_case_per_complaint unique references complaint on delete set null,
  mandate_id uuid references mandate on delete set null,
  -- of the journal: what keeps the mandate from being erased until the decision; null when another hold stood already
  hold_id uuid,
  opened_at timestamptz(3) not null,
  decision text constraint case_decision_is_known check (decision in
    ('mandate-supported', 'mandate-doubtful', 'undecided', 'nothing-found', 'explanations-asked', 'irregular', 'reported')),
  decision_sealed bytea,
  decided_by uuid references auditor,
  decided_at timestamptz(3),
  constraint case_decision_is_whole check
    ((decision is null) = (decision_sealed is null) and (decision is null) = (decided_by is null)
      and (decision is null) = (decided_at is null))
);
create index audit_case_by_owner on audit_case (owner_id, opened_at desc, id);
create index audit_case_by_mandate on audit_case (mandate_id) where mandate_id is not null;

create table audit_case_share (
  case_id uuid not null references audit_case,
  auditor_id uuid not null references auditor,
  shared_at timestamptz(3) not null,
  constraint case_is_shared_once_with_an_auditor primary key (case_id, auditor_id)
);
create index audit_case_share_by_auditor on audit_case_share (auditor_id, case_id);

create table audit_case_entry (
  case_id uuid not null references audit_case,
  -- of the journal, which refers to nothing and is never erased
  entry_id uuid not null,
  added_by uuid not null references auditor,
  added_at timestamptz(3) not null,
  constraint entry_is_once_in_a_case primary key (case_id, entry_id)
);

-- Only ever added to: nobody at runtime may change or remove one.
create table audit_case_note (
  id uuid primary key,
  case_id uuid not null references audit_case,
  author_id uuid not null references auditor,
  sealed bytea not null,
  written_at timestamptz(3) not null
);
create index audit_case_note_by_case on audit_case_note (case_id, written_at, id);

-- What left: the hash that the journal committed to, to recognise a copy later.
create table audit_case_export (
  id uuid primary key,
  case_id uuid not null references audit_case,
  exported_by uuid not null references auditor,
  sha256 bytea not null constraint case_export_hash_is_sha256 check (octet_length(sha256) = 32),
  exported_at timestamptz(3) not null
);
create index audit_case_export_by_case on audit_case_export (case_id, exported_at, id);

-- A sample is drawn once for a period, a place and a population, from a checkpoint that was published: drawing it again
-- shows the first one. `positions` are those in the population, in the order of the draw.
create table audit_sample (
  id uuid primary key,
  period text not null constraint sample_period_is_a_month check (period ~ '^\d{4}-(0[1-9]|1[0-2])$'),
  scope text not null constraint sample_scope_is_known check
    (scope ~ '^(structure:[0-9a-f-]{36}|departement:[0-9][0-9AB][0-9]?)$'),
  population text not null constraint sample_population_is_known check (population in ('mandats', 'connexions')),
  checkpoint_size bigint not null,
  root bytea not null constraint sample_root_is_sha256 check (octet_length(root) = 32),
  -- those that met the policy: what the witnesses alone could give
  cosignatures bytea[] not null,
  population_size integer not null,
  -- those whose entries made the population: a département is what it was that day
  structures uuid[] not null,
  positions integer[] not null,
  entry_ids uuid[] not null,
  drawn_by uuid not null references auditor,
  drawn_at timestamptz(3) not null,
  constraint sample_is_drawn_once unique (period, scope, population),
  constraint sample_names_its_entries check (cardinality(positions) = cardinality(entry_ids))
);

-- What happened before a mandate had an id (identified, refused, declined) carries its alias alone: few rows, found by it.
create index entry_index_of_drafts on journal.entry_index (mandate_alias)
  where mandate_id is null and mandate_alias is not null;

grant select, insert on audit_case, audit_case_share, audit_case_entry, audit_case_note, audit_case_export, audit_sample
  to entremise_app;
grant update (decision, decision_sealed, decided_by, decided_at, hold_id) on audit_case to entremise_app;
-- The hold of a decided case passes on to a complaint about the same mandate that waits.
grant update (hold_id) on complaint to entremise_app;
grant select on audit_case, audit_case_share, audit_case_entry to entremise_worker;

create index audit_case_by_hold on audit_case (hold_id) where hold_id is not null;

-- As 0008 says; the site also lifts the hold that a case placed, once no case that rests on it waits for its decision.
create or replace function journal.lift_hold(hold uuid, telling uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  told jsonb := journal.told_by(telling, array['hold.lifted']) -> 'clear';
begin
  perform journal.refuse_untold(told ->> 'hold', lift_hold.hold::text, '(hold)');
  update journal.hold h set lifted_at = clock_timestamp(), lifted_by = telling
    where h.id = lift_hold.hold and h.lifted_at is null
      and (session_user <> 'entremise_app' or h.ground in ('complaint', 'audit')
        and not exists (select from public.audit_case c where c.hold_id = h.id and c.decided_at is null)
        and (h.ground = 'complaint' or exists (select from public.audit_case c where c.hold_id = h.id)));
  return found;
end $$;
