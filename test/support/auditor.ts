import {
  type AuditorInput,
  addAuditor,
  codeAt,
  insertAuditorSession,
  LONGEST_SESSION,
  secretFromBase32,
  stepAt,
} from '#identity';
import { randomToken, sha256 } from '#platform/crypto/hashes.ts';
import { after } from '#platform/time/clock.ts';
import type { Agent } from './agent.ts';
import type { World } from './world.ts';

type Place = Pick<World, 'ctx' | 'visitor'>;

export type TestAuditor = {
  auditorId: string;
  email: string;
  /** The six digits of the phone at an instant. */
  codeAt(instant: Date): string;
};

/** An auditor, through the real use case; of the whole country unless told otherwise. */
export async function addTestAuditor(
  { ctx }: Pick<Place, 'ctx'>,
  options: Partial<Omit<AuditorInput, 'totpSecret'>> = {},
): Promise<TestAuditor> {
  const email =
    options.email ?? `auditeur-${randomToken().slice(0, 8).toLowerCase().replace(/_/g, 'x')}@controle.example`;
  const added = await addAuditor(ctx, { firstName: 'Hélène', lastName: 'Vasseur', ...options, email });
  if (!added.ok) throw new Error(JSON.stringify(added.errors));
  const secret = secretFromBase32(added.totpSecret);
  return { auditorId: added.auditorId, email, codeAt: (instant) => codeAt(secret, stepAt(instant)) };
}

/** A browser in which this auditor has just logged in. */
export async function auditorAgent(place: Place, { auditorId }: Pick<TestAuditor, 'auditorId'>): Promise<Agent> {
  const { ctx } = place;
  const agent = place.visitor();
  const id = randomToken();
  const now = ctx.clock.now();
  const expiresAt = after(now, LONGEST_SESSION);
  await ctx.db
    .transaction()
    .execute((trx) => insertAuditorSession(trx, { auditorId, cookieHash: sha256(id), now, factorAt: now, expiresAt }));
  agent.cookies.set('entremise-auditeur', id);
  return agent;
}
