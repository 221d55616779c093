import type { Entry, FollowedPower, Power } from '#journal';
import type { Trx } from '#platform/db/database.ts';
import { type AidantRow, lockAidant } from '../aidant.queries.ts';
import { type AidantChange, applyToAidant } from '../change-aidant.ts';
import { aidantChanged } from '../identity.events.ts';
import { revokeFactor } from './revoke-factor.ts';

const DOOR = { door: 'aidant', accounts: 'aidant' } as const;

/** What a change of an aidant is about, and how it is taken away again. An account that is younger than the backup has nothing. */
export function aidantPowers({ clear, writtenAt: at }: Entry): readonly Power[] {
  const { aidant: id, change, organisation = '' } = aidantChanged.clear.parse(clear);
  const powers: Record<typeof change, [name: string, follow: Power['follow']]> = {
    deactivated: ['account', take(id, at, { change: 'deactivated' })],
    activated: ['account', left(id, async (_trx, { active }) => !active)],
    left: [`in ${organisation}`, take(id, at, { change: 'left', organisationId: organisation })],
    joined: [`in ${organisation}`, left(id, (trx) => isOutside(trx, id, organisation))],
    'may-not-conclude': ['concludes', take(id, at, { change: 'may-not-conclude' })],
    'may-conclude': ['concludes', left(id, async (_trx, { mayConclude }) => !mayConclude)],
    'new-second-factor': ['factor', factor(id, at)],
  };
  const [name, follow] = powers[change];
  return [{ of: `aidant ${id} ${name}`, follow }];
}

function take(id: string, at: Date, change: AidantChange): Power['follow'] {
  return async (trx) => {
    const aidant = await lockAidant(trx, id);
    return aidant && (await applyToAidant(trx, aidant, change, at)) ? { taken: aidant.email } : {};
  };
}

function factor(id: string, at: Date): Power['follow'] {
  return async (trx) => {
    const aidant = await lockAidant(trx, id);
    return aidant && (await revokeFactor(trx, DOOR, { id, at })) ? { taken: needsAnother(aidant.email, 'aidant') } : {};
  };
}

/** The new factor is lost too. */
export function needsAnother(email: string, who: 'aidant' | 'auditor'): string {
  return `${email} (sa nouvelle application de codes est perdue aussi\u00a0: «\u00a0${who} new-factor\u00a0»)`;
}

function left(id: string, lacks: (trx: Trx, aidant: AidantRow) => Promise<boolean>): Power['follow'] {
  return async (trx): Promise<FollowedPower> => {
    const aidant = await lockAidant(trx, id);
    return aidant && (await lacks(trx, aidant)) ? { left: aidant.email } : {};
  };
}

async function isOutside(trx: Trx, aidantId: string, organisationId: string): Promise<boolean> {
  const row = await trx
    .selectFrom('membership')
    .select('aidantId')
    .where('aidantId', '=', aidantId)
    .where('organisationId', '=', organisationId)
    .executeTakeFirst();
  return row === undefined;
}
