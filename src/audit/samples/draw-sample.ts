import {
  coverOf,
  findPopulation,
  firstPublicationWith,
  nodeCrypto,
  policyText,
  publishedNote,
  record,
  type SetAside,
  setAsideNote,
} from '#journal';
import { type Checkpoint, checkNote, parseNote, parsePolicy } from '#journal/verify';
import { type AppContext, inTransaction } from '#platform/context.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import { uuidv7 } from '#platform/ids/ids.ts';
import type { Who } from '../scope.ts';
import {
  drawnPositions,
  drawPositions,
  POPULATION_KIND,
  type Population,
  seedOf,
  structuresHash,
} from './draw.rules.ts';
import { periodBounds } from './period.rules.ts';
import { sampleDrawn } from './sample.events.ts';
import { findDrawn, structuresOf } from './sample.queries.ts';
import type { Place } from './sample.rules.ts';

export type DrawnSample =
  | { ok: true; sampleId: string; first: boolean }
  /** `not-over`: the month goes on; `not-published`: witnesses have not cosigned the end of it yet; `nobody`: no such entry. */
  | { ok: false; reason: 'not-found' | 'not-over' | 'not-published' | 'nobody' };

type Asked = { period: string; scope: string; population: Population; place: Place };

/**
 * Draws the sample of a period that is over: from the root of the first published checkpoint that has everything written
 * during it and from its cosignatures, so that neither who asks nor who writes the entries chooses (docs: `draw.rules.ts`). Kept and journaled before it
 * is shown; asked again, by anybody, it is the one that was drawn first.
 */
export async function drawSample(ctx: AppContext, who: Who, asked: Asked): Promise<DrawnSample> {
  const structures = await structuresOf(ctx.db, who, asked.place);
  if (structures.length === 0 || isOutOfScope(who, asked.place)) return { ok: false, reason: 'not-found' };
  const drawn = await alreadyDrawn(ctx, who, asked);
  if (drawn) return drawn;
  const prepared = await prepare(
    ctx,
    asked,
    structures.map(({ id }) => id),
  );
  if (prepared.ok) return keep(ctx, who, { ...asked, ...prepared });
  // somebody may have drawn it meanwhile
  return (await alreadyDrawn(ctx, who, asked)) ?? prepared;
}

async function alreadyDrawn(ctx: AppContext, who: Who, asked: Asked): Promise<DrawnSample | undefined> {
  const before = await findDrawn(ctx.db, who, asked);
  return before && { ok: true, sampleId: before.id, first: false };
}

type Prepared =
  | ({ ok: true } & Pick<Drawing, 'checkpoint' | 'organisationIds' | 'members'>)
  | (DrawnSample & { ok: false });

/** The checkpoint that the period gives, and who can be drawn; or why nothing can be drawn yet. */
async function prepare(ctx: AppContext, asked: Asked, organisationIds: string[]): Promise<Prepared> {
  const interval = periodBounds(asked.period);
  if (interval.end > ctx.clock.now()) return { ok: false, reason: 'not-over' };
  const { unsealed, last } = await coverOf(ctx, 'actes', interval);
  if (unsealed > 0) return { ok: false, reason: 'not-published' };
  if (last === null) return { ok: false, reason: 'nobody' };
  const checkpoint = await cosignedWith(ctx, last);
  if (!checkpoint) return { ok: false, reason: 'not-published' };
  const kind = POPULATION_KIND[asked.population];
  const { size } = checkpoint;
  const members = await findPopulation(ctx, { log: 'actes', kind, organisationIds, interval, size });
  return members.length === 0 ? { ok: false, reason: 'nobody' } : { ok: true, checkpoint, organisationIds, members };
}

/** A whole département is drawn by those who see it, even if one of its structures is all they could name. */
export function isOutOfScope({ departements }: Who, place: Place): boolean {
  return 'departement' in place && departements !== null && !departements.includes(place.departement);
}

export type Cosigned = Pick<Checkpoint, 'size' | 'root'> & { cosignatures: Buffer[] };

/**
 * The first published checkpoint that has the leaf of this place, with the cosignatures of the witnesses of the policy; none as
 * long as they do not meet it. Signatures of others, which anybody could add, count for nothing.
 */
export async function cosignedWith(ctx: AppContext, index: bigint): Promise<Cosigned | undefined> {
  const published = await firstPublicationWith(ctx, 'actes', index);
  const policy = parsePolicy(await policyText(ctx), sha256);
  const parsed = published && parseNote(published.note);
  const checked = published && policy.ok ? checkNote(nodeCrypto, policy.policy, published.note) : undefined;
  if (!checked?.ok || !parsed?.ok) return undefined;
  const { checkpoint, cosigners } = checked;
  const cosignatures = parsed.note.signatures
    .filter((line) => cosigners.some(({ name, keyId }) => line.name === name && line.keyId === keyId))
    .map(({ signature }) => Buffer.from(signature));
  return { size: checkpoint.size, root: checkpoint.root, cosignatures };
}

/** The note that a sample was drawn from, as the world was shown it; `closed`: of a log that ended and whose places changed. */
export async function noteOf(
  ctx: AppContext,
  { checkpointSize, root }: { checkpointSize: number; root: Uint8Array },
): Promise<{ note: string; closed?: SetAside } | undefined> {
  const size = BigInt(checkpointSize);
  const isOf = (note: string) => note.split('\n')[2] === Buffer.from(root).toString('base64');
  const note = await publishedNote(ctx, 'actes', size);
  if (note !== undefined && isOf(note)) return { note };
  const closed = await setAsideNote(ctx.readerDb, 'actes', size);
  return closed && isOf(closed.note) ? { note: closed.note, closed } : undefined;
}

type Drawing = Asked & {
  checkpoint: Cosigned;
  organisationIds: string[];
  /** In the order of the tree. */
  members: readonly { id: string }[];
};

async function keep(ctx: AppContext, who: Who, drawing: Drawing): Promise<DrawnSample> {
  const { period, scope, population, checkpoint, organisationIds, members } = drawing;
  const root = Buffer.from(checkpoint.root);
  const { cosignatures } = checkpoint;
  const seed = seedOf({ root, cosignatures, period, scope, population });
  const positions = drawnPositions(drawPositions(seed, members.length));
  const entryIds = positions.map((position) => members[position]?.id ?? '');
  const now = ctx.clock.now();
  const id = uuidv7(now);
  return inTransaction(ctx, async (trx): Promise<DrawnSample> => {
    const { numInsertedOrUpdatedRows } = await trx
      .insertInto('auditSample')
      .values({
        ...{ id, period, scope, population, root, cosignatures, positions, entryIds, structures: organisationIds },
        checkpointSize: Number(checkpoint.size),
        populationSize: members.length,
        drawnBy: who.auditorId,
        drawnAt: now,
      })
      .onConflict((conflict) => conflict.constraint('sample_is_drawn_once').doNothing())
      .executeTakeFirst();
    if (numInsertedOrUpdatedRows !== 1n) {
      const first = await findDrawn(trx, who, { period, scope, population });
      return first ? { ok: true, sampleId: first.id, first: false } : { ok: false, reason: 'not-found' };
    }
    const clear = {
      ...{ auditor: who.auditorId, sample: id, period, scope, population, positions },
      size: Number(checkpoint.size),
      root: root.toString('base64url'),
      seed: seed.toString('base64url'),
      structures: structuresHash(organisationIds),
      count: members.length,
    };
    await record(ctx, trx, sampleDrawn.event({ actor: {}, result: 'ok', clear }));
    return { ok: true, sampleId: id, first: true };
  });
}
