-- Sessions, forms kept during a reprise, rate limits, and the only way for the app to put a job in the queue.

-- `id_hash` names the session for as long as it lasts: hash of the id given at login. `cookie_hash` is the hash of the id
-- the browser holds now: a new one at each reprise.
create table session (
  id_hash bytea primary key,
  cookie_hash bytea not null constraint session_cookie_is_unique unique,
  door text not null constraint session_door_is_known check (door in ('aidant', 'usager', 'auditeur', 'administration')),
  actor_id uuid not null,
  organisation_id uuid,
  notice text,
  created_at timestamptz(3) not null,
  last_activity_at timestamptz(3) not null,
  factor_at timestamptz(3) not null,
  expires_at timestamptz(3) not null
);
create index session_by_actor on session (door, actor_id);
create index session_by_end on session (expires_at);

-- A form posted after too long a silence: sealed, given back once, to the same session and the same page.
create table kept_form (
  session_id_hash bytea not null references session on delete cascade,
  path text not null,
  sealed bytea not null,
  expires_at timestamptz(3) not null,
  primary key (session_id_hash, path)
);

create table rate_limit (
  key_hash bytea primary key,
  hits integer not null,
  resets_at timestamptz(3) not null
);
create index rate_limit_by_end on rate_limit (resets_at);

grant select, insert, update, delete on session, kept_form, rate_limit to entremise_app;
grant select, delete on session, kept_form, rate_limit to entremise_worker;

-- The queue belongs to the worker and its row security refuses the app: this function, run as the worker, is the one door.
create function enqueue_job(task text, payload json) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if task not in ('send-login-mail', 'send-mandate-concluded-mail', 'send-mandate-ended-mail') then
    raise exception 'unknown task %', task using errcode = 'check_violation', constraint = 'task_is_known';
  end if;
  perform graphile_worker.add_job(task, payload, max_attempts => 25);
end $$;
grant create on schema public to entremise_worker;
alter function enqueue_job(text, json) owner to entremise_worker;
revoke create on schema public from entremise_worker;
set local role entremise_worker;
revoke all on function enqueue_job(text, json) from public;
grant execute on function enqueue_job(text, json) to entremise_app;
reset role;
