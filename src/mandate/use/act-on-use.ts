import { type RawBuilder, sql } from 'kysely';
import { type JournalEvent, prepareRecord } from '#journal';
import type { AppContext } from '#platform/context.ts';
import type { Db } from '#platform/db/database.ts';
import { asWritten, nextEntryNumber, onFacts, type UseFacts } from './facts.ts';
import { useRefused } from './use.events.ts';
import { type Refusal, refusalOfUse } from './use.rules.ts';

export type Step = 'code' | 'token' | 'identity';
export type Refused = { ok: false; reason: Refusal };

/** What an act writes beside its journal entry. */
type Act = {
  event: JournalEvent;
  /** What changes in the row of `use`. */
  change: RawBuilder<unknown>;
  /** Statements of the provider about its own rows, `, name as (…)`, each reading `from settled`. */
  alongside?: RawBuilder<unknown> | undefined;
};
type Refusing = { refusal: Refusal; revoked?: boolean; alongside?: RawBuilder<unknown> };
export type Outcome = Act | Refusing;

export type UseStep<Facts extends UseFacts = UseFacts> = {
  useId: string;
  /** As found a moment ago, when they were: the act is done only if they still hold. */
  known?: Facts | undefined;
};

/**
 * One act of a use, in one statement: locks the mandate if its facts are still those that were judged, changes the use, runs
 * what the provider adds, writes the journal. `act` says what, or why not: a refusal is written in the use and in the journal,
 * and kept. It is a result, never an exception. `find` reads what is judged when it is not known, or does not hold any more.
 */
export async function actOnUse<Facts extends UseFacts>(
  ctx: AppContext,
  { useId, known, step, find }: UseStep<Facts> & { step: Step; find: (db: Db, useId: string) => Promise<Facts> },
  act: (use: Facts, now: Date) => Outcome | Promise<Outcome>,
): Promise<{ ok: true; use: Facts } | Refused> {
  const again = () => find(ctx.db, useId);
  return onFacts(known ?? (await again()), again, async (use) => {
    const now = ctx.clock.now();
    const against = refusalOfUse(use, now);
    const outcome = against ? { refusal: against } : await act(use, now);
    const refused = 'refusal' in outcome;
    const written = await write(ctx, use, refused ? refusalOf(use, { ...outcome, step, now }) : outcome);
    if (!written) return undefined;
    return refused ? { ok: false, reason: outcome.refusal } : { ok: true, use };
  });
}

/** False when another act of the mandate came first: nothing was written. */
async function write(
  ctx: AppContext,
  { useId, mandateId, entryCount }: UseFacts,
  { event, change, alongside }: Act,
): Promise<boolean> {
  const recording = await prepareRecord(ctx, ctx.db, event);
  const { rows } = await sql`
    with settled as (
      update mandate set entry_count = entry_count + (ended_at is null)::integer
      where id = ${mandateId} and entry_count = ${entryCount} returning id),
    changed as (update use set ${change} from settled where use.id = ${useId})
    ${alongside ?? sql``}
    select ${recording} from settled`.execute(asWritten(ctx.db));
  return rows.length === 1;
}

function refusalOf(use: UseFacts, refused: Refusing & { step: Step; now: Date }): Act {
  const { refusal: reason, step, now, alongside, revoked } = refused;
  const event = useRefused.event({
    ...journalled(use),
    result: 'refused',
    clear: { use: use.useId, client: use.clientId, step, reason },
  });
  // The first reason stays in the use; the journal has them all.
  const change = sql`refused_at = coalesce(refused_at, ${now}), refusal = coalesce(refusal, ${reason})
    ${revoked ? sql`, revoked_at = ${now}` : sql``}`;
  return { event, change, alongside };
}

/** What every entry about a use says of who, for whom, and under which mandate. */
export function journalled(use: UseFacts) {
  const { aidantId, organisationId, usagerId, mandateId, authorisationId, theme } = use;
  return {
    actor: { aidantId, organisationId },
    about: { usagerId, mandateId, authorisationId },
    mandate: { alias: use.journalAlias, mn: nextEntryNumber(use) },
    theme,
  };
}
