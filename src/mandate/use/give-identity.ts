import { sql } from 'kysely';
import type { AppContext } from '#platform/context.ts';
import type { pivotClaims } from '#usager';
import { actOnUse, journalled, type Refused, type UseStep } from './act-on-use.ts';
import type { UseFacts } from './facts.ts';
import { useIdentityGiven } from './use.events.ts';

/** What is told of a person. */
export type Identity = Parameters<typeof pivotClaims>[0];

const COLUMNS = sql`p.given_name as "givenName", p.family_name as "familyName",
  p.preferred_username as "preferredUsername", p.gender, p.birthdate, p.idp_birthdate as "idpBirthdate", p.birthplace,
  p.birthcountry, p.email`;

/** The person's identity leaves for the partner: written each time, and only while the right holds. */
export async function giveIdentity(
  ctx: AppContext,
  step: UseStep,
): Promise<{ ok: true; use: UseFacts; identity: Identity } | Refused> {
  const given = await actOnUse<Identity>(ctx, { ...step, step: 'identity' }, (use, now) => ({
    event: useIdentityGiven.event({
      ...journalled(use),
      result: 'ok',
      clear: { use: use.useId, client: use.clientId },
    }),
    change: sql`identity_given_at = ${now}, ended_at = null`,
    reading: { columns: COLUMNS, joined: sql`join usager p on p.id = ${use.usagerId}` },
  }));
  return given.ok ? { ok: true, use: given.use, identity: given.row } : given;
}
