import { sql } from 'kysely';
import { type JournalEvent, type LogName, proveEntry } from '#journal';
import { leafHash, parseCheckpoint, parseTlogProof, rootOf, verifyInclusion } from '#journal/verify';
import type { Config } from '#platform/config/config.ts';
import type { AppContext } from '#platform/context.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import { uuidv7 } from '#platform/ids/ids.ts';
import { systemClock } from '#platform/time/clock.ts';
import { readableLogger, TEST_JOURNAL } from '#support/context-parts.ts';
import { sealWorld } from '#support/seal.ts';
import { type LeafMembers, makeLeaf } from '../../../src/journal/leaf.ts';
import { LOG_IDS, sealOpenings, subjectsOf } from '../../../src/journal/record.ts';
import { signLeaf } from '../../../src/journal/sign-leaf.ts';
import { subjectKeys } from '../../../src/journal/subject-keys.ts';
import { createFixture, type Fixture, looked, newId, openedBy } from './fixture.ts';

export { looked, newId, openedBy };

export type EraseFixture = Fixture & {
  /** The worker's, with an address of its own. */
  ctx: AppContext;
  /** Writes an entry as it would have been written at a past instant, in the partition of its month. */
  writeAt(at: Date, event: JournalEvent): Promise<string>;
  /** Seals all that is written, signed, cosigned and published. */
  seal(): Promise<void>;
  count(what: string): Promise<number>;
};

export async function eraseFixture(): Promise<EraseFixture> {
  const base = await createFixture();
  const fixture = { ...base, ctx: contextOf(base) };
  return {
    ...fixture,
    writeAt: (at, event) => writeAt(fixture, at, event),
    async seal() {
      await sealWorld({ ctx: fixture.ctx, workerCtx: fixture.ctx, database: fixture.database });
    },
    async count(what) {
      const { rows } = await sql<{ count: number }>`select count(*) from ${sql.raw(what)}`.execute(fixture.superuser);
      return rows[0]?.count ?? -1;
    },
  };
}

function contextOf({ keys, worker, reader }: Fixture): AppContext {
  return {
    config: { publicUrl: 'https://entremise.example', journal: { ...TEST_JOURNAL } } as Config,
    ...{ keys, db: worker, readerDb: reader, clock: systemClock },
    logger: readableLogger('debug').logger,
    mailer: { send: async () => undefined, close: () => undefined },
  };
}

/** A month and a half ago or more, in the middle of its month: 2025-10 → 15 October 2025 at noon. */
export const middleOf = (month: string) => new Date(`${month}-15T12:00:00.000Z`);

async function writeAt({ superuser, keys }: Fixture, at: Date, event: JournalEvent): Promise<string> {
  await ensureMonth(superuser, at);
  const id = uuidv7(at);
  const [node] = keys.journalNode;
  const { leaf, disclosures } = makeLeaf(event, { id, now: at, node: node.kid });
  const signature = await signLeaf(node, leaf);
  const { kind, input } = event;
  const subjects = await subjectKeys({ keys }, superuser, subjectsOf([event]));
  const openings = sealOpenings({ id, node: node.kid, event, leaf, signature, disclosures }, subjects);
  await superuser.transaction().execute(async (trx) => {
    await sql`insert into journal.entry (id, recorded_at, log_id, node, leaf, node_sig)
      values (${id}, ${at}, ${LOG_IDS[kind.log]}, ${node.kid}, ${leaf}, ${signature})`.execute(trx);
    await sql`insert into journal.entry_index (id, recorded_at, log_id, kind, result, usager_id, mandate_id, aidant_id,
        organisation_id, mandate_alias, mn)
      values (${id}, ${at}, ${LOG_IDS[kind.log]}, ${kind.kind}, ${input.result}, ${input.about?.usagerId ?? null},
        ${input.about?.mandateId ?? null}, ${input.actor.aidantId ?? null}, ${input.actor.organisationId ?? null},
        ${input.mandate?.alias ?? null}, ${input.mandate?.mn ?? null})`.execute(trx);
    for (const { name, keyId, sealed } of openings)
      await sql`insert into journal.opening values (${id}, ${name}, ${keyId}, ${sealed})`.execute(trx);
  });
  return id;
}

async function ensureMonth(superuser: Fixture['superuser'], at: Date): Promise<void> {
  const month = at.toISOString().slice(0, 7);
  const partition = `entry_${month.replace('-', '_')}`;
  const { rows } = await sql<{ found: string | null }>`
    select to_regclass(${`journal.${partition}`})::text as found`.execute(superuser);
  if (rows[0]?.found) return;
  await superuser.transaction().execute(async (trx) => {
    await sql`set local role entremise_owner`.execute(trx);
    await sql`select journal.make_partition(${partition}, ${`${month}-01`}::date)`.execute(trx);
    await sql`select journal.attach_partition(${partition}, ${`${month}-01`}::date)`.execute(trx);
  });
}

export async function headOf({ reader }: Fixture, log: LogName): Promise<{ size: bigint; root: Buffer }> {
  const { rows } = await sql<{ size: string; root: Buffer }>`select size::text, root from journal.tree_head
    where log_id = ${LOG_IDS[log]} order by tree_head.size desc limit 1`.execute(reader);
  const [head] = rows;
  if (!head) throw new Error('nothing is sealed');
  return { size: BigInt(head.size), root: head.root };
}

/** Every leaf hash still gives the root, and every entry that is left is proven: what a verifier would find. */
export async function proofsHold(fixture: EraseFixture, log: LogName): Promise<{ leaves: number; proven: number }> {
  const { reader } = fixture;
  const leaves = await sql<{ id: string; leafHash: Buffer; leaf: Buffer | null }>`
    select l.entry_id as id, l.leaf_hash, e.leaf from journal.leaf l left join journal.entry e on e.id = l.entry_id
    where l.log_id = ${LOG_IDS[log]} order by l.idx`.execute(reader);
  const head = await headOf(fixture, log);
  const hashes = leaves.rows.map(({ leafHash: hash }) => hash);
  if (!head.root.equals(rootOf(sha256, hashes))) throw new Error('the root is not that of the leaves');
  let proven = 0;
  for (const { id, leaf } of leaves.rows.filter((row) => row.leaf !== null)) {
    const proof = await proveEntry({ ...fixture.ctx, readerDb: reader }, id);
    const read = parseTlogProof(proof?.proof ?? '');
    const checkpoint = parseCheckpoint((proof?.checkpoint ?? '').split('\n\n')[0]?.concat('\n') ?? '');
    if (!read.ok || !checkpoint.ok || !leaf) throw new Error(`no proof for ${id}`);
    const { size, root } = checkpoint.checkpoint;
    const claim = { index: read.proof.index, size, root, leafHash: leafHash(sha256, leaf), proof: read.proof.proof };
    if (!verifyInclusion(sha256, claim)) throw new Error(`the proof of ${id} does not hold`);
    proven += 1;
  }
  return { leaves: leaves.rows.length, proven };
}

export async function membersOf({ reader }: Fixture, id: string): Promise<LeafMembers> {
  const { rows } = await sql<{ leaf: Buffer }>`select leaf from journal.entry where id = ${id}`.execute(reader);
  return JSON.parse(rows[0]?.leaf.toString() ?? 'null');
}
