-- Alerts: what a rule saw in the journal, explained, for a person to decide about. Nobody is ranked: an alert does not name an
-- aidant, it names the entries that it rests on.

-- One row per rule that the program knows. `looked_until`: up to which instant its facts have been looked at.
create table alert_rule (
  code text primary key constraint rule_code_is_a_letter_and_a_number check (code ~ '^[A-Z][0-9]{1,2}$'),
  active boolean not null,
  needs_assessment boolean not null,
  impact_assessment text,
  switched_at timestamptz(3),
  looked_until timestamptz(3),
  constraint rule_is_on_after_its_impact_assessment
    check (not active or not needs_assessment or impact_assessment is not null)
);
insert into alert_rule (code, active, needs_assessment) values
  ('H2', true, false), ('P1', true, false), ('E1', true, false), ('E3', true, false), ('I1', true, false),
  ('H1', false, true), ('V1', false, true), ('V3', false, true), ('U1', false, true), ('U3', false, true), ('A1', false, true);

-- Who runs the service switched a rule, and why. The journal commits to SHA-256(salt ‖ text) of both texts.
create table alert_rule_switch (
  id uuid primary key,
  code text not null references alert_rule,
  active boolean not null,
  reason text not null,
  impact_assessment text,
  salt bytea not null constraint switch_salt_has_16_bytes check (octet_length(salt) = 16),
  switched_at timestamptz(3) not null
);
create index alert_rule_switch_by_rule on alert_rule_switch (code, switched_at desc);

create table alert (
  id uuid primary key,
  rule text not null references alert_rule,
  -- SHA-256 of what makes these facts themselves: the same ones never raise twice
  facts bytea not null constraint alert_facts_are_a_sha256 check (octet_length(facts) = 32),
  -- whose auditors decide; none: those of the whole country
  organisation_id uuid references organisation,
  urgent boolean not null,
  explanation text not null,
  -- the entries it rests on: all of them, of which `alert_entry` keeps the first ones
  entries integer not null,
  raised_at timestamptz(3) not null,
  decision text constraint alert_decision_is_known check (decision in ('normal', 'to-follow', 'reported')),
  decision_sealed bytea,
  decided_by uuid references auditor,
  decided_at timestamptz(3),
  constraint same_facts_raise_one_alert unique (rule, facts),
  constraint alert_decision_is_whole check ((decision is null) = (decision_sealed is null)
    and (decision is null) = (decided_by is null) and (decision is null) = (decided_at is null))
);
create index alert_to_decide on alert (urgent, id) where decided_at is null;
create index alert_decided on alert (id) where decided_at is not null;
create index alert_by_organisation on alert (organisation_id, id);

create table alert_entry (
  alert_id uuid not null references alert,
  -- of the journal, to which nothing refers
  entry_id uuid not null,
  constraint entry_is_once_in_an_alert primary key (alert_id, entry_id)
);
create index alert_entry_by_entry on alert_entry (entry_id);

-- The worker raises; a person at the site decides, once. Nobody removes.
grant select, insert on alert, alert_entry to entremise_worker;
grant select on alert_rule to entremise_worker;
grant update (looked_until) on alert_rule to entremise_worker;
grant select on alert, alert_entry, alert_rule, alert_rule_switch to entremise_app;
grant update (decision, decision_sealed, decided_by, decided_at) on alert to entremise_app;
grant update (active, impact_assessment, switched_at, looked_until) on alert_rule to entremise_app;
grant insert on alert_rule_switch to entremise_app;
