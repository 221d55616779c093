import { sql } from 'kysely';
import { type JournalEvent, record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import type { Trx } from '#platform/db/database.ts';
import { useRefused } from './use.events.ts';
import { type Refusal, refusalOfUse, type UseRight } from './use.rules.ts';

/** A use whose mandate is locked, with what its right depends on. */
export type TakenUse = UseRight & {
  id: string;
  authorisationId: string;
  mandateId: string;
  organisationId: string;
  usagerId: string;
  aidantId: string;
  theme: string;
  clientId: string;
  journalAlias: string;
  /** The number of the one entry that the act writes; null once the mandate has its closing entry. */
  mn: number | null;
  tokenAt: Date | null;
  organisationSiret: string;
  organisationName: string;
};

export type Step = 'code' | 'token' | 'identity';
export type Refused = { ok: false; reason: Refusal };

/**
 * One act of a use, in one transaction: locks the mandate, checks the right, lets `act` write what it changes and say what
 * the journal tells of it. A refusal is written in the use and in the journal, and kept: it is the result, never an exception.
 */
export function actOnUse<Done extends object>(
  ctx: AppContext,
  { useId, step }: { useId: string; step: Step },
  act: (trx: Trx, use: TakenUse, now: Date) => Promise<{ event: JournalEvent; done: Done } | Refusal>,
): Promise<({ ok: true; use: TakenUse } & Done) | Refused> {
  const now = ctx.clock.now();
  return inTransaction(ctx, async (trx) => {
    const use = await takeUse(trx, useId);
    const against = refusalOfUse(use, now);
    const result = against ?? (await act(trx, use, now));
    if (typeof result === 'string') return refuse(ctx, trx, { use, step, reason: result, now });
    await record(ctx, trx, result.event);
    return { ok: true, use, ...result.done };
  });
}

/** Takes a use that exists. The caller writes exactly one entry about it. */
export async function takeUse(trx: Trx, useId: string): Promise<TakenUse> {
  const { rows } = await sql<TakenUse>`select * from take_use(${useId})`.execute(trx);
  const [use] = rows;
  if (!use) throw new Error(`there is no use ${useId}`);
  return use;
}

async function refuse(
  ctx: AppContext,
  trx: Trx,
  { use, step, reason, now }: { use: TakenUse; step: Step; reason: Refusal; now: Date },
): Promise<Refused> {
  await trx
    .updateTable('use')
    .set({ refusedAt: now, refusal: reason })
    .where('id', '=', use.id)
    .where('refusedAt', 'is', null) // the first reason stays; the journal has them all
    .execute();
  const event = useRefused.event({
    ...journalled(use),
    result: 'refused',
    clear: { use: use.id, client: use.clientId, step, reason },
  });
  await record(ctx, trx, event);
  return { ok: false, reason };
}

/** What every entry about a use says of who, for whom, and under which mandate. */
export function journalled(use: TakenUse) {
  const { aidantId, organisationId, usagerId, mandateId, authorisationId, theme } = use;
  return {
    actor: { aidantId, organisationId },
    about: { usagerId, mandateId, authorisationId },
    mandate: { alias: use.journalAlias, mn: use.mn ?? undefined },
    theme,
  };
}
