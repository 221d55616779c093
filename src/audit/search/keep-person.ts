import { randomUUID } from 'node:crypto';
import { record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import { searchNameOf } from '#usager';
import { countPersonSought, type Limited } from '../limits.ts';
import type { Scoped, WhoActs } from '../scope.ts';
import { findBornOn, findMandate, insertKeptSearch } from './persons.queries.ts';
import { auditPersonSought } from './search.events.ts';
import type { Sought } from './sought.rules.ts';

/**
 * Looks for a person among those whom the auditor's structures help, and keeps who was found for this session under an id
 * that says nothing: an address may then name the search. What was typed and why goes in the log `acces`, committed, whether
 * or not somebody was found. Nothing is looked for, nor kept, when this auditor has looked for too many. Names are compared
 * exactly, but for accents, capitals and hyphens.
 */
export async function keepPerson(
  ctx: AppContext,
  who: WhoActs,
  sought: Sought,
): Promise<{ ok: true; id: string } | { ok: false; limited: Limited }> {
  const limited = await countPersonSought(ctx, who);
  if (limited) return { ok: false, limited };
  const usagerIds = await findSought(ctx, who, sought);
  const id = randomUUID();
  const { by, ...typed } = sought;
  const [only, ...others] = usagerIds;
  const event = auditPersonSought.event({
    actor: {},
    about: others.length === 0 ? { usagerId: only } : {},
    result: 'ok',
    clear: { auditor: who.auditorId, by, found: usagerIds.length },
    committed: 'number' in typed ? { mandate: typed.number, motive: typed.motive } : typed,
    subject: { kind: 'auditor', id: who.auditorId },
  });
  await inTransaction(ctx, async (trx) => {
    await insertKeptSearch(trx, { id, sessionIdHash: who.sessionIdHash, usagerIds, createdAt: ctx.clock.now() });
    await record(ctx, trx, event);
  });
  return { ok: true, id };
}

async function findSought({ db }: Pick<AppContext, 'db'>, who: Scoped, sought: Sought): Promise<string[]> {
  if (sought.by === 'mandate') {
    const mandate = await findMandate(db, who, sought.number);
    return mandate ? [mandate.usagerId] : [];
  }
  const name = searchNameOf(sought.familyName);
  const born = await findBornOn(db, who, sought.birthdate);
  return born
    .filter(({ familyName, preferredUsername }) =>
      [familyName, preferredUsername ?? ''].some((one) => searchNameOf(one) === name),
    )
    .map(({ id }) => id);
}
