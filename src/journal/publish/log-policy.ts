import { sql } from 'kysely';
import type { AppContext } from '#platform/context.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import type { Db } from '#platform/db/database.ts';
import type { LogName } from '../event.ts';
import { LOG_IDS } from '../record.ts';
import { allSuccessions } from '../successions.ts';
import { type Policy, type PolicyFault, parsePolicy } from '../verify/index.ts';

/** A key of a log, as it was announced. One that is retired verifies what it signed, and signs nothing more. */
export type LogKey = { log: LogName; vkey: string; announcedAt: Date; retiredAt: Date | null };

type Row = { logId: number; vkey: string; announcedAt: Date; retiredAt: Date | null };

/** The announced keys of both logs: by log, the newest first. */
export async function logKeys(db: Db): Promise<LogKey[]> {
  const { rows } = await sql<Row>`
    select log_id, vkey, announced_at, retired_at from journal.log_key
    order by log_id, retired_at desc nulls first, announced_at desc, vkey`.execute(db);
  return rows.map(({ logId, ...row }) => ({ ...row, log: logId === LOG_IDS.acces ? 'acces' : 'actes' }));
}

/**
 * The policy that everybody may verify by (C2SP tlog-policy): the announced keys of both logs, those that are retired too,
 * with the address of each log (of its own for one that was closed), then what the operator’s file says of witnesses.
 */
export async function policyText({ db, config }: Pick<AppContext, 'db' | 'config'>): Promise<string> {
  const [closed, keys] = await Promise.all([allSuccessions(db), logKeys(db)]);
  const lines = keys.flatMap(({ log, vkey, announcedAt, retiredAt }) => {
    const ended = closed.find((one) => vkey.startsWith(`${one.closed}+`));
    const dates = `announced ${announcedAt.toISOString()}${retiredAt ? `, retired ${retiredAt.toISOString()}` : ''}`;
    return [
      `# ${log}: ${dates}${ended ? `, closed at ${ended.size} entries, succeeded by ${ended.origin}` : ''}`,
      `log ${vkey} ${config.publicUrl}/journal/${ended ? `closed/${ended.n}` : log}`,
    ];
  });
  return `${lines.map((line) => `${line}\n`).join('')}${config.journal.witnesses}`;
}

/** The same policy, read. A fault names the line of the text. */
export async function readLogPolicy(
  ctx: Pick<AppContext, 'db' | 'config'>,
): Promise<{ ok: true; policy: Policy } | { ok: false; fault: PolicyFault; line: number }> {
  return parsePolicy(await policyText(ctx), sha256);
}

/** The witnesses and the quorum alone, from the operator’s file. */
export function readWitnesses({ config }: Pick<AppContext, 'config'>): Policy | undefined {
  const read = parsePolicy(config.journal.witnesses, sha256);
  return read.ok ? read.policy : undefined;
}
