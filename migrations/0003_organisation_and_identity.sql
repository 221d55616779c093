-- The structures that hold mandates, the aidants who act for them, and the proofs of who is at the keyboard.

create table organisation (
  id uuid primary key,
  name text not null constraint organisation_has_a_name check (name <> ''),
  type text not null,
  siret text not null constraint siret_has_14_digits check (siret ~ '^[0-9]{14}$'),
  address text not null,
  zip_code text not null,
  city text not null,
  departement text not null constraint departement_is_a_code check (departement ~ '^([0-9]{2}|2[AB]|97[1-8]|98[4-8])$'),
  phone text not null,
  email text not null,
  allowed_themes text[] not null constraint organisation_allows_a_theme check (cardinality(allowed_themes) > 0),
  longest_duration text constraint longest_duration_is_known check (longest_duration in ('SHORT', 'MONTH', 'SEMESTER', 'LONG')),
  active boolean not null default true,
  created_at timestamptz(3) not null,
  constraint organisation_siret_and_name_are_unique unique (siret, name)
);

create table aidant (
  id uuid primary key,
  email text not null constraint aidant_email_is_unique unique
    constraint aidant_email_is_lower_case check (email = lower(email)),
  first_name text not null,
  last_name text not null,
  active boolean not null default true,
  may_conclude boolean not null default true,
  -- the structure chosen last: the one a new session starts in
  current_organisation_id uuid references organisation,
  totp_secret bytea not null,
  last_totp_step bigint not null default 0,
  terms_version text,
  terms_accepted_at timestamptz(3),
  created_at timestamptz(3) not null,
  constraint terms_are_accepted_at_a_time check ((terms_version is null) = (terms_accepted_at is null))
);

create table membership (
  aidant_id uuid not null references aidant,
  organisation_id uuid not null references organisation,
  created_at timestamptz(3) not null,
  primary key (aidant_id, organisation_id)
);
create index membership_by_organisation on membership (organisation_id);

-- One attempt to log in: created when e-mail and code are right (the second factor is as old as the row), ended by the link or the short code of the mail.
create table login (
  id uuid primary key,
  aidant_id uuid not null references aidant,
  browser_hash bytea not null,
  return_to text not null,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  short_code_tries integer not null default 0,
  used_at timestamptz(3)
);
create index login_by_aidant on login (aidant_id) where used_at is null;
create index login_by_browser on login (browser_hash) where used_at is null;
create index login_by_end on login (expires_at);

grant select, insert, update on organisation, aidant, membership to entremise_app;
grant delete on membership to entremise_app;
grant select, insert, update, delete on login to entremise_app;
grant select on organisation, aidant, membership to entremise_worker;
grant select, delete on login to entremise_worker;
