import { type JournalEvent, record } from '#journal';
import type { AppContext } from '#platform/context.ts';
import type { Trx } from '#platform/db/database.ts';
import { enqueue } from '#platform/jobs/jobs.ts';
import { writeExpiry } from '../expire-mandates.ts';
import { authorisationEnded, mandateEnded } from '../mandate.events.ts';
import { takeEntryNumbers } from '../mandate.queries.ts';
import { type EndFacts, endAuthorisations, endWhenNothingIsOpen, type MandateToEnd } from './end.queries.ts';
import { ENDED_MAIL } from './ended-mail.jobs.ts';
import { inCatalogueOrder } from './theme-titles.ts';

export type WrittenEnd = { themes: string[]; mandateEnded: boolean };

/**
 * Ends one theme of a locked open mandate, or all that is left of it, with one journal entry per theme, one more when the
 * mandate ends with its last theme, and the mail that tells the person. Undefined when nothing was open: nothing is written.
 */
export async function writeEnd(
  ctx: AppContext,
  trx: Trx,
  mandate: MandateToEnd,
  end: EndFacts,
  theme?: string,
): Promise<WrittenEnd | undefined> {
  const ended = inCatalogueOrder(await endAuthorisations(trx, mandate.id, end, theme));
  const [first] = ended;
  if (!first) return undefined;
  const mandateEndedNow = await endWhenNothingIsOpen(trx, mandate.id, end);
  const numbers = await takeEntryNumbers(trx, mandate.id, ended.length + (mandateEndedNow ? 1 : 0));
  await record(ctx, trx, ...entries(mandate, end, { ended, numbers, mandateEndedNow }));
  if (end.cause !== 'deceased') {
    await enqueue(trx, ENDED_MAIL, {
      mandateId: mandate.id,
      ...(!mandateEndedNow && { authorisationId: first.id }),
    });
  }
  return { themes: ended.map((authorisation) => authorisation.theme), mandateEnded: mandateEndedNow };
}

/** Writes the end of a locked open mandate whose term has passed, at its hour, and the mail. Says whether it was due. */
export async function writeDueExpiry(ctx: AppContext, trx: Trx, mandate: MandateToEnd, now: Date): Promise<boolean> {
  if (mandate.endedAt !== null) return false;
  const [expired] = await writeExpiry(ctx, trx, [mandate], now);
  if (!expired) return false;
  await enqueue(trx, ENDED_MAIL, { mandateId: expired.id });
  return true;
}

type Ended = { id: string; theme: string };

function entries(
  mandate: MandateToEnd,
  end: EndFacts,
  { ended, numbers, mandateEndedNow }: { ended: Ended[]; numbers: number[]; mandateEndedNow: boolean },
): JournalEvent[] {
  const common = {
    actor: end.aidantId ? { aidantId: end.aidantId, organisationId: mandate.organisationId } : {},
    result: 'ok' as const,
    clear: {
      cause: end.cause,
      channel: end.channel,
      endedAt: end.at.toISOString(),
      knownAt: end.knownAt.toISOString(),
    },
  };
  const { usagerId, organisationId } = mandate;
  const about = { usagerId, mandateId: mandate.id, organisationId };
  const named = (index: number) => ({ alias: mandate.journalAlias, mn: numbers[index] });
  const perTheme = ended.map(({ id, theme }, index) =>
    authorisationEnded.event({ ...common, about: { ...about, authorisationId: id }, mandate: named(index), theme }),
  );
  if (!mandateEndedNow) return perTheme;
  return [...perTheme, mandateEnded.event({ ...common, about, mandate: named(ended.length) })];
}
