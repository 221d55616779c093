import { type AuditorAtWork, checkCode, leaveNotice, lockAuditor } from '#identity';
import { type JournalEvent, record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import { after } from '#platform/time/clock.ts';
import { tellAuditor } from '../mails/tell-auditors.ts';
import { unmaskingGranted, unmaskingRefused } from './unmask.events.ts';
import { type Unmasking, writeAnswer } from './unmask.queries.ts';
import { OPEN_FOR, sealWords } from './unmask.rules.ts';

export type Answer = { answer: 'granted' } | { answer: 'refused'; reason: string };
type Outcome = 'answered' | 'wrong-code' | 'too-late';

/**
 * The answer of a second auditor, signed with their code: never the one who asked, and once. Granted, the identity is open
 * to the one who asked, alone, for 7 days. They are told by mail. `too-late`: another answered first, the request lapsed, or it is not theirs to
 * answer (any more).
 */
export async function answerUnmasking(
  ctx: AppContext,
  { who, unmasking, code, ...given }: { who: AuditorAtWork; unmasking: Unmasking; code: string } & Answer,
): Promise<Outcome> {
  const now = ctx.clock.now();
  const { id } = unmasking;
  return inTransaction(ctx, async (trx): Promise<Outcome> => {
    if ((await checkCode(ctx, trx, who, code)) === 'refused') return 'wrong-code';
    const auditor = await lockAuditor(trx, who.auditorId);
    if (!auditor?.active) return 'too-late';
    const openUntil = after(now, OPEN_FOR);
    const written = await writeAnswer(trx, {
      ...{ id, who: { ...who, departements: auditor.departements }, now },
      ...(given.answer === 'granted'
        ? { answer: 'granted', openUntil }
        : { answer: 'refused', refusalSealed: sealWords(ctx.keys, id, 'refusal_sealed', given.reason) }),
    });
    if (!written) return 'too-late';
    await record(ctx, trx, eventOf(who.auditorId, unmasking, given, openUntil));
    await tellAuditor(trx, { about: 'identity-answered', id, auditorId: unmasking.askedBy });
    await leaveNotice(trx, who.sessionIdHash, given.answer === 'granted' ? 'identite-accordee' : 'identite-refusee');
    return 'answered';
  });
}

function eventOf(auditor: string, unmasking: Unmasking, given: Answer, openUntil: Date): JournalEvent {
  const { id, usagerId, mandateId, alias } = unmasking;
  const common = {
    actor: {},
    about: { usagerId, mandateId: mandateId ?? undefined },
    mandate: alias ? { alias } : undefined,
  };
  if (given.answer === 'granted') {
    const clear = { auditor, unmasking: id, until: openUntil.toISOString() };
    return unmaskingGranted.event({ ...common, result: 'ok', clear });
  }
  return unmaskingRefused.event({
    ...common,
    result: 'refused',
    clear: { auditor, unmasking: id },
    committed: { reason: given.reason },
    subject: { kind: 'usager', id: usagerId },
  });
}
