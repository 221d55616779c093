-- The site and the worker write ends, because they end; with the password of one of them an end could be taken back, and the mandate
-- acted again. What takes a power away, and that nobody of ours ever gives back, stays as it was first written. The conditions stand
-- on the triggers: an act, which changes none of these columns, calls nothing.
create function refuse_undoing() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception '%: % on %', replace(tg_argv[0], '_', ' '), tg_op, tg_relid::regclass
    using errcode = 'check_violation', constraint = tg_argv[0], table = tg_table_name, schema = tg_table_schema;
end $$;
revoke all on function refuse_undoing from public;

-- For nobody, whoever runs the service included: a restore that lost an end writes it again on what is open.
create trigger mandate_that_ended_stays_ended
  before update of ended_at, end_cause, end_known_at, end_channel, ended_by_aidant_id on mandate
  for each row when (old.ended_at is not null and (old.ended_at, old.end_cause, old.end_known_at, old.end_channel, old.ended_by_aidant_id)
    is distinct from (new.ended_at, new.end_cause, new.end_known_at, new.end_channel, new.ended_by_aidant_id))
  execute function refuse_undoing('what_ended_stays_ended');
create trigger authorisation_that_ended_stays_ended
  before update of ended_at, end_cause, ended_by_aidant_id on authorisation
  for each row when (old.ended_at is not null and (old.ended_at, old.end_cause, old.ended_by_aidant_id)
    is distinct from (new.ended_at, new.end_cause, new.ended_by_aidant_id))
  execute function refuse_undoing('what_ended_stays_ended');

-- A code is exchanged once, and a connection that was revoked or refused is over. `ended_at` is not among them: it says which person
-- the aidant's page shows, and an identity that is asked for again opens it.
create trigger use_that_is_over_stays_over
  before update of token_at, revoked_at, refused_at on use
  for each row when (old.token_at is not null and new.token_at is null or old.revoked_at is not null and new.revoked_at is null
    or old.refused_at is not null and new.refused_at is null)
  execute function refuse_undoing('what_is_over_stays_over');
-- The session that chose goes with its row, by the foreign key: no connection is given to another one.
revoke update (session_id_hash) on use from entremise_app;

-- The person said no, or the agreement was used: it is not used again. An erasure unties a draft from the mandate that goes.
create trigger draft_that_is_closed_stays_closed
  before update of closed_at, closed_cause, mandate_id, wiped_at on mandate_draft
  for each row when ((old.closed_at is not null and (old.closed_at, old.closed_cause, old.mandate_id)
      is distinct from (new.closed_at, new.closed_cause, new.mandate_id) or old.wiped_at is not null and new.wiped_at is null)
    and not pg_has_role(current_user, 'entremise_owner', 'usage'))
  execute function refuse_undoing('what_is_closed_stays_closed');

-- An end takes numbers of the journal, one for each of the ten themes and one for the mandate: no statement of ours takes more. With
-- the last number of all given to an open mandate, nobody could have ended it: what is left above 2147483000 is for ends, which come
-- first and are counted next. A restore goes on counting after acts that came back, with the rights of the owner.
create trigger mandate_counts_its_acts
  before update of entry_count on mandate
  for each row when ((new.entry_count - old.entry_count not between 0 and 11 or new.ended_at is null and new.entry_count > 2147483000)
    and not pg_has_role(current_user, 'entremise_owner', 'usage'))
  execute function refuse_undoing('entry_count_follows_acts');
create trigger mandate_begins_to_count
  before insert on mandate
  for each row when (new.entry_count not between 0 and 11 and not pg_has_role(current_user, 'entremise_owner', 'usage'))
  execute function refuse_undoing('entry_count_follows_acts');
