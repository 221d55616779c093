import { type RawBuilder, sql } from 'kysely';
import { type AidantAtWork, checkCode } from '#identity';
import { prepareRecord } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import { uuidv7 } from '#platform/ids/ids.ts';
import { asWritten, type ChoiceFacts, findChoiceFacts, nextEntryNumber, onFacts } from './facts.ts';
import { useChosen } from './use.events.ts';
import { codeIsNeeded, type Refusal, refusalOfRight } from './use.rules.ts';

export type Choice = {
  who: AidantAtWork;
  clientId: string;
  usagerId: string;
  theme: string;
  /** Declared by the aidant: one clean line, 1 to 80 characters. */
  site: string;
  /** The six digits, when they are asked. */
  code: string;
  /** As read a moment ago: the use is written only if they still hold. Undefined when the theme is not open. */
  known: ChoiceFacts | undefined;
  /** In seconds, when the partner limits the age of the authentication. */
  maxAge?: number | undefined;
  /**
   * The provider's own statements, `name as (…), …`, which read `from locked`: one of them, named `answered`, returns one row
   * when and only when the partner's request was still waiting for its answer.
   */
  answer: (chosen: { useId: string; factorAt: Date }) => RawBuilder<unknown>;
};

export type ChoiceRefusal = Refusal | 'code-refused' | 'not-open' | 'already-answered';

type Chosen = { ok: true; useId: string } | { ok: false; reason: ChoiceRefusal };

/**
 * The aidant chooses for whom, about what and where they act: that is the confirmation (`prompt=login`), with a code when the
 * last one is older than 15 minutes. Writes the use, `use.chosen`, and the answer to the partner's request, all or nothing.
 * `not-open`: no such authorisation in the aidant's structure; the journal is left untouched.
 */
export async function chooseUse(ctx: AppContext, choice: Choice): Promise<Chosen> {
  const { who, usagerId, theme } = choice;
  const wanted = { organisationId: who.organisation.id, usagerId, theme };
  if (!choice.known) return { ok: false, reason: 'not-open' };
  const factorAt = await provenAt(ctx, choice);
  if (!factorAt) return { ok: false, reason: 'code-refused' };
  const again = () => findChoiceFacts(ctx.db, wanted);
  return onFacts(choice.known, again, async (facts): Promise<Chosen | undefined> => {
    const now = ctx.clock.now();
    const against = facts ? refusalOfRight(facts, now) : 'not-open';
    if (!facts || against) return { ok: false, reason: against ?? 'not-open' };
    const useId = uuidv7(now);
    const written = await write(ctx, choice, { useId, factorAt, facts, now });
    if (written === 'written') return { ok: true, useId };
    return written === 'already-answered' ? { ok: false, reason: written } : undefined;
  });
}

/** When the aidant last proved who they are; null when a code is needed and is not right. */
async function provenAt(ctx: AppContext, { who, code, maxAge }: Choice): Promise<Date | null> {
  const now = ctx.clock.now();
  if (!codeIsNeeded(who.factorAt, now, maxAge)) return who.factorAt;
  const verdict = await inTransaction(ctx, (trx) => checkCode(ctx, trx, who, code));
  return verdict === 'accepted' ? now : null;
}

type Written = { useId: string; factorAt: Date; facts: ChoiceFacts; now: Date };

/** The answer, the use and its entry, in one statement, or nothing of them. */
async function write(
  ctx: AppContext,
  choice: Choice,
  { useId, factorAt, facts, now }: Written,
): Promise<'written' | 'already-answered' | 'came-second'> {
  const { who, clientId, usagerId, theme, site } = choice;
  const recording = await prepareRecord(ctx, ctx.db, chosenEvent(choice, useId, facts));
  const { rows } = await sql`
    with locked as (
      select id from mandate where id = ${facts.mandateId} and entry_count = ${facts.entryCount} for update),
    ${choice.answer({ useId, factorAt })},
    settled as (
      update mandate set entry_count = entry_count + 1 from answered where mandate.id = ${facts.mandateId}
      returning mandate.id),
    chosen as (
      insert into use (id, authorisation_id, mandate_id, organisation_id, usager_id, aidant_id, session_id_hash, theme, site,
        client_id, factor_at, chosen_at)
      select ${useId}::uuid, ${facts.authorisationId}::uuid, settled.id, ${who.organisation.id}::uuid,
        ${usagerId}::uuid, ${who.aidantId}::uuid, ${who.sessionIdHash}::bytea, ${theme}, ${site}, ${clientId},
        ${factorAt}::timestamptz, ${now}::timestamptz
      from settled)
    select ${recording} from settled`.execute(asWritten(ctx.db));
  if (rows.length === 1) return 'written';
  const current = await findChoiceFacts(ctx.db, { organisationId: who.organisation.id, usagerId, theme });
  return current?.entryCount === facts.entryCount ? 'already-answered' : 'came-second';
}

function chosenEvent({ who, clientId, usagerId, theme, site }: Choice, useId: string, facts: ChoiceFacts) {
  return useChosen.event({
    actor: { aidantId: who.aidantId, organisationId: who.organisation.id },
    about: { usagerId, mandateId: facts.mandateId, authorisationId: facts.authorisationId },
    mandate: { alias: facts.journalAlias, mn: nextEntryNumber(facts) },
    theme,
    result: 'ok',
    clear: { use: useId, client: clientId },
    committed: { site },
    subject: { kind: 'usager', id: usagerId },
  });
}
