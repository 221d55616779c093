import {
  allSuccessions,
  type Entry,
  type EntryProof,
  type ErasureTold,
  erasureOf,
  type JournalEvent,
  type JournalRegistry,
  originAt,
  originOf,
  policyText,
  proveEntry,
  readEntries,
  record,
  type StoredEntry,
} from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import { isUuid } from '#platform/ids/ids.ts';
import type { EntryEvidence } from '../browser/check-entry.ts';
import { mayRead, type Who } from '../scope.ts';
import { auditorOf } from '../search/labels.queries.ts';
import { identitiesOpenTo, type OpenIdentity } from '../unmask/open-identities.queries.ts';
import { identityShownEvents } from '../unmask/show-identity.ts';
import { waitingRequest } from '../unmask/unmask.queries.ts';
import { whoseIs } from '../whose.ts';
import { auditEntryRead } from './entry.events.ts';
import { type Around, type EntryPlace, findAround, findPlace } from './entry.queries.ts';
import { type Opening, openingsOf } from './openings.ts';
import { isOpened } from './shown.rules.ts';
import { readStored } from './tell-entries.ts';

/** An entry that this auditor may see. `stored` is absent when its leaf is gone, `entry` when the leaf cannot be read. */
export type SeenEntry = {
  id: string;
  place: EntryPlace;
  around: Around;
  /** Whether the index says of another person, or of another mandate, that this entry is theirs. */
  indexDiffers: boolean;
  stored?: StoredEntry;
  entry?: Entry;
};

export type ReadEntry = SeenEntry & {
  openings: Opening[];
  identity: OpenIdentity | undefined;
  /** Their request to see it, when it waits for an answer. */
  waiting: string | undefined;
  proof: EntryProof | undefined;
  /** What is checked by the server, and again by the browser; absent when the leaf is gone. */
  evidence?: EntryEvidence;
  /** What erased it, when its leaf is gone and an erasure says so. */
  erasure?: ErasureTold;
};

/**
 * The entry with this id, in this auditor's départements; undefined for any other. An entry of no structure belongs to the
 * whole country. The leaf says whose it is; the index only where the leaf names no structure.
 */
async function findSeen(
  ctx: Pick<AppContext, 'db' | 'readerDb'>,
  registry: JournalRegistry,
  who: Who,
  id: string,
): Promise<SeenEntry | undefined> {
  if (!isUuid(id)) return undefined;
  const indexed = await findPlace(ctx.db, id);
  const [stored] = await readEntries(ctx, [id]);
  if (!stored && indexed.leafHash === null) return undefined;
  const { entry } = stored ? readStored(stored, registry) : {};
  const { differs, ...whose } = await whoseIs(ctx.db, { id, kind: entry?.kind, alias: entry?.mandate?.alias }, indexed);
  // neighbours of another mandate are nobody's
  const place = { ...indexed, ...whose, ...(differs && { previous: null, next: null }) };
  const around = await findAround(ctx.db, {
    organisationId: entry?.organisationId ?? place.organisationId,
    aidantId: entry?.aidantId ?? null,
    auditorId: auditorOf(entry) ?? null,
    mandateId: place.mandateId,
    node: stored?.node ?? null,
  });
  const seen = around.structure ? mayRead(who, around.structure.departement) : who.departements === null;
  return seen
    ? { id, place, around, indexDiffers: differs, ...(stored && { stored }), ...(entry && { entry }) }
    : undefined;
}

