import { type Entry, type FollowedPower, type Following, type Power, record } from '#journal';
import type { Trx } from '#platform/db/database.ts';
import { auditorChanged } from '../auditor.events.ts';
import { type AuditorRow, lockAuditor } from '../auditor.queries.ts';
import { limit, setActive } from '../change-auditor.ts';
import { needsAnother } from './aidant-powers.ts';
import { revokeFactor } from './revoke-factor.ts';

const DOOR = { door: 'auditeur', accounts: 'auditor' } as const;

/** The same as of aidants. */
export function auditorPowers({ clear, writtenAt: at }: Entry): readonly Power[] {
  const { auditor: id, change, departements = null } = auditorChanged.clear.parse(clear);
  const powers: Record<typeof change, [name: string, follow: FollowAuditor]> = {
    deactivated: ['account', async (trx, row, ctx) => ((await close(ctx, trx, row, at)) ? { taken: row.email } : {})],
    activated: ['account', async (_trx, { active, email }) => (active ? {} : { left: email })],
    limited: ['departements', (trx, row, ctx) => keepWithin(ctx, trx, row, { told: departements, at })],
    'new-second-factor': ['factor', (trx, row) => factor(trx, row, at)],
  };
  const [name, follow] = powers[change];
  return [{ of: `auditor ${id} ${name}`, follow: (trx, ctx) => onAuditor(trx, id, (row) => follow(trx, row, ctx)) }];
}

type FollowAuditor = (trx: Trx, auditor: AuditorRow, ctx: Following) => Promise<FollowedPower>;

type Work = (auditor: AuditorRow) => Promise<FollowedPower>;

async function onAuditor(trx: Trx, id: string, follow: Work): Promise<FollowedPower> {
  const auditor = await lockAuditor(trx, id);
  return auditor ? follow(auditor) : {};
}

/** The term of a closed account counts from an entry of the transaction that closed it: it is told again. */
async function close(ctx: Following, trx: Trx, auditor: AuditorRow, at: Date): Promise<boolean> {
  if (!(await setActive(trx, auditor, false, at))) return false;
  const clear = { auditor: auditor.id, change: 'deactivated' } as const;
  await record(ctx, trx, auditorChanged.event({ actor: {}, result: 'ok', clear }));
  return true;
}

/** The départements that both the backup and the act give; null is the whole country. With none left, the account is closed. */
async function keepWithin(
  ctx: Following,
  trx: Trx,
  auditor: AuditorRow,
  { told, at }: { told: readonly string[] | null; at: Date },
): Promise<FollowedPower> {
  const { departements: had, email } = auditor;
  const kept = told === null ? had : [...told].filter((one) => had?.includes(one) ?? true);
  const isLeft = had !== null && (told === null || told.some((one) => !had.includes(one)));
  const left = isLeft ? email : undefined;
  if (kept?.length === 0) {
    const isClosed = await close(ctx, trx, auditor, at);
    return {
      left,
      taken: isClosed ? `${email} (il ne lui reste aucun département\u00a0: compte désactivé)` : undefined,
    };
  }
  return { left, taken: (await limit(trx, auditor, kept)) ? email : undefined };
}

async function factor(trx: Trx, { id, email }: AuditorRow, at: Date): Promise<FollowedPower> {
  return (await revokeFactor(trx, DOOR, { id, at })) ? { taken: needsAnother(email, 'auditor') } : {};
}
