import { record } from '#journal';
import type { AppContext } from '#platform/context.ts';
import { inTransaction } from '#platform/context.ts';
import type { Usager } from '#usager';
import { usagerRead } from './follow.events.ts';
import {
  findMandatesOf,
  findUsagerOf,
  findUsesOf,
  type MandateOfPerson,
  type PersonOfStructure,
  type UseOfPerson,
} from './usager-page.queries.ts';

export type OpenedUsager = { usager: Usager; mandates: MandateOfPerson[]; uses: UseOfPerson[]; moreUses: boolean };

/**
 * All that a structure knows of a person, for one of its aidants; the reading is written in the log `acces`. Undefined, and
 * nothing written, for a person who never gave this structure a mandate: the same as for one who does not exist.
 */
export async function openUsager(
  ctx: AppContext,
  { aidantId, olderUses, ...person }: PersonOfStructure & { aidantId: string; olderUses: string | undefined },
): Promise<OpenedUsager | undefined> {
  const usager = await findUsagerOf(ctx.db, person);
  if (!usager) return undefined;
  await inTransaction(ctx, (trx) =>
    record(
      ctx,
      trx,
      usagerRead.event({
        actor: { aidantId, organisationId: person.organisationId },
        about: { usagerId: usager.id },
        result: 'ok',
        clear: {},
      }),
    ),
  );
  const mandates = await findMandatesOf(ctx.db, person);
  const { uses, more } = await findUsesOf(ctx.db, person, olderUses);
  return { usager, mandates, uses, moreUses: more };
}
