import { type AppContext, inTransaction } from '#platform/context.ts';
import { countHit } from '#platform/db/hits.ts';
import { HttpError } from '#platform/http/errors.ts';
import { enqueue } from '#platform/jobs/jobs.ts';
import { RESENT_MAILS } from './attempts.ts';
import type { Entrance } from './entrance.ts';
import { findLoginOfBrowser } from './login.queries.ts';

/** Sends the mail of the login that this browser waits for once more: same link, same code, same end. Twice at most. */
export async function resendLoginMail(
  ctx: AppContext,
  { door }: Pick<Entrance, 'door'>,
  browserHash: Buffer,
): Promise<{ ok: boolean }> {
  const login = await findLoginOfBrowser(ctx.db, door, { browserHash, now: ctx.clock.now() });
  if (!login) return { ok: false };
  return inTransaction(ctx, async (trx) => {
    const { hits: sent } = await countHit(ctx, trx, RESENT_MAILS, login.id);
    if (sent > RESENT_MAILS.max) throw new HttpError(429, 'limite-courriel-de-connexion');
    await enqueue(trx, 'send-login-mail', { loginId: login.id });
    return { ok: true };
  });
}
