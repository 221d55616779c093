import { sql } from 'kysely';
import { type AppContext, inTransaction } from '#platform/context.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import type { Db, Trx } from '#platform/db/database.ts';
import type { LogName } from '../event.ts';
import { LOG_IDS, record } from '../record.ts';
import { LOGS, originOf, originProblem } from '../seal/log.ts';
import { ED25519, parseVkey } from '../verify/index.ts';
import { logKeyAnnounced, logKeyRetired } from './publish.events.ts';

/** `reason` says what is wrong with which key; a key that is retired is never taken up again. */
export type KeysChanged = { ok: true; changed: string[] } | { ok: false; reason: KeyReason; key: string };
export type KeyReason = 'not-a-key' | 'other-log' | 'other-origin' | 'retired' | 'unknown' | 'last-key';

type Ctx = Pick<AppContext, 'keys' | 'config' | 'clock'>;

/**
 * Tells the world, in the log `actes` and in the policy, that these verifier keys sign the logs; those that are announced
 * already are left. Needs the owner’s rights. Never throws for a key that is none.
 */
export async function announceKeys(ctx: Ctx, ownerDb: Db, vkeys: readonly string[]): Promise<KeysChanged> {
  return changeKeys(ctx, ownerDb, vkeys, async (trx, log, vkey) => {
    const { rows } = await sql<{ retiredAt: Date | null }>`
      select retired_at from journal.log_key where vkey = ${vkey}`.execute(trx);
    if (rows[0]) return rows[0].retiredAt ? 'retired' : false;
    await sql`
      insert into journal.log_key (vkey, log_id, announced_at)
      values (${vkey}, ${LOG_IDS[log]}, ${ctx.clock.now()})`.execute(trx);
    await record(ctx, trx, logKeyAnnounced.event({ actor: {}, result: 'ok', clear: { log, vkey } }));
    return true;
  });
}

/**
 * Tells the world that these keys sign no more: checkpoints they signed stay verified, new ones are not accepted from them.
 * The last key of a log cannot be retired. Needs the owner’s rights.
 */
export async function retireKeys(ctx: Ctx, ownerDb: Db, vkeys: readonly string[]): Promise<KeysChanged> {
  return changeKeys(ctx, ownerDb, vkeys, async (trx, log, vkey) => {
    const { rows } = await sql<{ vkey: string; retiredAt: Date | null }>`
      select vkey, retired_at from journal.log_key where log_id = ${LOG_IDS[log]} for update`.execute(trx);
    const key = rows.find((row) => row.vkey === vkey);
    if (!key) return 'unknown';
    if (key.retiredAt) return false;
    if (rows.filter(({ retiredAt }) => !retiredAt).length === 1) return 'last-key';
    await sql`update journal.log_key set retired_at = ${ctx.clock.now()} where vkey = ${vkey}`.execute(trx);
    await record(ctx, trx, logKeyRetired.event({ actor: {}, result: 'ok', clear: { log, vkey } }));
    return true;
  });
}

class Refused extends Error {
  readonly refusal: KeysChanged & { ok: false };
  constructor(reason: KeyReason, key: string) {
    super(reason);
    this.refusal = { ok: false, reason, key };
  }
}

/** All of them or none. */
async function changeKeys(
  ctx: Ctx,
  db: Db,
  vkeys: readonly string[],
  change: (trx: Trx, log: LogName, vkey: string) => Promise<KeyReason | boolean>,
): Promise<KeysChanged> {
  const keys: { log: LogName; vkey: string }[] = [];
  for (const vkey of vkeys) {
    const log = logOf(ctx, vkey);
    if (log === 'not-a-key' || log === 'other-log') return { ok: false, reason: log, key: vkey };
    if (await originProblem({ ...ctx, db }, log)) return { ok: false, reason: 'other-origin', key: vkey };
    keys.push({ log, vkey });
  }
  return inTransaction({ db }, async (trx): Promise<KeysChanged> => {
    const changed: string[] = [];
    for (const { log, vkey } of keys) {
      const answer = await change(trx, log, vkey);
      if (typeof answer === 'string') throw new Refused(answer, vkey);
      if (answer) changed.push(vkey);
    }
    return { ok: true, changed };
  }).catch((error: unknown) => {
    if (error instanceof Refused) return error.refusal;
    throw error;
  });
}

function logOf(ctx: Ctx, text: string): LogName | 'not-a-key' | 'other-log' {
  const read = parseVkey(text, sha256);
  if (!read.ok || read.vkey.type !== ED25519) return 'not-a-key';
  return LOGS.find((log) => originOf(ctx, log) === read.vkey.name) ?? 'other-log';
}
