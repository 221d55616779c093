import { type QueryCreator, sql } from 'kysely';
import { type AidantAtWork, checkCode } from '#identity';
import { record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import type { DB, Trx } from '#platform/db/database.ts';
import { uuidv7 } from '#platform/ids/ids.ts';
import { useChosen } from './use.events.ts';
import { codeIsNeeded, type Refusal, type Right, refusalOfRight } from './use.rules.ts';

export type Choice = {
  who: AidantAtWork;
  clientId: string;
  usagerId: string;
  theme: string;
  /** Declared by the aidant: one clean line, 1 to 80 characters. */
  site: string;
  /** The six digits, when they are asked. */
  code: string;
  /** In seconds, when the partner limits the age of the authentication. */
  maxAge?: number | undefined;
  /**
   * Adds the provider's own statements: one of them, named `answered`, returns a row when and only when the partner's request
   * was still waiting for its answer.
   */
  answer: (creator: QueryCreator<DB>, chosen: { useId: string; factorAt: Date }) => QueryCreator<AnswerDb>;
};

export type AnswerDb = DB & { answered: { idHash: Buffer } };

export type ChoiceRefusal = Refusal | 'code-refused' | 'not-open' | 'already-answered';

type OpenAuthorisation = Right & { authorisationId: string; mandateId: string; journalAlias: string };

/**
 * The aidant chooses for whom, about what and where they act: that is the confirmation (`prompt=login`), with a code when the
 * last one is older than 15 minutes. Writes the use, `use.chosen`, and the answer to the partner's request, all or nothing.
 * `not-open`: no such authorisation in the aidant's structure; the journal is left untouched.
 */
export async function chooseUse(
  ctx: AppContext,
  choice: Choice,
): Promise<{ ok: true; useId: string } | { ok: false; reason: ChoiceRefusal }> {
  const { who, usagerId, theme } = choice;
  const now = ctx.clock.now();
  return inTransaction(ctx, async (trx) => {
    const factorAt = await provenAt(ctx, trx, choice, now);
    if (!factorAt) return { ok: false, reason: 'code-refused' };
    const right = await lockAuthorisation(trx, { organisationId: who.organisation.id, usagerId, theme });
    if (!right) return { ok: false, reason: 'not-open' };
    const against = refusalOfRight(right, now);
    if (against) return { ok: false, reason: against };
    const useId = uuidv7(now);
    const mn = await write(trx, choice, { useId, factorAt, right, now });
    if (mn === undefined) return { ok: false, reason: 'already-answered' };
    await record(ctx, trx, chosen(choice, { useId, right, mn }));
    return { ok: true, useId };
  });
}

/** When the aidant last proved who they are; null when a code is needed and is not right. */
async function provenAt(ctx: AppContext, trx: Trx, { who, code, maxAge }: Choice, now: Date): Promise<Date | null> {
  if (!codeIsNeeded(who.factorAt, now, maxAge)) return who.factorAt;
  return (await checkCode(ctx, trx, who, code)) === 'accepted' ? now : null;
}

async function lockAuthorisation(
  trx: Trx,
  { organisationId, usagerId, theme }: { organisationId: string; usagerId: string; theme: string },
): Promise<OpenAuthorisation | undefined> {
  const { rows } = await sql<OpenAuthorisation>`
    select * from lock_authorisation(${organisationId}, ${usagerId}, ${theme})`.execute(trx);
  return rows[0];
}

type Written = { useId: string; factorAt: Date; right: OpenAuthorisation; now: Date };

/** In one statement: the answer, the use, and the number of its entry. Undefined when the request was answered before. */
async function write(trx: Trx, choice: Choice, { useId, factorAt, right, now }: Written): Promise<number | undefined> {
  const { who, clientId, usagerId, theme, site } = choice;
  const numbered = await choice
    .answer(trx as unknown as QueryCreator<DB>, { useId, factorAt })
    .with('chosen', (db) =>
      db
        .insertInto('use')
        .columns([
          'id',
          'authorisationId',
          'mandateId',
          'organisationId',
          'usagerId',
          'aidantId',
          'sessionIdHash',
          'theme',
          'site',
          'clientId',
          'factorAt',
          'chosenAt',
        ])
        .expression((eb) =>
          eb
            .selectFrom('answered')
            .select([
              sql`${useId}::uuid`.as('id'),
              sql`${right.authorisationId}::uuid`.as('authorisationId'),
              sql`${right.mandateId}::uuid`.as('mandateId'),
              sql`${who.organisation.id}::uuid`.as('organisationId'),
              sql`${usagerId}::uuid`.as('usagerId'),
              sql`${who.aidantId}::uuid`.as('aidantId'),
              sql`${who.sessionIdHash}::bytea`.as('sessionIdHash'),
              sql`${theme}`.as('theme'),
              sql`${site}`.as('site'),
              sql`${clientId}`.as('clientId'),
              sql`${factorAt}::timestamptz`.as('factorAt'),
              sql`${now}::timestamptz`.as('chosenAt'),
            ]),
        )
        .returning('mandateId'),
    )
    .updateTable('mandate')
    .from('chosen')
    .set((eb) => ({ entryCount: eb('mandate.entryCount', '+', 1) }))
    .whereRef('mandate.id', '=', 'chosen.mandateId')
    .returning('mandate.entryCount')
    .executeTakeFirst();
  return numbered?.entryCount;
}

function chosen(
  { who, clientId, usagerId, theme, site }: Choice,
  { useId, right, mn }: { useId: string; right: OpenAuthorisation; mn: number },
) {
  return useChosen.event({
    actor: { aidantId: who.aidantId, organisationId: who.organisation.id },
    about: { usagerId, mandateId: right.mandateId, authorisationId: right.authorisationId },
    mandate: { alias: right.journalAlias, mn },
    theme,
    result: 'ok',
    clear: { use: useId, client: clientId },
    committed: { site },
    subject: { kind: 'usager', id: usagerId },
  });
}
