import { sql } from 'kysely';
import { type AppContext, inTransaction } from '#platform/context.ts';
import type { Db, Trx } from '#platform/db/database.ts';
import { violates } from '#platform/db/database.ts';
import { orderedId } from '#platform/ids/ordered-id.ts';
import { asNode } from '../prove-node.ts';
import { record } from '../record.ts';
import { type HoldGround, holdLifted, holdPlaced } from './erase.events.ts';
import { takeTurn } from './in-erasure.ts';

/** What must not be erased: a person, a mandate, or whole months (2025-10, both included). */
export type HoldTarget = { usagerId: string } | { mandateId: string } | { first: string; last: string };

export type Hold = {
  id: string;
  usagerId: string | null;
  mandateId: string | null;
  first: string | null;
  last: string | null;
  ground: string;
  placedAt: Date;
};

const nameOf = (target: HoldTarget) => ('usagerId' in target ? 'person' : 'mandateId' in target ? 'mandate' : 'period');

/** Places a legal hold, in a transaction that may hold more (a complaint is received). Returns its id. */
export async function placeHoldIn(
  ctx: Pick<AppContext, 'keys' | 'clock'>,
  trx: Trx,
  { target, ground }: { target: HoldTarget; ground: HoldGround },
): Promise<string> {
  await takeTurn(trx);
  const now = ctx.clock.now();
  const id = orderedId(now);
  const months = 'first' in target ? { first: target.first, last: target.last } : {};
  if ('first' in target && (await areHeld(trx, target))) throw new AlreadyHeld();
  await sql`
    insert into journal.hold (id, usager_id, mandate_id, first_month, last_month, ground, placed_at)
    values (${id}, ${'usagerId' in target ? target.usagerId : null}, ${'mandateId' in target ? target.mandateId : null},
      ${months.first ? `${months.first}-01` : null}::date, ${months.last ? `${months.last}-01` : null}::date, ${ground}, ${now})
  `.execute(trx);
  await record(
    ctx,
    trx,
    holdPlaced.event({
      actor: {},
      about: 'first' in target ? {} : target,
      result: 'ok',
      clear: { hold: id, target: nameOf(target), ground, ...months },
    }),
  );
  return id;
}

class AlreadyHeld extends Error {}

/** Whether these very months are held: `takeTurn` lets one hold be placed at a time. */
async function areHeld(trx: Trx, { first, last }: { first: string; last: string }): Promise<boolean> {
  const { rows } = await sql`
    select from journal.hold where lifted_at is null
      and first_month = ${`${first}-01`}::date and last_month = ${`${last}-01`}::date limit 1`.execute(trx);
  return rows.length > 0;
}

/** Places a legal hold: from now on neither a person nor a job erases what it is about. */
export async function placeHold(
  ctx: Pick<AppContext, 'db' | 'keys' | 'clock'>,
  wanted: { target: HoldTarget; ground: HoldGround },
): Promise<{ ok: true; holdId: string } | { ok: false; reason: 'already-held' }> {
  try {
    return { ok: true, holdId: await inTransaction(ctx, (trx) => placeHoldIn(ctx, trx, wanted)) };
  } catch (error) {
    const isHeld = violates(error, 'person_is_held_once') || violates(error, 'mandate_is_held_once');
    if (isHeld || error instanceof AlreadyHeld) return { ok: false, reason: 'already-held' };
    throw error;
  }
}

/** Lifts a hold, once: false when there is none, or no longer. */
export async function liftHold(ctx: Pick<AppContext, 'db' | 'keys'>, holdId: string): Promise<boolean> {
  return inTransaction(ctx, (trx) => liftHoldIn(ctx, trx, holdId));
}

/** The same, in a transaction that does more (a complaint is answered). Throws when the site may not lift this hold. */
export async function liftHoldIn(ctx: Pick<AppContext, 'keys'>, trx: Trx, holdId: string): Promise<boolean> {
  await takeTurn(trx);
  const { rows } = await sql<{ usagerId: string | null; mandateId: string | null }>`
    select usager_id, mandate_id from journal.hold where id = ${holdId} and lifted_at is null`.execute(trx);
  const [row] = rows;
  if (!row) return false;
  const about = { usagerId: row.usagerId ?? undefined, mandateId: row.mandateId ?? undefined };
  const target = row.usagerId ? 'person' : row.mandateId ? 'mandate' : 'period';
  const event = holdLifted.event({ actor: {}, about, result: 'ok', clear: { hold: holdId, target } });
  const [telling = ''] = await record(ctx, trx, event);
  const lifted = await asNode(ctx.keys, trx, telling, () =>
    sql<{ isLifted: boolean }>`select journal.lift_hold(${holdId}::uuid, ${telling}::uuid) as is_lifted`.execute(trx),
  );
  if (!lifted.rows[0]?.isLifted) throw new Error('the site lifts no hold but those of complaints');
  return true;
}

/** The holds that stand, oldest first. */
export async function listHolds(db: Db): Promise<Hold[]> {
  const { rows } = await sql<Hold>`
    select id, usager_id, mandate_id, to_char(first_month, 'YYYY-MM') as first, to_char(last_month, 'YYYY-MM') as last,
      ground, placed_at
    from journal.hold where lifted_at is null order by placed_at, id`.execute(db);
  return rows;
}

/** The ids of persons and mandates under hold, for jobs that look for what to erase. */
export async function heldIds(db: Db | Trx): Promise<{ usagers: string[]; mandates: string[] }> {
  const { rows } = await sql<{ usagerId: string | null; mandateId: string | null }>`
    select usager_id, mandate_id from journal.hold where lifted_at is null and first_month is null`.execute(db);
  return {
    usagers: rows.flatMap(({ usagerId }) => usagerId ?? []),
    mandates: rows.flatMap(({ mandateId }) => mandateId ?? []),
  };
}
