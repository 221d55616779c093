import type { AuditorAtWork } from '#identity';
import type { JournalRegistry } from '#journal';
import { notFound } from '#platform/http/errors.ts';
import { html } from '#platform/http/reply.ts';
import type { Page } from '#platform/http/route.ts';
import { inWords } from '#platform/time/paris.ts';
import { MandateFilePage } from '#views/audit/mandate-file/mandate-file.tsx';
import { carriedSearch } from '../search/filters.rules.ts';
import { viewOf } from './mandate-file-view.ts';
import { openMandateFile } from './open-mandate-file.ts';

/** « Dossier du mandat », by the mandate's id or its number. */
export function mandateFilePage({ registry }: { registry: JournalRegistry }): Page<AuditorAtWork> {
  return async ({ ctx, who, frame, params, query, now }) => {
    const file = await openMandateFile(ctx, who, { named: params.id ?? '', registry });
    if (!file) throw notFound();
    const read = `Dossier du mandat lu le ${inWords(now)} par ${who.firstName} ${who.lastName}, auditeur. Les vérifications ont été refaites à ce moment.`;
    return html(
      <MandateFilePage frame={frame} file={viewOf(ctx, file, now)} read={read} backHref={carriedSearch(query)} />,
    );
  };
}
