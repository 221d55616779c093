import { notFound } from '#platform/http/errors.ts';
import { bytes } from '#platform/http/reply.ts';
import type { Page } from '#platform/http/route.ts';
import { parseEntriesPath } from '../verify/index.ts';
import { readBundleFor } from './read-bundle.ts';
import { placeOf } from './tree.page.ts';

/** Handed in by the program: who among the auditors may read a whole log, by their id; undefined for the others. */
export type EntriesDoor<Who> = { readerOf(who: Who): string | undefined };

/**
 * A bundle of entries (C2SP tlog-tiles, Log entries). Entries of all départements are in it: it is for auditors of the whole
 * country. Kept by nobody on the way, although it never changes: it belongs to whoever is logged in now.
 */
export function entriesPage<Who>({ readerOf }: EntriesDoor<Who>): Page<Who> {
  return async ({ ctx, path, who }) => {
    const { log, rest } = placeOf(path);
    const address = parseEntriesPath(rest);
    const auditor = readerOf(who);
    const bundle = address && auditor ? await readBundleFor(ctx, log, { address, auditor }) : undefined;
    if (!bundle) throw notFound();
    return bytes('application/octet-stream', bundle);
  };
}
