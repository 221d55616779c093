import { type JournalEvent, record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import { isUuid } from '#platform/ids/ids.ts';
import { findUsager, type Usager } from '#usager';
import type { Who } from '../scope.ts';
import { findOpenIdentity, type OpenIdentity } from './open-identities.queries.ts';
import { identityShown } from './unmask.events.ts';

/** Who a person is, for the auditor it is open to. Every showing is in the log `acces` before the page is. */
export async function showIdentity(
  ctx: AppContext,
  who: Who,
  { by, id }: Pick<OpenIdentity, 'by' | 'id'>,
): Promise<{ usager: Usager; until: Date | null } | undefined> {
  if (!isUuid(id)) return undefined;
  return inTransaction(ctx, async (trx) => {
    const open = await findOpenIdentity(trx, who, { by, id, now: ctx.clock.now() });
    const usager = open && (await findUsager(trx, open.usagerId));
    if (!usager) return undefined;
    await record(ctx, trx, ...identityShownEvents(who, [open]));
    return { usager, until: open.until };
  });
}

/** What is written in `acces`, one for each person, before identities are shown in clear: on a page of their own, in a file, in an export. */
export function identityShownEvents(
  { auditorId }: Pick<Who, 'auditorId'>,
  shown: Iterable<OpenIdentity>,
): JournalEvent[] {
  const persons = new Map([...shown].map((open) => [open.usagerId, open]));
  return Array.from(persons.values(), ({ usagerId, by, id, mandateId, alias }) =>
    identityShown.event({
      actor: {},
      about: { usagerId, mandateId: mandateId ?? undefined },
      mandate: alias ? { alias } : undefined,
      result: 'ok',
      clear: { auditor: auditorId, by, reference: id },
    }),
  );
}
