import type { AppContext } from '#platform/context.ts';
import { recordUsagerRead } from './record-usager-read.ts';
import {
  findMandatesOf,
  findUsagerOf,
  findUsesOf,
  type MandateOfPerson,
  type PersonOfStructure,
  type PersonSeen,
  type UseOfPerson,
} from './usager-page.queries.ts';

export type OpenedUsager = { usager: PersonSeen; mandates: MandateOfPerson[]; uses: UseOfPerson[]; moreUses: boolean };

/**
 * All that a structure may see of a person, for one of its aidants; the reading is written in the log `acces`. Undefined, and
 * nothing written, for a person who never gave this structure a mandate: the same as for one who does not exist.
 */
export async function openUsager(
  ctx: AppContext,
  { aidantId, olderUses, ...person }: PersonOfStructure & { aidantId: string; olderUses: string | undefined },
): Promise<OpenedUsager | undefined> {
  const usager = await findUsagerOf(ctx.db, person, ctx.clock.now());
  if (!usager) return undefined;
  await recordUsagerRead(ctx, { aidantId, ...person });
  const mandates = await findMandatesOf(ctx.db, person);
  const { uses, more } = await findUsesOf(ctx.db, person, olderUses);
  return { usager, mandates, uses, moreUses: more };
}
