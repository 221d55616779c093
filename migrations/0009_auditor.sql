-- The auditors: their accounts, the persons whose identity two of them agreed to see, and the complaints they answer.

create table auditor (
  id uuid primary key,
  email text not null constraint auditor_email_is_unique unique
    constraint auditor_email_is_lower_case check (email = lower(email)),
  first_name text not null,
  last_name text not null,
  active boolean not null default true,
  -- null: the whole country
  departements text[] constraint auditor_sees_a_departement check (cardinality(departements) > 0),
  totp_secret bytea not null,
  last_totp_step bigint not null default 0,
  created_at timestamptz(3) not null
);

-- One login machine for every door: whose account this is depends on the door, so that no foreign key can say it.
alter table login drop constraint login_aidant_id_fkey;
alter table login rename column aidant_id to actor_id;
alter index login_by_aidant rename to login_by_actor;
alter table login add column door text not null default 'aidant'
  constraint login_door_is_known check (door in ('aidant', 'auditeur'));
alter table login alter column door drop default;

-- What an auditor's entries commit to is sealed with a key of their own.
alter table journal.subject_key drop constraint subject_kind_is_known;
alter table journal.subject_key add constraint subject_kind_is_known
  check (subject_kind in ('usager', 'aidant', 'organisation', 'auditor'));

-- One auditor asks to see who a masked person is, another answers, once.
create table unmasking (
  id uuid primary key,
  usager_id uuid not null references usager,
  -- where the person was met: says which auditors may ask and answer
  organisation_id uuid not null references organisation,
  mandate_id uuid references mandate,
  asked_by uuid not null references auditor,
  motive_sealed bytea not null,
  asked_at timestamptz(3) not null,
  -- unanswered until then, it is void
  lapses_at timestamptz(3) not null,
  answer text constraint unmasking_answer_is_known check (answer in ('granted', 'refused')),
  answered_by uuid references auditor,
  answered_at timestamptz(3),
  refusal_sealed bytea,
  open_until timestamptz(3),
  constraint unmasking_takes_two_auditors check (answered_by <> asked_by),
  constraint unmasking_answer_is_whole check
    ((answer is null) = (answered_by is null) and (answer is null) = (answered_at is null)),
  constraint unmasking_is_open_when_granted check ((coalesce(answer, '') = 'granted') = (open_until is not null)),
  constraint refusal_says_why check ((coalesce(answer, '') = 'refused') = (refusal_sealed is not null))
);
create index unmasking_by_asker on unmasking (asked_by, usager_id);
create index unmasking_unanswered on unmasking (lapses_at) where answer is null;

-- A person says « je n'ai jamais signé » or « je ne reconnais pas ». Their file is open to one auditor until it is answered.
create table complaint (
  id uuid primary key,
  mandate_id uuid not null references mandate,
  usager_id uuid not null references usager,
  organisation_id uuid not null references organisation,
  auditor_id uuid not null references auditor,
  motive text not null constraint complaint_motive_is_known check (motive in ('never-signed', 'not-recognised')),
  channel text not null constraint complaint_channel_is_known check (channel in ('letter', 'phone', 'counter')),
  -- of the journal: what keeps the mandate from being erased meanwhile; null when another hold stood already
  hold_id uuid,
  received_at timestamptz(3) not null,
  closed_at timestamptz(3),
  answer text constraint complaint_answer_is_known check (answer in ('confirmed', 'contested', 'undecided')),
  constraint complaint_is_closed_with_an_answer check ((closed_at is null) = (answer is null))
);
create unique index one_open_complaint_per_mandate on complaint (mandate_id) where closed_at is null;
create index complaint_by_auditor on complaint (auditor_id, received_at);
create index complaint_by_usager on complaint (usager_id);

-- Column by column: who asked, about whom and when, is nobody's to change, and nothing is answered as it is asked.
grant select, insert on auditor to entremise_app;
grant update (active, departements, totp_secret, last_totp_step) on auditor to entremise_app;
grant select, insert (id, usager_id, organisation_id, mandate_id, asked_by, motive_sealed, asked_at, lapses_at) on unmasking to entremise_app;
grant update (answer, answered_by, answered_at, refusal_sealed, open_until) on unmasking to entremise_app;
grant select, insert (id, mandate_id, usager_id, organisation_id, auditor_id, motive, channel, hold_id, received_at) on complaint
  to entremise_app;
grant update (auditor_id, closed_at, answer) on complaint to entremise_app;
grant select on auditor, unmasking, complaint to entremise_worker;
