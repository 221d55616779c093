-- How auditors search the journal. Ids are UUIDv7: in the order of ids is in the order of time, so that one key is enough to
-- page through (`id < the last one shown`), and each way of asking has one index that is read in that order.

-- the same three as before, without the date that the id says already: shorter, for every act that is written
drop index journal.entry_index_by_aidant, journal.entry_index_by_organisation, journal.entry_index_by_usager;
create index entry_index_by_aidant on journal.entry_index (aidant_id, id) where aidant_id is not null;
create index entry_index_by_organisation on journal.entry_index (organisation_id, id) where organisation_id is not null;
create index entry_index_by_usager on journal.entry_index (usager_id, id) where usager_id is not null;
-- what is asked of the whole country: one kind of event, or refusals, which are few
create index entry_index_by_kind on journal.entry_index (kind, id);
create index entry_index_refused on journal.entry_index (id) where result = 'refused';

-- An auditor may look for a person by family name and birth date, both exact.
create index usager_by_birthdate on usager (birthdate);

-- Whom a search is about, kept with the session that asked, so that no address names a person. Holds ids only: the names that
-- were typed are committed in the journal, and nowhere else.
create table kept_search (
  id uuid primary key,
  session_id_hash bytea not null references session on delete cascade,
  usager_ids uuid[] not null,
  created_at timestamptz(3) not null
);
create index kept_search_by_session on kept_search (session_id_hash);

grant select, insert on kept_search to entremise_app;
