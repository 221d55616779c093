import { selectMandates } from '#consent';
import { ExportRefused, exportSelection, findIndexed, type JournalEvent, record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import { readKeptCheckpoint, TOO_RECENT } from '../kept-checkpoint.ts';
import { openingFor } from '../opening-for.ts';
import type { Who } from '../scope.ts';
import { identitiesOpenTo } from '../unmask/open-identities.queries.ts';
import { identityShownEvents } from '../unmask/show-identity.ts';
import { mandateFileExported } from './mandate-file.events.ts';
import { findMandateInScope, type MandateRow } from './mandate-file.queries.ts';

export type MandateExport =
  | { ok: true; name: string; zip: Buffer }
  | { ok: false; reason: 'not-found' }
  /** In French, for who asked: nothing published yet. */
  | { ok: false; reason: 'refused'; message: string }
  /** The same, of the checkpoint that was kept. */
  | { ok: false; reason: 'bad-previous'; message: string };

/**
 * A copy of the file that verifies without us: every published entry of the mandate with its proof, and, when the identity is
 * open to this auditor, what FranceConnect signed, which names the person. Its hash is in the journal before it is given. `kept`:
 * the checkpoint that the auditor kept, as it was pasted, for the copy to show that the log still begins with it.
 */
export async function exportMandateFile(
  ctx: AppContext,
  who: Who,
  { named, kept = '' }: { named: string; kept?: string },
): Promise<MandateExport> {
  const mandate = await findMandateInScope(ctx.db, who, named);
  if (!mandate) return { ok: false, reason: 'not-found' };
  const previous = await readKeptCheckpoint(ctx, 'actes', kept);
  if (!previous.ok) return { ok: false, reason: 'bad-previous', message: previous.message };
  const open = await identitiesOpenTo(ctx.db, who, [mandate.usagerId], ctx.clock.now());
  const identity = open.get(mandate.usagerId);
  try {
    const { ids, mandates, evidence } = await selectMandates(ctx, [mandate.number]);
    const opening = await openingFor(ctx, who, await findIndexed(ctx.db, ids));
    const zip = await exportSelection(ctx, {
      ...{ log: 'actes', by: { auditorId: who.auditorId }, ids, mandates },
      evidence: identity ? evidence : [],
      open: opening.open,
      ...(previous.note !== undefined && { previous: previous.note }),
    });
    const shown = identityShownEvents(who, [...(identity ? [identity] : []), ...opening.shown]);
    await recordExport(ctx, who, mandate, { zip, entries: ids.length, evidence: identity !== undefined, shown });
    return { ok: true, name: `mandat-${mandate.number}`, zip };
  } catch (error) {
    if (error instanceof ExportRefused && error.reason === 'bad-previous')
      return { ok: false, reason: 'bad-previous', message: TOO_RECENT };
    if (error instanceof ExportRefused) return { ok: false, reason: 'refused', message: error.message };
    throw error;
  }
}

async function recordExport(
  ctx: AppContext,
  { auditorId }: Who,
  { id: mandateId, usagerId, journalAlias: alias }: MandateRow,
  { zip, entries, evidence, shown }: { zip: Buffer; entries: number; evidence: boolean; shown: JournalEvent[] },
): Promise<void> {
  const exported = mandateFileExported.event({
    ...{ actor: {}, about: { usagerId, mandateId }, mandate: { alias }, result: 'ok' },
    clear: { auditor: auditorId, entries, evidence },
    committed: { sha256: sha256(zip).toString('hex') },
    subject: { kind: 'auditor', id: auditorId },
  });
  await inTransaction(ctx, (trx) => record(ctx, trx, exported, ...shown));
}
