-- Drafts, mandates, their themes (authorisations), the evidence of consent, and each use in the person's name.

create table mandate_draft (
  id uuid primary key,
  aidant_id uuid not null references aidant,
  organisation_id uuid not null references organisation,
  journal_alias uuid not null constraint draft_alias_is_unique unique,
  themes text[] not null default '{}',
  duration text constraint draft_duration_is_known check (duration in ('SHORT', 'MONTH', 'SEMESTER', 'LONG')),
  -- the terms as shown on page 2, fixed when the person says yes
  terms text,
  shown_texts text,
  attempt integer not null default 0,
  session_id_hash bytea,
  state_hash bytea constraint draft_state_is_unique unique,
  -- salt, nonce and state of the attempt under way, sealed
  attempt_sealed bytea,
  started_at timestamptz(3),
  -- the browser that left for FranceConnect, whoever is logged in, and when: until we know that the session there was closed
  browser_hash bytea,
  departed_at timestamptz(3),
  -- identity returned and evidence, sealed; wiped at expiry and by any change
  identity_sealed bytea,
  evidence_sealed bytea,
  identified_at timestamptz(3),
  usager_id uuid references usager,
  -- the person's session at FranceConnect, on this computer: since when, until we know that it was closed
  franceconnect_opened_at timestamptz(3),
  logout_state_hash bytea,
  id_token_hint_sealed bytea,
  logout_skipped_at timestamptz(3),
  -- why the last attempt did not identify the person, and FranceConnect's own reference
  failure text,
  failure_reference text,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  closed_at timestamptz(3),
  closed_cause text constraint draft_closed_cause_is_known check (closed_cause in ('concluded', 'declined', 'minor', 'abandoned')),
  wiped_at timestamptz(3),
  mandate_id uuid,
  constraint draft_close_has_a_cause check ((closed_at is null) = (closed_cause is null)),
  constraint draft_concluded_has_a_mandate check ((coalesce(closed_cause, '') = 'concluded') = (mandate_id is not null)),
  constraint draft_identity_has_evidence check ((identity_sealed is null) = (evidence_sealed is null)),
  constraint draft_wiped_holds_nothing check (wiped_at is null or (identity_sealed is null and attempt_sealed is null and id_token_hint_sealed is null))
);
create index mandate_draft_by_aidant on mandate_draft (aidant_id, organisation_id, created_at desc) where wiped_at is null and closed_at is null;
create index mandate_draft_by_open_session on mandate_draft (session_id_hash)
  where departed_at is not null or franceconnect_opened_at is not null;
create index mandate_draft_by_open_browser on mandate_draft (browser_hash)
  where departed_at is not null or franceconnect_opened_at is not null;
create index mandate_draft_to_wipe on mandate_draft (expires_at) where wiped_at is null;

create table mandate (
  id uuid primary key,
  number text not null constraint mandate_number_is_unique unique
    constraint mandate_number_is_crockford check (number ~ '^[0-9A-HJKMNP-TV-Z]{16}$'),
  organisation_id uuid not null references organisation,
  usager_id uuid not null references usager,
  -- copied from the person by triggers, so that a structure's list is read in order from one index; the same on every
  -- mandate of a person with a structure, and no later than what the structure may know
  usager_search_name text not null default '',
  aidant_id uuid not null references aidant,
  draft_id uuid not null constraint one_mandate_per_draft unique references mandate_draft,
  duration text not null constraint duration_is_known check (duration in ('SHORT', 'MONTH', 'SEMESTER', 'LONG')),
  consent_level text not null constraint consent_level_is_known check (consent_level in ('franceconnect-on-aidant-device')),
  starts_at timestamptz(3) not null,
  ends_at timestamptz(3) not null,
  suspended_at timestamptz(3),
  ended_at timestamptz(3),
  end_cause text constraint end_cause_is_known check (end_cause in
    ('revoked-by-usager', 'renounced-by-organisation', 'replaced', 'expired', 'deceased', 'protected', 'organisation-stopped')),
  end_known_at timestamptz(3),
  end_channel text constraint end_channel_is_known check (end_channel in ('aidant', 'stop-code', 'job', 'replacement')),
  ended_by_aidant_id uuid references aidant,
  snapshot text not null,
  snapshot_jws text not null,
  stop_code_sealed bytea,
  stop_code_printed_at timestamptz(3),
  paper text not null default 'missing' constraint paper_is_known check (paper in ('missing', 'signed', 'none')),
  paper_reason text constraint paper_reason_is_known check (paper_reason in ('refused', 'unable', 'no-printer', 'left', 'other')),
  -- in the aidant's words, when the reason is another one
  paper_note text,
  paper_recorded_at timestamptz(3),
  journal_alias uuid not null constraint mandate_alias_is_unique unique,
  entry_count integer not null default 0,
  created_at timestamptz(3) not null,
  constraint mandate_ends_after_it_starts check (ends_at > starts_at),
  constraint mandate_end_has_a_cause check ((ended_at is null) = (end_cause is null)),
  constraint mandate_end_is_known check ((ended_at is null) = (end_known_at is null)),
  constraint paper_is_dated check ((paper = 'missing') = (paper_recorded_at is null)),
  constraint no_paper_has_a_reason check ((paper = 'none') = (paper_reason is not null)),
  constraint other_reason_is_said check ((coalesce(paper_reason, '') = 'other') = (paper_note is not null))
);
alter table mandate_draft add constraint draft_led_to_this_mandate foreign key (mandate_id) references mandate deferrable initially deferred;
create index mandate_by_usager on mandate (usager_id, organisation_id, starts_at desc);
-- The lists of a structure search, count and sort its persons by state: they read this index alone.
create index mandate_by_name on mandate (organisation_id, usager_search_name, usager_id) include (ends_at, ended_at, end_cause);
create index mandate_in_force_by_end on mandate (ends_at, id) where ended_at is null;
create index mandate_paper_missing on mandate (organisation_id, starts_at desc, id) where paper = 'missing';

