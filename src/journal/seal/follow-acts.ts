import type { AppContext } from '#platform/context.ts';
import type { Trx } from '#platform/db/database.ts';
import type { EventKind } from '../event.ts';
import { type Entry, journalRegistry, parseEntry } from '../parse-entry.ts';
import { actsOfKinds } from './acts-of-kinds.ts';
import { applyAlone, type FailedAct, failedAct, tryToRead } from './apply-alone.ts';

/** What came of an act that was put back. Each says whose it is, in words for the operator. */
export type FollowedPower = {
  /** It was taken away again. */
  taken?: string | undefined;
  /** The act had given it, the database lacks it, and nothing gives it again. */
  left?: string | undefined;
};

/** To write in the journal what nothing else would date. */
export type Following = Pick<AppContext, 'keys'>;

/** Something that acts give and take away. */
export type Power = {
  /** Which one, and whose: of all acts about the same, the last one says how it stands. */
  of: string;
  /** Takes it away where the database has it and the act had taken it; gives nothing. Throws, in words, when it cannot. */
  follow(trx: Trx, ctx: Following): Promise<FollowedPower>;
};

/** A kind of entry, and the powers that one of them is about. */
export type PowerKind = { kind: EventKind; powers(act: Entry): readonly Power[] };

export type FollowedAct = { entryId: string; at: Date; whose: string; sentence: string };

export type FollowedActs = { taken: FollowedAct[]; left: FollowedAct[]; failed: FailedAct[] };

const PLACED_LATE =
  'sa place vient après celle d’un acte plus récent sur le même droit\u00a0: vérifiez vous-même lequel des deux vaut';

/**
 * After entries were put back: what the last act about a power took away is taken away again, in the rows that a backup brought
 * back. The last is that of the latest hour, which its node signed: places are given by the worker, and an act that comes in
 * another order is told. Only where the last act was put back: the database has what it wrote itself, whatever came back beside
 * it. Nothing is given again. An act that cannot be followed stops no other. Done again, it changes nothing. Needs the owner's
 * rights.
 */
export async function followActs(ctx: Following, trx: Trx, kinds: readonly PowerKind[]): Promise<FollowedActs> {
  const registry = journalRegistry(kinds.map(({ kind }) => kind));
  const powersOf = new Map(kinds.map(({ kind, powers }) => [kind.kind, powers]));
  const done: FollowedActs = { taken: [], left: [], failed: [] };
  const last = new Map<string, { act: Entry; power: Power; isPutBack: boolean }>();
  for (const { isPutBack, ...found } of await actsOfKinds(trx, [...powersOf.keys()])) {
    if (found.rogue) {
      if (isPutBack) done.failed.push(...failedAct(found));
      continue;
    }
    const tried = tryToRead(found.id, () => {
      const act = parseEntry(found.leaf, registry);
      return { act, powers: powersOf.get(act.kind)?.(act) ?? [] };
    });
    if ('read' in tried) {
      const { act, powers } = tried.read;
      for (const power of powers) {
        const earlier = last.get(power.of);
        if (!earlier || earlier.act.writtenAt <= act.writtenAt) last.set(power.of, { act, power, isPutBack });
        else if (isPutBack || earlier.isPutBack) done.failed.push({ entryId: act.id, why: PLACED_LATE });
      }
    } else if (isPutBack) done.failed.push(tried);
  }
  for (const { act, power, isPutBack } of last.values())
    if (isPutBack) await follow(() => power.follow(trx, ctx), trx, act, done);
  return done;
}

async function follow(work: () => Promise<FollowedPower>, trx: Trx, act: Entry, done: FollowedActs): Promise<void> {
  const told = (whose: string) => ({ entryId: act.id, at: act.writtenAt, whose, sentence: act.sentence({}) });
  const alone = await applyAlone(trx, act.id, async () => {
    const { taken, left } = await work();
    if (taken !== undefined) done.taken.push(told(taken));
    if (left !== undefined) done.left.push(told(left));
  });
  done.failed.push(...alone);
}
