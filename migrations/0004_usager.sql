-- The persons helped: pivot identity as FranceConnect gives it, contacts they gave. FranceConnect's own sub is kept as a keyed hash.

create table usager (
  id uuid primary key,
  sub_hash bytea not null,
  sub_key_id text not null,
  given_name text not null,
  family_name text not null,
  preferred_username text,
  gender text not null constraint gender_is_known check (gender in ('female', 'male', 'unspecified')),
  birthdate text not null constraint birthdate_is_a_date_maybe_presumed check (birthdate ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
  idp_birthdate text constraint idp_birthdate_is_a_date_maybe_presumed check (idp_birthdate ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
  birthplace text not null,
  birthcountry text not null,
  email text,
  search_name text not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  constraint usager_sub_is_unique unique (sub_key_id, sub_hash),
  constraint usager_pivot_identity_is_unique
    unique (family_name, given_name, birthdate, gender, birthplace, birthcountry),
  constraint birthplace_is_empty_abroad check ((birthcountry = '99100') = (birthplace <> ''))
);

grant select, insert, update on usager to entremise_app;
grant select on usager to entremise_worker;
