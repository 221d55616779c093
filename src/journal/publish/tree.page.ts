import { notFound } from '#platform/http/errors.ts';
import { open, type Reply } from '#platform/http/reply.ts';
import type { PageRequest } from '#platform/http/route.ts';
import type { LogName } from '../event.ts';
import { readTiles } from '../read/read-tiles.ts';
import { LOGS } from '../seal/log.ts';
import { least } from '../sizes.ts';
import { allSuccessions, keptSince } from '../successions.ts';
import { parseTilePath, tileWidth } from '../verify/index.ts';
import { policyText } from './log-policy.ts';
import { TEXT } from './plain-answers.ts';
import { publishedNote, publishedSize } from './publish.queries.ts';

const HASH_LENGTH = 32;

/** The newest checkpoint that met the policy. Its path has one spelling, as all of these. */
export async function checkpointPage({ ctx, path }: PageRequest<null>): Promise<Reply> {
  const { log, rest } = placeOf(path);
  if (rest !== 'checkpoint') throw notFound();
  const note = await publishedNote(ctx.db, log);
  return note === undefined ? open(TEXT, NOTHING_YET, 'never', 404) : open(TEXT, note, 'never');
}

/** A tree is signed from its first entry on: there is nothing to sign before. Programs that follow the log ask again later. */
const NOTHING_YET = 'nothing published yet: this log has no entry, or its first checkpoint waits for its witnesses\n';

/**
 * A tile of hashes, full or of any width that a published tree has or had: the hashes are those of one tree that only grows,
 * so that what is served once is true for ever. What is sealed and not yet published is not there.
 */
export async function tilePage({ ctx, path }: PageRequest<null>): Promise<Reply> {
  const { log, rest } = placeOf(path);
  return tileOf(ctx, log, { rest, end: await publishedSize(ctx.db, log) });
}

async function tileOf(
  ctx: PageRequest<null>['ctx'],
  log: LogName,
  { rest, end }: { rest: string; end: bigint },
): Promise<Reply> {
  const address = parseTilePath(rest);
  if (!address || address.width > tileWidth(address.level, address.n, end)) throw notFound();
  const tileAt = await readTiles(ctx.db, log, [address]);
  const hashes = Buffer.from(tileAt(address.level, address.n));
  if (hashes.length !== address.width * HASH_LENGTH) throw notFound();
  return open('application/octet-stream', hashes, 'for-ever');
}

/** The last cosigned checkpoint of a log that was closed, under the name that it had. */
export async function closedCheckpointPage({ ctx, path }: PageRequest<null>): Promise<Reply> {
  const { closed, rest } = await closedPlaceOf(ctx, path);
  if (rest !== 'checkpoint') throw notFound();
  return open(TEXT, closed.note, 'never');
}

/** Its tiles, as far as the log that goes on has kept its places: they are the same. */
export async function closedTilePage({ ctx, path }: PageRequest<null>): Promise<Reply> {
  const { closed, rest, end } = await closedPlaceOf(ctx, path);
  return tileOf(ctx, closed.log, { rest, end });
}

/** The closed log that a path names by its number, and how far its tree is the one of today. */
async function closedPlaceOf(ctx: PageRequest<null>['ctx'], path: string) {
  const [, n, rest = ''] = /^\/journal\/closed\/([0-9]+)\/(.+)$/.exec(path) ?? [];
  const all = n === undefined ? [] : await allSuccessions(ctx.db);
  const closed = all.find((one) => String(one.n) === n);
  if (!closed) throw notFound();
  return { closed, rest, end: least(closed.size, keptSince(all, closed)) };
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
