import { sql } from 'kysely';
import type { AppContext } from '#platform/context.ts';
import type { Trx } from '#platform/db/database.ts';
import { nodeRevoked } from '../node.events.ts';
import { type Entry, journalRegistry, parseEntry } from '../parse-entry.ts';
import { actsOfKinds } from './acts-of-kinds.ts';
import { applyAlone, failedAct, tryToRead } from './apply-alone.ts';
import type { FollowedActs } from './follow-acts.ts';

const registry = journalRegistry([nodeRevoked]);

/**
 * Node keys that acts put back revoked are revoked again, since the same hour; before anything else follows, because what such a key
 * signed later says nothing, here as everywhere: each act is judged by those before it. For ever: none of it is given again.
 */
export async function revokeNodesAgain({ keys }: Pick<AppContext, 'keys'>, trx: Trx): Promise<FollowedActs> {
  const done: FollowedActs = { taken: [], left: [], failed: [] };
  const [current] = keys.journalNode;
  const all = await actsOfKinds(trx, [nodeRevoked.kind]);
  for (const { id } of all.filter(({ isPutBack }) => isPutBack)) {
    const act = (await actsOfKinds(trx, [nodeRevoked.kind])).find((one) => one.id === id);
    if (!act) continue;
    const tried = act.rogue ? undefined : tryToRead(id, () => parseEntry(act.leaf, registry));
    if (!tried || !('read' in tried)) done.failed.push(...failedAct(act), ...(tried ? [tried] : []));
    else done.failed.push(...(await applyAlone(trx, id, () => revoke(trx, tried.read, current.kid, done))));
  }
  return done;
}

async function revoke(trx: Trx, act: Entry, current: string, { taken }: FollowedActs): Promise<void> {
  const { key, at } = nodeRevoked.clear.parse(act.clear);
  const open = await sql`select from journal.node_key where key_id = ${key} and revoked_at is null for update`.execute(
    trx,
  );
  if (open.rows.length === 0) return;
  if (key === current) throw new Error('cette clé est la première de ENTREMISE_KEYS\u00a0: mettez-en une autre devant');
  await sql`update journal.node_key set revoked_at = ${at}::timestamptz where key_id = ${key}`.execute(trx);
  taken.push({ entryId: act.id, at: act.writtenAt, whose: key, sentence: act.sentence({}) });
}
