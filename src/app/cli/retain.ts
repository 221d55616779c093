import { eraseAuditAtTerm } from '#audit';
import { eraseTokens } from '#consent';
import { eraseOldAccesses } from '#journal';
import { archiveMandates, eraseMandateFiles, eraseUses } from '#mandate';
import type { AppContext } from '#platform/context.ts';

/** Everything that the nightly jobs archive and erase, at once. */
export async function retain(ctx: AppContext): Promise<void> {
  for (const job of [archiveMandates, eraseTokens, eraseUses, eraseMandateFiles, eraseAuditAtTerm, eraseOldAccesses])
    await job(ctx);
}
