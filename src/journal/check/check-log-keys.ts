import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';
import type { LogName } from '../event.ts';
import type { LeafMembers } from '../leaf.ts';
import { type LogKey, logKeys } from '../publish/log-policy.ts';
import { logKeyAnnounced, logKeyRetired } from '../publish/publish.events.ts';
import { withSealedLeaf } from '../sealed-leaf.ts';
import { allSuccessions } from '../successions.ts';
import { readLeaf } from '../verify/index.ts';
import { erasedMonths } from './conclusion-faults.ts';
import type { Findings } from './problems.ts';
import { waitingLeaves } from './waiting-entries.ts';

const KINDS = [logKeyAnnounced.kind, logKeyRetired.kind];

/** What entries tell of one key. */
type Told = { announced?: LogName; retired?: true };

/**
 * Both ways, because the policy that everybody verifies by is made of this table: each key of a log was announced by an entry, is
 * retired when an entry says so or its log was closed, and no key that was announced is gone. What an entry of a month that was
 * erased told, nothing tells any more.
 */
export async function checkLogKeys(db: Db, found: Findings): Promise<void> {
  const keys = await logKeys(db); // before the entries: what is announced meanwhile has its entry
  const told = await toldOfKeys(db);
  const [closed, erased] = await Promise.all([allSuccessions(db), erasedMonths(db)]);
  const isErased = (at: Date | null) => at !== null && erased.has(at.toISOString().slice(0, 7));
  for (const key of keys) {
    const isClosed = closed.some((one) => one.log === key.log && key.vkey.startsWith(`${one.closed}+`));
    for (const fault of faultsOf(key, told.get(key.vkey) ?? {}, { isClosed, isErased }))
      found.aside('log-key-differs', `${key.vkey}, ${fault}`);
  }
  const known = new Set((await logKeys(db)).map(({ vkey }) => vkey)); // after the entries
  for (const [vkey, { announced }] of told)
    if (announced && !known.has(vkey))
      found.aside('log-key-differs', `${vkey}, annoncée d’après le journal, n’est plus dans la base`);
}

function faultsOf(
  { log, announcedAt, retiredAt }: LogKey,
  { announced, retired }: Told,
  { isClosed, isErased }: { isClosed: boolean; isErased: (at: Date | null) => boolean },
): string[] {
  const isAnnounced = announced === undefined ? isErased(announcedAt) : announced === log;
  const isToldRetired = retired || isClosed;
  return [
    ...(isAnnounced ? [] : [`qu’aucune entrée n’annonce pour ${log}`]),
    ...(retiredAt && !isToldRetired && !isErased(retiredAt) ? ['retirée sans entrée qui le dise'] : []),
    ...(!retiredAt && isToldRetired ? ['retirée d’après le journal'] : []),
  ];
}

/** Sealed entries, and those that wait and will be. The first one that announces a key counts. */
async function toldOfKeys(db: Db): Promise<Map<string, Told>> {
  const waiting = await waitingLeaves(db, KINDS);
  const { rows } = await sql<{ leaf: Buffer }>`
    select sealed.leaf from journal.entry_index i ${withSealedLeaf}
    where i.kind = any(${KINDS}::text[]) and i.log_id = 1 order by l.idx`.execute(db);
  const sealed = rows.flatMap(({ leaf }) => {
    const read = readLeaf(leaf);
    return read.ok ? [read.leaf as unknown as LeafMembers] : [];
  });
  const told = new Map<string, Told>();
  for (const { type, clear } of [...sealed, ...waiting]) {
    const said = KINDS.includes(type) ? logKeyAnnounced.clear.safeParse(clear).data : undefined;
    if (!said) continue;
    const one = told.get(said.vkey) ?? {};
    told.set(said.vkey, type === logKeyRetired.kind ? { ...one, retired: true } : { announced: said.log, ...one });
  }
  return told;
}
