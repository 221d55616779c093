import { type ConsentVerification, type Snapshot, verifyConsent } from '#consent';
import { type ErasureTold, erasuresOf, findMandateEntries, type JournalRegistry, record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import type { Who } from '../scope.ts';
import { auditorOf } from '../search/labels.queries.ts';
import { identitiesOpenTo, type OpenIdentity } from '../unmask/open-identities.queries.ts';
import { identityShownEvents } from '../unmask/show-identity.ts';
import { waitingRequest } from '../unmask/unmask.queries.ts';
import {
  actsOf,
  besideOf,
  type ConclusionTold,
  type Connection,
  type Counter,
  conclusionOf,
  connectionsOf,
  counterOf,
  type EndTold,
  endOf,
  falseOf,
  type LifeEntry,
  lastOf,
  readsOf,
  refusalsOf,
  straysOf,
} from './life.rules.ts';
import { mandateFileRead } from './mandate-file.events.ts';
import { findMandateInScope, type MandateRow, namesOf } from './mandate-file.queries.ts';
import { type Reader, readLife } from './read-life.ts';
import { type CheckedSnapshot, checkSnapshotAgainst } from './shown-text.ts';

/** What the index has under one mandate. `untrue`: what does not hold; `gone`: what is not there any more, and what erased it. */
export type Life = {
  acts: LifeEntry[];
  reads: LifeEntry[];
  beside: LifeEntry[];
  strays: LifeEntry[];
  untrue: LifeEntry[];
  gone: { id: string; erasure: ErasureTold | undefined }[];
};

/** What the entries of one alias tell by themselves. */
export type Told = {
  alias: string;
  life: Life;
  counter: Counter;
  conclusion: ConclusionTold | undefined;
  identified: LifeEntry | undefined;
  paper: LifeEntry | undefined;
  connections: Connection[];
  refusals: LifeEntry[];
  end: EndTold | undefined;
  aidants: ReadonlyMap<string, string>;
  auditors: ReadonlyMap<string, string>;
};

/** Everything that can be said of a mandate to an auditor, from the leaves and from what they commit to. */
export type MandateFile = Told & {
  mandate: MandateRow;
  /** Whether, and why, this auditor may see who the person is. */
  identity: OpenIdentity | undefined;
  /** Their request to see it, when it waits for an answer. */
  waiting: string | undefined;
  /** The copy of the mandate; its content is there only when the leaf committed to these bytes. */
  copy: CheckedSnapshot;
  snapshot: Snapshot | undefined;
  consent: ConsentVerification | undefined;
};

/**
 * The file of a mandate, by its id or number, for an auditor of its département; undefined elsewhere. The reading is written
 * in the log `acces` before anything is read of the person. A constant number of queries, however long the mandate's life.
 */
export async function openMandateFile(
  ctx: AppContext,
  who: Who,
  { named, registry }: { named: string; registry: JournalRegistry },
): Promise<MandateFile | undefined> {
  const mandate = await findMandateInScope(ctx.db, who, named);
  if (!mandate) return undefined;
  const open = await identitiesOpenTo(ctx.db, who, [mandate.usagerId], ctx.clock.now());
  const identity = open.get(mandate.usagerId);
  await recordRead(ctx, who, mandate, identity);
  return readMandateFile(ctx, registry, { auditorId: who.auditorId, mandate, identity });
}

async function recordRead(
  ctx: AppContext,
  who: Who,
  mandate: MandateRow,
  identity: OpenIdentity | undefined,
): Promise<void> {
  const event = mandateFileRead.event({
    actor: {},
    about: { usagerId: mandate.usagerId, mandateId: mandate.id },
    mandate: { alias: mandate.journalAlias },
    result: 'ok',
    clear: { auditor: who.auditorId, identity: identity !== undefined },
  });
  const shown = identityShownEvents(who, identity ? [identity] : []);
  await inTransaction(ctx, (trx) => record(ctx, trx, event, ...shown));
}

async function readMandateFile(
  ctx: AppContext,
  registry: JournalRegistry,
  { auditorId, mandate, identity }: { auditorId: string; mandate: MandateRow; identity: OpenIdentity | undefined },
): Promise<MandateFile> {
  const told = await tellMandate(ctx, registry, {
    ...{ mandateId: mandate.id, alias: mandate.journalAlias, announced: mandate.entryCount },
    to: { auditorId, identity: identity !== undefined },
  });
  const copy = checkSnapshotAgainst(mandate.snapshot, told.conclusion);
  const consent = await verifyConsent(ctx, mandate.number);
  const asked = { auditorId, usagerId: mandate.usagerId, now: ctx.clock.now() };
  const waiting = identity ? undefined : await waitingRequest(ctx.db, asked);
  return { ...told, mandate, identity, waiting, copy, snapshot: copy.snapshot, consent };
}

/** What the entries of a mandate tell; `announced`: how many the database says it has. */
export async function tellMandate(
  ctx: AppContext,
  registry: JournalRegistry,
  { mandateId, alias, announced, to }: { mandateId: string; alias: string; announced: number; to: Reader },
): Promise<Told> {
  const ids = await findMandateEntries(ctx.readerDb, { mandateId, alias });
  const read = await readLife(ctx, registry, ids, to);
  const life = await lifeOf(ctx, read, { ids, alias });
  const { acts } = life;
  const leaves = read.map(({ entry }) => entry);
  return {
    ...{ alias, life, counter: counterOf(acts, announced), conclusion: conclusionOf(acts) },
    ...{ identified: lastOf(acts, 'consent.identified'), paper: lastOf(acts, 'mandate.paper-recorded') },
    ...{ connections: connectionsOf(acts), refusals: refusalsOf(acts), end: endOf(acts) },
    aidants: await namesOf(
      ctx.db,
      'aidant',
      leaves.flatMap((leaf) => leaf?.aidantId ?? []),
    ),
    auditors: await namesOf(
      ctx.db,
      'auditor',
      leaves.flatMap((leaf) => auditorOf(leaf ?? undefined) ?? []),
    ),
  };
}

/** Sorts what was read. One query, when something is gone. */
async function lifeOf(
  ctx: Pick<AppContext, 'db'>,
  life: readonly LifeEntry[],
  { ids, alias }: { ids: readonly string[]; alias: string },
): Promise<Life> {
  const there = new Set(life.map(({ id }) => id));
  const gone = ids.filter((id) => !there.has(id));
  const erasures = gone.length > 0 ? await erasuresOf(ctx.db, gone) : new Map<string, ErasureTold>();
  return {
    ...{
      acts: actsOf(life, alias),
      reads: readsOf(life, alias),
      beside: besideOf(life),
      strays: straysOf(life, alias),
    },
    untrue: falseOf(life),
    gone: gone.map((id) => ({ id, erasure: erasures.get(id) })),
  };
}
