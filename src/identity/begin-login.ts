import { type AppContext, inTransaction } from '#platform/context.ts';
import { uuidv7 } from '#platform/ids/ids.ts';
import { enqueue } from '#platform/jobs/jobs.ts';
import { after } from '#platform/time/clock.ts';
import { takeStep } from './account.queries.ts';
import type { Entrance } from './entrance.ts';
import { insertLogin } from './login.queries.ts';
import { LINK_VALID } from './login-link.rules.ts';
import { decoySecret, openTotpSecret } from './second-factor.ts';
import { matchingStep, NO_STEP } from './totp.rules.ts';

const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * First half of a login: e-mail address and code. When both hold, a mail leaves and this browser waits for it. Every
 * failure is the same answer after the same work: unknown address, inactive, without structure, wrong or used code.
 */
export async function beginLogin(
  ctx: AppContext,
  { door, accounts, findCandidate }: Pick<Entrance, 'door' | 'accounts' | 'findCandidate'>,
  { email, code, browserHash, returnTo }: { email: string; code: string; browserHash: Buffer; returnTo: string },
): Promise<{ ok: boolean }> {
  const now = ctx.clock.now();
  return inTransaction(ctx, async (trx) => {
    const candidate = await findCandidate(trx, email);
    const secret = candidate
      ? openTotpSecret(ctx.keys, { accounts, id: candidate.id }, candidate.totpSecret)
      : decoySecret(ctx.keys);
    const step = matchingStep(secret, code, { now, last: candidate?.lastTotpStep ?? NO_STEP });
    const actorId = candidate?.eligible ? candidate.id : NOBODY;
    if (!(await takeStep(trx, accounts, actorId, step))) return { ok: false };
    const id = uuidv7(now);
    const expiresAt = after(now, LINK_VALID);
    await insertLogin(trx, { id, door, actorId, browserHash, returnTo, createdAt: now, expiresAt });
    await enqueue(trx, 'send-login-mail', { loginId: id });
    return { ok: true };
  });
}
