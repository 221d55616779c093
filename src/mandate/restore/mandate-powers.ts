import type { Entry, FollowedPower, Power, PowerKind } from '#journal';
import type { Trx } from '#platform/db/database.ts';
import { inGroups } from '#platform/ids/ids.ts';
import { after, MINUTE } from '#platform/time/clock.ts';
import { stopCodePrinted } from '../document/document.events.ts';

/**
 * The code of an earlier copy is worth nothing once another is printed. The later code is lost: what the person has stops nothing,
 * and that is told, until another copy is printed for them.
 */
function printed({ mandate, writtenAt }: Entry): readonly Power[] {
  const alias = mandate?.alias ?? '';
  const follow = async (trx: Trx): Promise<FollowedPower> => {
    const row = await trx
      .selectFrom('mandate')
      .select(['id', 'number', 'stopCodePrintedAt'])
      .where('journalAlias', '=', alias)
      .where('endedAt', 'is', null)
      .forUpdate()
      .executeTakeFirst();
    if (!row) return {};
    const whose = `mandat ${inGroups(row.number)} (imprimez à la personne un autre exemplaire, avec un code)`;
    if (!row.stopCodePrintedAt) return { left: whose };
    // the code of this very print is a moment older than its entry
    if (after(row.stopCodePrintedAt, MINUTE) >= writtenAt) return {};
    const none = { stopCodeSealed: null, stopCodePrintedAt: null };
    await trx.updateTable('mandate').set(none).where('id', '=', row.id).execute();
    return { taken: whose };
  };
  return [{ of: `stop code ${alias}`, follow }];
}

/** What entries say of the codes that stop mandates. Ends, which close more than one row, have a way of their own. */
export const mandatePowers: readonly PowerKind[] = [{ kind: stopCodePrinted, powers: printed }];
