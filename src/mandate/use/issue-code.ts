import { type RawBuilder, sql } from 'kysely';
import type { AppContext } from '#platform/context.ts';
import { actOnUse, journalled, type Refused, type UseStep } from './act-on-use.ts';
import { findUseFacts, type UseFacts } from './facts.ts';
import { useCodeIssued } from './use.events.ts';

/** A code leaves for the partner: only while the right holds. `keep` keeps it, in the same statement. */
export function issueCode(
  ctx: AppContext,
  { keep, ...step }: UseStep & { keep: RawBuilder<unknown> },
): Promise<{ ok: true; use: UseFacts } | Refused> {
  return actOnUse(ctx, { ...step, step: 'code', find: findUseFacts }, (use, now) => ({
    event: useCodeIssued.event({ ...journalled(use), result: 'ok', clear: { use: use.useId, client: use.clientId } }),
    change: sql`code_at = ${now}`,
    alongside: keep,
  }));
}
