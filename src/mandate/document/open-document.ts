import { snapshotSealHolds } from '#consent';
import type { AppContext } from '#platform/context.ts';
import { after } from '#platform/time/clock.ts';
import type { DocumentCopy } from '#views/mandate/document/mandate-v1.tsx';
import { type DocumentRow, findDocument } from './document.queries.ts';
import { recordMandateRead } from './record-mandate-read.ts';
import { openStopCode, STOP_CODE_SHOWN_FOR } from './stop-code.ts';

export type DocumentAsked = { aidantId: string; organisationId: string; mandateId: string; copy: DocumentCopy };

export type OpenedDocument = {
  mandate: DocumentRow;
  /** False when what is stored is not what was sealed: the document must not be trusted. */
  sealed: boolean;
  /** Only on the person's copy, and shortly after it was made. */
  stopCode: string | null;
};

/** The document of a mandate for an aidant of its structure; the reading is written in the log `acces`. Undefined elsewhere. */
export async function openDocument(ctx: AppContext, asked: DocumentAsked): Promise<OpenedDocument | undefined> {
  const mandate = await findDocument(ctx.db, asked);
  if (!mandate) return undefined;
  const { aidantId, organisationId, copy } = asked;
  await recordMandateRead(ctx, { aidantId, organisationId, mandate, shown: copy });
  return {
    mandate,
    sealed: await snapshotSealHolds(ctx, mandate.snapshot, mandate.snapshotJws),
    stopCode: copy === 'usager' ? freshStopCode(ctx, mandate) : null,
  };
}

function freshStopCode(
  ctx: AppContext,
  { id, stopCodeSealed, stopCodePrintedAt, endedAt }: DocumentRow,
): string | null {
  if (!stopCodeSealed || !stopCodePrintedAt || endedAt) return null;
  if (after(stopCodePrintedAt, STOP_CODE_SHOWN_FOR) <= ctx.clock.now()) return null;
  return openStopCode(ctx, id, stopCodeSealed);
}
