import { randomUUID } from 'node:crypto';
import type { AppContext } from '#platform/context.ts';
import { inTransaction } from '#platform/context.ts';
import { uuidv7 } from '#platform/ids/ids.ts';
import { after } from '#platform/time/clock.ts';
import { DRAFT_LIFE } from './draft.rules.ts';

/** Begins a mandate for a structure. Nothing is in the journal yet: no right exists, nobody is named. */
export async function openDraft(
  ctx: AppContext,
  { aidantId, organisationId }: { aidantId: string; organisationId: string },
): Promise<string> {
  const now = ctx.clock.now();
  const id = uuidv7(now);
  await inTransaction(ctx, (trx) =>
    trx
      .insertInto('mandateDraft')
      .values({
        id,
        aidantId,
        organisationId,
        journalAlias: randomUUID(),
        createdAt: now,
        updatedAt: now,
        expiresAt: after(now, DRAFT_LIFE),
      })
      .execute(),
  );
  return id;
}
