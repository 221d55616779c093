-- The sealed side of the journal: each entry gets an index without a gap, and each log is one Merkle tree (RFC 6962) kept
-- as full tiles (C2SP tlog-tiles). Nothing here is ever changed; what a witness has seen cannot be taken back.

-- The name under which a log is signed. It never changes: witnesses know the log by it.
create table journal.log (
  log_id smallint primary key constraint log_is_known check (log_id in (1, 2)),
  origin text not null constraint origin_is_unique unique,
  created_at timestamptz(3) not null
);

-- The place of each entry. The two constraints are the last line against sequencing twice.
create table journal.leaf (
  log_id smallint not null, -- without a reference to journal.log, which would be looked up once for each leaf
  idx bigint not null constraint leaf_index_is_not_negative check (idx >= 0),
  entry_id uuid not null constraint entry_is_sealed_once unique,
  leaf_hash bytea not null constraint leaf_hash_is_sha256 check (octet_length(leaf_hash) = 32),
  primary key (log_id, idx)
);

-- Full tiles only: 256 hashes, and the root of their subtree. A partial tile is read from `leaf`, or from the roots below.
create table journal.tile (
  log_id smallint not null references journal.log,
  level smallint not null,
  n bigint not null,
  hashes bytea not null constraint tile_is_full check (octet_length(hashes) = 8192),
  root bytea not null constraint tile_root_is_sha256 check (octet_length(root) = 32),
  primary key (log_id, level, n)
);
alter table journal.tile alter column hashes set storage external;

-- One row per batch. The cursor (last_xid, last_id) says up to where entries were looked at; `system_identifier` names the
-- cluster, whose transaction numbers mean nothing in another one.
create table journal.tree_head (
  log_id smallint not null references journal.log,
  size bigint not null,
  root bytea not null constraint tree_root_is_sha256 check (octet_length(root) = 32),
  last_xid xid8 not null,
  last_id uuid not null,
  system_identifier text not null,
  created_at timestamptz not null default clock_timestamp(),
  primary key (log_id, size)
);

-- Tree heads as the signer signed them.
create table journal.checkpoint (
  log_id smallint not null references journal.log,
  size bigint not null,
  note text not null,
  signed_at timestamptz(3) not null,
  primary key (log_id, size)
);

create table journal.cosignature (
  log_id smallint not null,
  size bigint not null,
  witness text not null,
  line text not null,
  witnessed_at timestamptz(0) not null,
  primary key (log_id, size, witness),
  foreign key (log_id, size) references journal.checkpoint
);
create index cosignature_by_witness on journal.cosignature (log_id, witness, size desc);

-- Checkpoints that met the policy, with the signatures that met it: what the world is shown.
create table journal.publication (
  log_id smallint not null,
  size bigint not null,
  note text not null,
  published_at timestamptz(3) not null,
  primary key (log_id, size),
  foreign key (log_id, size) references journal.checkpoint
);

-- Entries that no registered node signed: never sealed, told by an entry of their own.
create table journal.quarantine (
  entry_id uuid not null,
  recorded_at timestamptz not null, -- of the entry: a stranger may take the id of another one
  log_id smallint not null references journal.log,
  reason text not null,
  found_at timestamptz(3) not null,
  primary key (entry_id, recorded_at)
);

-- The public keys of each log, as C2SP verifier keys. A retired one still verifies what it signed.
create table journal.log_key (
  vkey text primary key,
  log_id smallint not null references journal.log,
  announced_at timestamptz(3) not null,
  retired_at timestamptz(3)
);

-- Full passes over the live database, and what they found.
create table journal.full_check (
  id uuid primary key,
  log_id smallint not null,
  size bigint not null,
  problems text[] not null,
  started_at timestamptz(3) not null,
  ended_at timestamptz(3) not null
);
create index full_check_by_end on journal.full_check (log_id, ended_at desc);

-- What each part of the sealing last met: rows that change, for people and monitors; no proof rests on them.
create table journal.sealing_state (
  log_id smallint not null,
  part text not null, -- sequencer, mirror, signer, witness:<name>
  problem text,
  seen_at timestamptz(3) not null,
  primary key (log_id, part)
);

-- Same guards as the entries'.
do $$
declare
  guarded text;
begin
  foreach guarded in array array['log', 'leaf', 'tile', 'tree_head', 'checkpoint', 'cosignature', 'publication', 'quarantine', 'full_check'] loop
    execute format('create trigger %I before update or delete on journal.%I for each row execute function journal.refuse_change()',
      guarded || '_is_never_changed', guarded);
    execute format('create trigger %I before truncate on journal.%I for each statement execute function journal.refuse_change()',
      guarded || '_is_never_emptied', guarded);
    execute format('alter table journal.%I enable always trigger %I', guarded, guarded || '_is_never_changed');
    execute format('alter table journal.%I enable always trigger %I', guarded, guarded || '_is_never_emptied');
  end loop;
end $$;

-- The worker seals: it reads leaves and node signatures, and adds.
grant select on journal.entry to entremise_worker;
grant select, insert on journal.log, journal.leaf, journal.tile, journal.checkpoint, journal.cosignature, journal.publication,
  journal.quarantine, journal.full_check to entremise_worker;
grant select on journal.tree_head to entremise_worker;
grant insert (log_id, size, root, last_xid, last_id, system_identifier) on journal.tree_head to entremise_worker;
grant select, insert, update on journal.sealing_state to entremise_worker;
grant select on journal.log_key to entremise_worker;
-- Hashes and checkpoints are public by nature.
grant select on journal.log, journal.leaf, journal.tile, journal.tree_head, journal.checkpoint, journal.cosignature,
  journal.publication, journal.quarantine, journal.log_key, journal.full_check, journal.sealing_state
  to entremise_app, entremise_reader;
