import { type RawBuilder, sql } from 'kysely';
import { clearOf } from '../read-leaves.ts';
import { writtenAt, writtenIn } from '../reading.ts';
import type { RuleContext, Window } from '../rule.ts';

export type RefusedRow = {
  id: string;
  organisationId: string | null;
  mandateId: string | null;
  theme: string | null;
  at: Date;
};

/** Refused connections; `reason` and `use` stand in the leaves. */
export type RefusedUse = RefusedRow & { reason: string; use: string | undefined };

export const refusedReading = (window: Window): RawBuilder<RefusedRow> => sql<RefusedRow>`
  select i.id, i.organisation_id, i.mandate_id, i.theme, ${writtenAt()} as at
  from journal.entry_index i where ${writtenIn(['use.refused'], window)} order by i.id`;

/** The connections that were refused in a window for one of these reasons, as their leaves say. */
export async function findRefused(ctx: RuleContext, window: Window, reasons: readonly string[]): Promise<RefusedUse[]> {
  const { rows } = await refusedReading(window).execute(ctx.db);
  const said = await clearOf(
    ctx,
    rows.map(({ id }) => id),
  );
  return rows.flatMap((row) => {
    const { reason, use } = said.get(row.id) ?? {};
    if (typeof reason !== 'string' || !reasons.includes(reason)) return [];
    return [{ ...row, reason, use: typeof use === 'string' ? use : undefined }];
  });
}
