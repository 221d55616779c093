import { leaveNotice, lockAuditor } from '#identity';
import { record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import { uuidv7 } from '#platform/ids/ids.ts';
import { after } from '#platform/time/clock.ts';
import { tellWhoMayAnswer } from '../mails/tell-auditors.ts';
import type { WhoActs } from '../scope.ts';
import { identitiesOpenTo } from './open-identities.queries.ts';
import type { MetPerson } from './person.queries.ts';
import { unmaskingAsked } from './unmask.events.ts';
import { waitingRequest } from './unmask.queries.ts';
import { sealWords, WAITS_FOR } from './unmask.rules.ts';

type Outcome = { ok: true; id: string } | { ok: false; reason: 'already-asked' | 'already-open' | 'inactive' };

/**
 * Asks to see who a person is. Opens nothing: another auditor must agree, and those who may are told by mail. One request at a time for one person: the row of
 * the auditor is locked, so that of two sent at once one is kept.
 */
export async function askUnmasking(
  ctx: AppContext,
  { who, person, motive }: { who: WhoActs; person: MetPerson; motive: string },
): Promise<Outcome> {
  const now = ctx.clock.now();
  const id = uuidv7(now);
  const { auditorId } = who;
  const { usagerId, mandateId, organisationId, alias } = person;
  return inTransaction(ctx, async (trx): Promise<Outcome> => {
    const auditor = await lockAuditor(trx, auditorId);
    if (!auditor?.active) return { ok: false, reason: 'inactive' };
    if (await waitingRequest(trx, { auditorId, usagerId, now })) return { ok: false, reason: 'already-asked' };
    if ((await identitiesOpenTo(trx, who, [usagerId], now)).size > 0) return { ok: false, reason: 'already-open' };
    const motiveSealed = sealWords(ctx.keys, id, 'motive_sealed', motive);
    const dates = { askedAt: now, lapsesAt: after(now, WAITS_FOR) };
    await trx
      .insertInto('unmasking')
      .values({ id, usagerId, organisationId, mandateId, askedBy: auditorId, motiveSealed, ...dates })
      .execute();
    await record(
      ctx,
      trx,
      unmaskingAsked.event({
        actor: {},
        about: { usagerId, mandateId: mandateId ?? undefined },
        mandate: alias ? { alias } : undefined,
        result: 'ok',
        clear: { auditor: auditorId, unmasking: id },
        committed: { motive },
        subject: { kind: 'usager', id: usagerId },
      }),
    );
    await tellWhoMayAnswer(trx, { id, askedBy: auditorId, organisationId });
    await leaveNotice(trx, who.sessionIdHash, 'identite-demandee');
    return { ok: true, id };
  });
}
