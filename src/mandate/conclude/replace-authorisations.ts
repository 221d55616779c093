import type { JournalEvent } from '#journal';
import type { Trx } from '#platform/db/database.ts';
import { mandateEnded } from '../mandate.events.ts';
import { takeEntryNumbers } from '../mandate.queries.ts';
import { authorisationReplaced } from './conclude.events.ts';
import type { Replaced } from './replaced.queries.ts';

export type Replacement = {
  usagerId: string;
  aidantId: string;
  organisationId: string;
  /** The alias of the mandate that takes over. */
  by: string;
  now: Date;
};

type OpenMandate = { id: string; journalAlias: string };

/**
 * Ends authorisations that a new mandate takes over, and each mandate that has no theme left. `open` are the person's open
 * mandates, locked by this transaction. Returns what to write in the journal: one entry per theme, then the mandate's last.
 */
export async function replaceAuthorisations(
  trx: Trx,
  replaced: readonly Replaced[],
  open: readonly OpenMandate[],
  replacement: Replacement,
): Promise<JournalEvent[]> {
  if (replaced.length === 0) return [];
  await trx
    .updateTable('authorisation')
    .set({ endedAt: replacement.now, endCause: 'replaced' })
    .where(
      'id',
      'in',
      replaced.map(({ id }) => id),
    )
    .where('endedAt', 'is', null)
    .execute();
  const events: JournalEvent[] = [];
  for (const mandate of open) {
    const taken = replaced.filter(({ mandateId }) => mandateId === mandate.id);
    if (taken.length > 0) events.push(...(await tell(trx, mandate, taken, replacement)));
  }
  return events;
}

async function tell(
  trx: Trx,
  mandate: OpenMandate,
  taken: readonly Replaced[],
  replacement: Replacement,
): Promise<JournalEvent[]> {
  const { usagerId, aidantId, organisationId, by, now } = replacement;
  const over = await endWhenEmpty(trx, mandate.id, replacement);
  const numbers = await takeEntryNumbers(trx, mandate.id, taken.length + (over ? 1 : 0));
  const actor = { aidantId, organisationId };
  const events = taken.map((authorisation, index) =>
    authorisationReplaced.event({
      actor,
      about: { usagerId, mandateId: mandate.id, authorisationId: authorisation.id },
      mandate: { alias: mandate.journalAlias, mn: numbers[index] },
      theme: authorisation.theme,
      result: 'ok',
      clear: { by, endsAt: authorisation.endsAt.toISOString() },
    }),
  );
  if (!over) return events;
  const ended = mandateEnded.event({
    actor,
    about: { usagerId, mandateId: mandate.id },
    mandate: { alias: mandate.journalAlias, mn: numbers.at(-1) },
    result: 'ok',
    clear: { cause: 'replaced', channel: 'replacement', endedAt: now.toISOString(), knownAt: now.toISOString() },
  });
  return [...events, ended];
}

async function endWhenEmpty(trx: Trx, mandateId: string, { aidantId, now }: Replacement): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('mandate')
    .set({
      endedAt: now,
      endCause: 'replaced',
      endKnownAt: now,
      endChannel: 'replacement',
      endedByAidantId: aidantId,
    })
    .where('id', '=', mandateId)
    .where('endedAt', 'is', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('authorisation')
            .select('id')
            .where('authorisation.mandateId', '=', mandateId)
            .where('authorisation.endedAt', 'is', null),
        ),
      ),
    )
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}
