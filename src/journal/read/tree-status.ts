import { sql } from 'kysely';
import type { AppContext } from '#platform/context.ts';
import type { LogName } from '../event.ts';
import { LOG_IDS } from '../record.ts';
import { parsePolicy } from '../verify/index.ts';

/**
 * What a part of the sealing was last told to have met, in English; null when all was well. `unseenSince`: when that was, if
 * nobody has told it again for a while; null while somebody does.
 */
export type Told = { problem: string | null; unseenSince: Date | null };

/** A witness of the operator's policy, when it last cosigned, and whether it did the newest published checkpoint. */
export type WitnessStatus = { name: string; cosignedAt: Date | null; isOnLast: boolean } & Told;

/** How a log stands, for people: rows that may be a few seconds old; no proof rests on them. */
export type TreeStatus = {
  log: LogName;
  /** How many entries have a place. */
  size: bigint;
  /** The newest published checkpoint, and when the last witness cosigned it. */
  published: { size: bigint; at: Date; cosignedAt: Date | null } | null;
  /** Entries without a place yet, counted up to `MOST_COUNTED`, and the oldest of them. */
  unsealed: { count: number; oldest: Date | null };
  quarantined: number;
  witnesses: WitnessStatus[];
  /** What was told of each part but the witnesses, all well or not; the problems as one text, null when there is none. */
  sealing: ({ part: string } & Told)[];
  sealingProblem: string | null;
  /** The last full pass over the live database (`journal check`). */
  lastFullCheck: { at: Date; size: bigint; problems: string[] } | null;
};

type HeadRow = {
  size: number;
  publishedSize: number | null;
  publishedAt: Date | null;
  unsealed: number;
  oldest: Date | null;
  quarantined: number;
  cosignedAt: Date | null;
  cosigners: string[];
  checkedAt: Date | null;
  checkedSize: number | null;
  problems: string[] | null;
  states: StateRow[];
  /** When each witness that is asked, or cosigned the last publication, last cosigned: ISO 8601. */
  witnessed: { witness: string; last: string | null }[];
};
type StateRow = { part: string; problem: string | null; unseenSince: string | null };

/** `sealing_state.part` of a witness: this, then the name of its key. */
const WITNESS = 'witness:';
/**
 * How long what was told is news, by the clock of the database: it is told again every half minute, once it was asked again,
 * which is every minute at most.
 */
const NEWS = '3 minutes';
/** Of entries that wait: each page of an auditor counts them, however long sealing has been away. */
export const MOST_COUNTED = 1_000;

/** How the log stands: size, what is published, what waits, witnesses, problems, last full check. One query. */
export async function treeStatus(ctx: Pick<AppContext, 'readerDb' | 'config'>, log: LogName): Promise<TreeStatus> {
  const read = parsePolicy(ctx.config.journal.witnesses);
  const asked = read.ok ? read.policy.witnesses.map(({ vkey }) => vkey.name) : null;
  const head = await readHead(ctx, log, asked);
  const { publishedSize, publishedAt, cosignedAt, checkedAt, checkedSize, problems, states } = head;
  const sealing = states.flatMap(({ part, ...row }) => (part.startsWith(WITNESS) ? [] : [{ part, ...told(row) }]));
  const published = publishedSize !== null && publishedAt;
  const checked = checkedSize !== null && checkedAt;
  return {
    log,
    size: BigInt(head.size),
    published: published ? { size: BigInt(publishedSize), at: published, cosignedAt } : null,
    unsealed: { count: head.unsealed, oldest: head.oldest },
    quarantined: head.quarantined,
    witnesses: witnessesOf(asked, head),
    sealing,
    sealingProblem: sealing.flatMap(({ part, problem }) => (problem ? `${part}: ${problem}` : [])).join('; ') || null,
    lastFullCheck: checked ? { at: checked, size: BigInt(checkedSize), problems: problems ?? [] } : null,
  };
}

/**
 * Entries wait after the sequencer's cursor; what it may have left behind it, the sweeper tells. `asked`: the witnesses of
 * the policy; null when it does not read, and those that are told of are taken instead.
 */
