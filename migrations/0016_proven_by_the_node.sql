-- Erasing, lifting a hold or switching a rule of alerts takes more than a password of the database: the program also proves that it
-- has the key of the node under whose name it tells that. SQL cannot verify Ed25519, it can verify HMAC-SHA256 (RFC 2104): the key of the HMAC is derived from the
-- node's, and its two padded forms are kept here when the node is registered. Nobody but the owner reads them.
create table journal.node_pad (
  key_id text primary key references journal.node_key,
  inner_pad bytea not null constraint inner_pad_is_a_block check (octet_length(inner_pad) = 64),
  outer_pad bytea not null constraint outer_pad_is_a_block check (octet_length(outer_pad) = 64)
);

-- Whether this transaction was given the HMAC, under a node's key, of its own number, of the cluster (a copy of which counts from the
-- same numbers) and of the entry that tells what is about to be done: a proof is worth nothing for any other.
create function journal.is_proven_by(node text, telling uuid) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce((
    select sha256(p.outer_pad || sha256(p.inner_pad || convert_to(
        concat('transaction ', pg_current_xact_id(), ' of ', (select system_identifier from pg_control_system()), ', entry ', telling), 'UTF8')))
      = decode(current_setting('journal.node_proof', true), 'hex')
    from journal.node_pad p where p.key_id = node), false)
$$;

-- As 0008 says; and the node is proven. A list of erasures applied again is the owner's business.
create or replace function journal.told_by(erasure uuid, kinds text[]) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  told jsonb;
begin
  select case when count(*) = 1 then jsonb_agg(convert_from(e.leaf, 'UTF8')::jsonb) -> 0 end into told
    from journal.entry e
    where e.id = erasure and e.log_id = 1 and e.xid = pg_current_xact_id() and e.recorded_at >= now()
      and exists (select from journal.node_key k where k.key_id = e.node and k.revoked_at is null)
      and e.node = convert_from(e.leaf, 'UTF8')::jsonb ->> 'node' and e.node_sig <> decode(repeat('00', 64), 'hex');
  if told is null or (told ->> 'id') is distinct from erasure::text or (told ->> 'log') is distinct from 'actes'
    or (told ->> 'type' = any (kinds)) is not true or (told ->> 'r') is distinct from 'ok'
    or jsonb_typeof(told -> 'clear') is distinct from 'object'
    or (select count(*) from journal.entry e where e.id = erasure) <> 1
  then
    raise exception 'nothing is done without the entry that tells it' using errcode = 'insufficient_privilege';
  end if;
  if kinds <> array['erasure.replayed'] and not journal.is_proven_by(told ->> 'node', erasure) then
    raise exception 'nothing is done without the key of the node that tells it (registered before 0016: register it again)'
      using errcode = 'insufficient_privilege';
  end if;
  return told;
end $$;

revoke all on function journal.is_proven_by, journal.told_by from public;
