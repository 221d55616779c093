import { sql } from 'kysely';
import { runAlertRules } from '#audit';
import { uuidv7 } from '#platform/ids/ids.ts';
import { tamper } from '#support/database.ts';
import type { World } from '#support/world.ts';
import { writtenAt } from '../../../src/audit/alerts/reading.ts';
import { RULES } from '../../../src/audit/alerts/rules.ts';

type Place = Pick<World, 'ctx' | 'workerCtx' | 'database'>;

/** The rules of these codes. */
export const only = (...codes: string[]) => RULES.filter(({ code }) => codes.includes(code));

let last = 0;

/** An instant after everything that was written, and after the run before. */
export function soon(): Date {
  last = Math.max(Date.now(), last) + 50;
  return new Date(last);
}

/** One turn of these rules, as the worker. */
export async function turn({ workerCtx, logs }: World, codes: readonly string[], now = soon()): Promise<number> {
  const raised = await runAlertRules(workerCtx, { rules: only(...codes), now });
  // a rule that fails is logged and stops nothing: a test that finds nothing must not be one that could not look
  const failed = logs.filter((line) => line.includes('a control rule could not be run'));
  if (failed.length > 0) throw new Error(failed.join('\n'));
  return raised;
}

/**
 * As if the database had dated every entry when the server did. A machine that stops for two seconds between the two is told
 * by I1, rightly: for a test that looks for something else.
 */
export async function withOneClock(place: Place): Promise<void> {
  await tamper(place, (db) => sql`update journal.entry_index i set recorded_at = ${writtenAt()}`.execute(db));
}

/** Whatever stands in the table, oldest first; of one rule when it is named. */
export async function alertsIn({ ctx }: Place, rule?: string) {
  const query = ctx.db.selectFrom('alert').selectAll().orderBy('id');
  return (rule ? query.where('rule', '=', rule) : query).execute();
}

export async function entriesOf({ ctx }: Place, alertId: string | undefined): Promise<string[]> {
  const rows = await ctx.db
    .selectFrom('alertEntry')
    .select('entryId')
    .where('alertId', '=', alertId ?? '')
    .orderBy('entryId')
    .execute();
  return rows.map(({ entryId }) => entryId);
}

export type Synthetic = {
  at: Date;
  kind: string;
  aidantId: string;
  organisationId: string;
  usagerId?: string | undefined;
  result?: 'ok' | 'refused';
};

/** Rows of the index alone, at hours that no test can wait for. Returns their ids. */
export async function indexed({ workerCtx }: Place, rows: readonly Synthetic[]): Promise<string[]> {
  const written = rows.map((row) => ({ id: uuidv7(row.at), ...row }));
  for (const { id, kind, result = 'ok', aidantId, organisationId, usagerId } of written) {
    await sql`insert into journal.entry_index (id, log_id, kind, result, aidant_id, organisation_id, usager_id)
      values (${id}, 1, ${kind}, ${result}, ${aidantId}, ${organisationId}, ${usagerId ?? null})`.execute(workerCtx.db);
  }
  return written.map(({ id }) => id);
}