create function copy_usager_name() returns trigger language plpgsql as $$
begin
  new.usager_search_name := (select search_name from usager where id = new.usager_id);
  update mandate set usager_search_name = new.usager_search_name
    where usager_id = new.usager_id and organisation_id = new.organisation_id
      and usager_search_name <> new.usager_search_name;
  return new;
end $$;
create trigger mandate_has_the_name_of_its_usager before insert on mandate
  for each row execute function copy_usager_name();

-- A new name goes to the structures that hold an open mandate at that moment, and to no other.
create function spread_usager_name() returns trigger language plpgsql as $$
begin
  update mandate set usager_search_name = new.search_name
    where usager_id = new.id and organisation_id in (
      select organisation_id from mandate where usager_id = new.id and ended_at is null and ends_at > new.updated_at);
  return null;
end $$;
create trigger usager_name_goes_to_mandates after update of search_name on usager
  for each row when (old.search_name is distinct from new.search_name) execute function spread_usager_name();

create table authorisation (
  id uuid primary key,
  mandate_id uuid not null references mandate,
  organisation_id uuid not null references organisation,
  usager_id uuid not null references usager,
  theme text not null constraint theme_is_known check (theme in
    ('papiers', 'famille', 'social', 'travail', 'logement', 'transports', 'argent', 'justice', 'etranger', 'loisirs')),
  ends_at timestamptz(3) not null,
  ended_at timestamptz(3),
  end_cause text constraint authorisation_end_cause_is_known check (end_cause in
    ('revoked-by-usager', 'renounced-by-organisation', 'replaced', 'expired', 'deceased', 'protected', 'organisation-stopped')),
  ended_by_aidant_id uuid references aidant,
  constraint authorisation_theme_once_per_mandate unique (mandate_id, theme),
  constraint authorisation_end_has_a_cause check ((ended_at is null) = (end_cause is null))
);
create unique index one_live_authorisation_per_theme on authorisation (organisation_id, usager_id, theme) where ended_at is null;

-- Terms, salt, raw ID token, raw userinfo, the keys used, the time: what proves the consent, sealed.
create table consent_evidence (
  mandate_id uuid primary key references mandate,
  sealed bytea not null,
  created_at timestamptz(3) not null
);

-- One connection in the person's name, from the choice to the identity given. It is also the grant of the identity
-- provider: revoked, none of its codes and tokens is worth anything. It belongs to the session that chose: logging out
-- empties `session_id_hash`, and what is still under way is then refused.
create table use (
  id uuid primary key,
  authorisation_id uuid not null references authorisation,
  mandate_id uuid not null references mandate,
  organisation_id uuid not null references organisation,
  usager_id uuid not null references usager,
  aidant_id uuid not null references aidant,
  session_id_hash bytea references session on delete set null,
  theme text not null,
  -- declared by the aidant: FranceConnect does not tell which site asked
  site text not null constraint site_has_a_size check (char_length(site) between 1 and 80),
  client_id text not null,
  factor_at timestamptz(3) not null,
  chosen_at timestamptz(3) not null,
  code_at timestamptz(3),
  token_at timestamptz(3),
  identity_given_at timestamptz(3),
  revoked_at timestamptz(3),
  -- « Terminer », or FranceConnect told that its session is closed
  ended_at timestamptz(3),
  refused_at timestamptz(3),
  refusal text,
  constraint use_refusal_has_a_reason check ((refused_at is null) = (refusal is null))
);
create index use_by_mandate on use (mandate_id, chosen_at desc, id);
create index use_by_usager on use (organisation_id, usager_id, chosen_at desc, id);
create index use_by_aidant on use (aidant_id, chosen_at desc);
create index use_by_session on use (session_id_hash, chosen_at desc) where session_id_hash is not null;

grant select, insert, update on mandate_draft, mandate, authorisation, use to entremise_app;
grant select, insert on consent_evidence to entremise_app;
grant select, update on mandate_draft, mandate, authorisation to entremise_worker;
grant select on use to entremise_worker;