async function readHead(
  { readerDb }: Pick<AppContext, 'readerDb'>,
  log: LogName,
  asked: readonly string[] | null,
): Promise<HeadRow> {
  const id = LOG_IDS[log];
  const { rows } = await sql<HeadRow>`
    with head as (select size, last_xid, last_id from journal.tree_head where log_id = ${id} order by size desc limit 1),
      published as (select size, published_at from journal.publication where log_id = ${id} order by size desc limit 1),
      cosigned as (select witness, witnessed_at from journal.cosignature
        where log_id = ${id} and size = (select size from published)),
      checked as (select size, problems, ended_at from journal.full_check where log_id = ${id} order by ended_at desc limit 1),
      following as (${following(id)}),
      -- places are looked up one by one: joined, the planner might read the whole tree
      waiting as (select e.recorded_at from following e
        where (select l.idx from journal.leaf l where l.entry_id = e.id) is null
          and not exists (select from journal.quarantine q where q.entry_id = e.id and q.recorded_at = e.recorded_at)),
      states as (select part, problem, case when seen_at not between clock_timestamp() - ${NEWS}::interval
          and clock_timestamp() + ${NEWS}::interval then seen_at end as unseen_since
        from journal.sealing_state where log_id = ${id}),
      answerable as (select witness, place from unnest(coalesce(${asked}::text[],
          array(select substr(part, ${WITNESS.length + 1}) from states where starts_with(part, ${WITNESS}) order by part)))
        with ordinality as named (witness, place)),
      witnesses as (select witness, min(place) as place, (select c.witnessed_at from journal.cosignature c
            where c.log_id = ${id} and c.witness = told.witness order by c.size desc limit 1) as last
        from (select witness, place from answerable union all select witness, null from cosigned) told group by witness)
    select coalesce((select size from head), 0) as size,
      (select size from published) as published_size, (select published_at from published) as published_at,
      (select least(count(*), ${MOST_COUNTED})::int from waiting) as unsealed,
      (select min(recorded_at) from waiting) as oldest,
      (select count(*)::int from journal.quarantine where log_id = ${id}) as quarantined,
      (select max(witnessed_at) from cosigned) as cosigned_at,
      array(select witness from cosigned order by witness) as cosigners,
      (select ended_at from checked) as checked_at, (select size from checked) as checked_size,
      (select problems from checked) as problems,
      (select coalesce(jsonb_agg(jsonb_build_object('part', part, 'problem', problem, 'unseenSince', unseen_since) order by part), '[]')
        from states) as states,
      (select coalesce(jsonb_agg(jsonb_build_object('witness', witness, 'last', last) order by place, witness), '[]')
        from witnesses) as witnessed`.execute(readerDb);
  const [row] = rows;
  if (!row) throw new Error('the status of the journal came back empty');
  return row;
}

/** The first and the last entries after the cursor, which is in `head`; some of them may have a place. */
function following(id: number) {
  const afterCursor = sql`select id, xid, recorded_at from journal.entry
    where log_id = ${id}
      and (xid, id) > (coalesce((select last_xid from head), '0'::xid8),
        coalesce((select last_id from head), '00000000-0000-0000-0000-000000000000'::uuid))`;
  // in the order of their index before anything else is asked of them: else the whole journal is read for a few. From
  // both ends: while a transaction that stays open holds the cursor, the sweeper gives places after it
  return sql`(${afterCursor} order by xid, id limit ${MOST_COUNTED})
    union (${afterCursor} order by xid desc, id desc limit ${MOST_COUNTED})`;
}

/** Those of the operator's policy, and any that cosigned last. One that is asked no more has nothing to answer for. */
function witnessesOf(asked: readonly string[] | null, { states, cosigners, witnessed }: HeadRow): WitnessStatus[] {
  return witnessed.map(({ witness: name, last }) => ({
    name,
    cosignedAt: last ? new Date(last) : null,
    isOnLast: cosigners.includes(name),
    ...told((asked?.includes(name) ?? true) ? states.find(({ part }) => part === `${WITNESS}${name}`) : undefined),
  }));
}

function told(row: Omit<StateRow, 'part'> | undefined): Told {
  const unseenSince = row?.unseenSince;
  return { problem: row?.problem ?? null, unseenSince: unseenSince ? new Date(unseenSince) : null };
}
