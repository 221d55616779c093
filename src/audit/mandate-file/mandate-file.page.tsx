import type { AuditorAtWork } from '#identity';
import type { JournalRegistry } from '#journal';
import { notFound } from '#platform/http/errors.ts';
import { html } from '#platform/http/reply.ts';
import type { Page } from '#platform/http/route.ts';
import { inWords } from '#platform/time/paris.ts';
import { ErasedMandatePage } from '#views/audit/mandate-file/erased-mandate.tsx';
import { MandateFilePage } from '#views/audit/mandate-file/mandate-file.tsx';
import { carriedSearch } from '../search/filters.rules.ts';
import { openErasedMandate } from './erased-mandate.ts';
import { erasedMandateView } from './erased-mandate-view.ts';
import { viewOf } from './mandate-file-view.ts';
import { openMandateFile } from './open-mandate-file.ts';

/** « Dossier du mandat », by the mandate's id or its number; by its id alone once it is erased. */
export function mandateFilePage({ registry }: { registry: JournalRegistry }): Page<AuditorAtWork> {
  return async ({ ctx, who, frame, params, query, now }) => {
    const asked = { named: params.id ?? '', registry };
    const read = `Dossier du mandat lu le ${inWords(now)} par ${who.firstName} ${who.lastName}, auditeur. Les vérifications ont été refaites à ce moment.`;
    const page = { frame, read, backHref: carriedSearch(query) };
    const file = await openMandateFile(ctx, who, asked);
    if (file) return html(<MandateFilePage {...page} file={viewOf(ctx, file, now)} />);
    const erased = await openErasedMandate(ctx, who, asked);
    if (!erased) throw notFound();
    return html(<ErasedMandatePage {...page} file={erasedMandateView(erased)} />);
  };
}
