-- A signature may be that of several leaves written at the same time: 64 bytes (Ed25519), or those, the leaf's place and the number
-- of leaves (a byte each), and up to four hashes that lead to the root that was signed.
alter table journal.entry drop constraint entry_is_well_formed;
alter table journal.entry add constraint entry_is_well_formed
  check (log_id in (1, 2) and octet_length(leaf) between 2 and 16384 and octet_length(node_sig) between 64 and 194);
