-- As 0008 did for mandates, column by column: whose a draft is, its name in the journal and its term are nobody's to change. With them,
-- what a person had signed for one draft was carried to another, given up or over.
revoke update on mandate_draft from entremise_app, entremise_worker;
grant update (themes, duration, terms, shown_texts, attempt, state_hash, attempt_sealed, session_id_hash, browser_hash, started_at,
  departed_at, identity_sealed, evidence_sealed, id_token_hint_sealed, identified_at, franceconnect_opened_at, logout_state_hash,
  logout_skipped_at, usager_id, mandate_id, failure, failure_reference, closed_at, closed_cause, wiped_at, updated_at)
  on mandate_draft to entremise_app;
grant update (identity_sealed, evidence_sealed, identified_at, usager_id, failure, failure_reference, attempt_sealed,
  id_token_hint_sealed, logout_state_hash, browser_hash, departed_at, wiped_at) on mandate_draft to entremise_worker;

-- What was signed says which attempt it was signed in: an earlier one does not come back.
create trigger draft_counts_its_attempts
  before update of attempt on mandate_draft
  for each row when (new.attempt < old.attempt and not pg_has_role(current_user, 'entremise_owner', 'usage'))
  execute function refuse_undoing('attempts_go_up');

-- Who identified is sealed with the attempt from now on. Whoever is between their identification and the acceptance identifies again.
update mandate_draft set identity_sealed = null, evidence_sealed = null, identified_at = null, usager_id = null, terms = null, shown_texts = null,
    failure = 'terms-changed', failure_reference = null
  where identified_at is not null and closed_at is null and wiped_at is null;
