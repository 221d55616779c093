import type { AuditorAtWork } from '#identity';
import type { JournalRegistry } from '#journal';
import { notFound } from '#platform/http/errors.ts';
import { html } from '#platform/http/reply.ts';
import type { Page } from '#platform/http/route.ts';
import { EntryPage } from '#views/audit/entry/entry.tsx';
import { carriedSearch } from '../search/filters.rules.ts';
import { entryProps } from './entry-view.ts';
import { readEntry, takeProof } from './read-entry.ts';

export type EntryParts = { registry: JournalRegistry };

/** One entry, with all that proves it, checked by the server and again by the browser. */
export function entryPage({ registry }: EntryParts): Page<AuditorAtWork> {
  return async ({ ctx, who, frame, params, query }) => {
    const read = await readEntry(ctx, registry, who, params.id ?? '');
    if (!read) throw notFound();
    return html(<EntryPage frame={frame} {...entryProps(ctx, read, carriedSearch(query))} />);
  };
}

/** The `.tlog-proof` alone, as any program of C2SP reads it. */
export function proofPage({ registry }: EntryParts): Page<AuditorAtWork> {
  return async ({ ctx, who, params }) => {
    const id = params.id ?? '';
    const proof = await takeProof(ctx, registry, who, id);
    if (!proof) throw notFound();
    const headers = { 'content-disposition': `attachment; filename="entree-${id}.tlog-proof"` };
    return { kind: 'bytes', type: 'text/plain; charset=utf-8', body: proof.proof, status: 200, headers };
  };
}
