-- The identity provider: its clients, its short-lived state, and the permanent pairwise subjects.

create table oidc_client (
  client_id text primary key,
  name text not null,
  sector text not null,
  metadata text not null,
  secret_sealed bytea not null,
  created_at timestamptz(3) not null
);

-- State of oidc-provider: requests being answered, codes, access tokens. The id is the token itself: only its hash is kept,
-- and the copies in the payload are stripped. Grants are not here: a grant is a row of `use`.
create table oidc_payload (
  model text not null constraint model_is_known check (model in ('Interaction', 'AuthorizationCode', 'AccessToken')),
  id_hash bytea not null,
  payload jsonb not null,
  use_id uuid, -- of `use`; without a foreign key, checked twice a connection for rows that live a minute
  expires_at timestamptz(3) not null,
  consumed_at timestamptz(3),
  primary key (model, id_hash)
);
create index oidc_payload_by_use on oidc_payload (use_id) where use_id is not null;
create index oidc_payload_by_end on oidc_payload (expires_at);

create table client_subject (
  sector text not null,
  kind text not null constraint subject_kind_is_known check (kind in ('usager', 'aidant')),
  person_id uuid not null,
  subject text not null constraint client_subject_is_unique unique,
  created_at timestamptz(3) not null,
  primary key (sector, kind, person_id)
);

grant select, insert, update on oidc_client to entremise_app;
grant select, insert, update, delete on oidc_payload to entremise_app;
grant select, insert on client_subject to entremise_app;
grant select, delete on oidc_payload to entremise_worker;