/** All that the page of an entry shows, written in the log `acces` before it is shown. */
export async function readEntry(
  ctx: AppContext,
  registry: JournalRegistry,
  who: Who,
  id: string,
): Promise<ReadEntry | undefined> {
  const seen = await findSeen(ctx, registry, who, id);
  if (!seen) return undefined;
  const { entry, stored, place } = seen;
  const usagerIds = place.usagerId ? [place.usagerId] : [];
  const identity = [...(await identitiesOpenTo(ctx.db, who, usagerIds, ctx.clock.now())).values()][0];
  const committed = entry ? (registry.get(`${entry.kind}@${entry.version}`)?.committed ?? []) : [];
  const may = { identity: identity !== undefined, mine: auditorOf(entry) === who.auditorId };
  const openings = entry ? await openingsOf(ctx, entry, { committed, may }) : [];
  const proof = await proveEntry(ctx, id);
  const evidence = stored && (await evidenceOf(ctx, seen, stored, proof));
  const erasure = stored ? undefined : await erasureOf(ctx.db, id);
  const asked = { auditorId: who.auditorId, usagerId: place.usagerId ?? '', now: ctx.clock.now() };
  const waiting = place.usagerId && !identity ? await waitingRequest(ctx.db, asked) : undefined;
  const shows = identity && openings.some(({ name, state }) => state === 'opened' && tellsWho(entry, name, may.mine));
  await recordRead(ctx, who, seen, { shown: 'page', identity: shows ? identity : undefined });
  return { ...seen, openings, identity, waiting, proof, ...(evidence && { evidence }), ...(erasure && { erasure }) };
}

/** The `.tlog-proof` of an entry, its taking written in the log `acces`; undefined when there is none, or not for them. */
export async function takeProof(
  ctx: AppContext,
  registry: JournalRegistry,
  who: Who,
  id: string,
): Promise<EntryProof | undefined> {
  const seen = await findSeen(ctx, registry, who, id);
  const proof = seen && (await proveEntry(ctx, id));
  if (!seen || !proof) return undefined;
  await recordRead(ctx, who, seen, { shown: 'proof', identity: undefined });
  return proof;
}

/** Whether a value of this entry is opened by the person's identity alone. */
function tellsWho(entry: Entry | undefined, name: string, mine: boolean): boolean {
  return entry !== undefined && !isOpened(entry.kind, name, { identity: false, mine });
}

async function evidenceOf(
  ctx: Pick<AppContext, 'db' | 'config'>,
  { id, place, around }: SeenEntry,
  stored: StoredEntry,
  proof: EntryProof | undefined,
): Promise<EntryEvidence> {
  return {
    id,
    origin: await originOfProof(ctx, stored.log, proof),
    leaf: stored.leaf,
    leafHash: place.leafHash ?? undefined,
    nodeKey: around.nodeKey ?? undefined,
    nodeSignature: stored.nodeSignature,
    proof: proof?.proof,
    policy: await policyText(ctx),
  };
}

/** The name of the log; the one it had before, as long as nothing is published under the new one. */
async function originOfProof(
  ctx: Pick<AppContext, 'db' | 'config'>,
  log: StoredEntry['log'],
  proof: EntryProof | undefined,
): Promise<string> {
  const today = originOf(ctx, log);
  return proof ? originAt(await allSuccessions(ctx.db), { log, size: proof.size, today }) : today;
}

async function recordRead(
  ctx: AppContext,
  who: Who,
  { id, place, entry }: SeenEntry,
  { shown, identity }: { shown: 'page' | 'proof'; identity: OpenIdentity | undefined },
): Promise<void> {
  const { usagerId, mandateId, organisationId } = place;
  const event: JournalEvent = auditEntryRead.event({
    actor: {},
    about: given({ usagerId, mandateId, organisationId }),
    ...(entry?.mandate && { mandate: { alias: entry.mandate.alias } }),
    result: 'ok',
    clear: { auditor: who.auditorId, entry: id, shown, identity: identity !== undefined },
  });
  const showings = identityShownEvents(who, identity ? [identity] : []);
  await inTransaction(ctx, (trx) => record(ctx, trx, event, ...showings));
}

function given<Name extends string>(ids: Record<Name, string | null>): Partial<Record<Name, string>> {
  return Object.fromEntries(Object.entries(ids).filter(([, id]) => id !== null)) as Partial<Record<Name, string>>;
}
