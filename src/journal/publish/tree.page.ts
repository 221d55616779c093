import { notFound } from '#platform/http/errors.ts';
import { open, type Reply } from '#platform/http/reply.ts';
import type { PageRequest } from '#platform/http/route.ts';
import type { LogName } from '../event.ts';
import { readTiles } from '../read/read-tiles.ts';
import { LOGS } from '../seal/log.ts';
import { parseTilePath, tileWidth } from '../verify/index.ts';
import { policyText } from './log-policy.ts';
import { publishedNote, publishedSize } from './publish.queries.ts';

const HASH_LENGTH = 32;
const TEXT = 'text/plain; charset=utf-8';

/** The newest checkpoint that met the policy. Its path has one spelling, as all of these. */
export async function checkpointPage({ ctx, path }: PageRequest<null>): Promise<Reply> {
  const { log, rest } = placeOf(path);
  const note = rest === 'checkpoint' ? await publishedNote(ctx.db, log) : undefined;
  if (note === undefined) throw notFound();
  return open(TEXT, note, 'never');
}

/**
 * A tile of hashes, full or of any width that a published tree has or had: the hashes are those of one tree that only grows,
 * so that what is served once is true for ever. What is sealed and not yet published is not there.
 */
export async function tilePage({ ctx, path }: PageRequest<null>): Promise<Reply> {
  const { log, rest } = placeOf(path);
  const address = parseTilePath(rest);
  if (!address || address.width > tileWidth(address.level, address.n, await publishedSize(ctx.db, log)))
    throw notFound();
  const tileAt = await readTiles(ctx.db, log, [address]);
  const hashes = Buffer.from(tileAt(address.level, address.n));
  if (hashes.length !== address.width * HASH_LENGTH) throw notFound();
  return open('application/octet-stream', hashes, 'for-ever');
}

/** The keys of the logs and of the witnesses, and how many of these must have cosigned (C2SP tlog-policy). */
export async function policyPage({ ctx, path }: PageRequest<null>): Promise<Reply> {
  if (path !== '/journal/policy.txt') throw notFound();
  return open(TEXT, await policyText(ctx), 'never');
}

/** The log that a path names and what follows it, as it was written in the address. */
export function placeOf(path: string): { log: LogName; rest: string } {
  const [, name, rest = ''] = /^\/journal\/([a-z]+)\/(.+)$/.exec(path) ?? [];
  const log = LOGS.find((one) => one === name);
  if (!log) throw notFound();
  return { log, rest };
}
