import { createHash, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { z } from 'zod';
import { defineEvent, proveEntry, record, sequence } from '#journal';
import { leafHash, parseTlogProof, rootOf, verifyInclusion } from '#journal/verify';
import { type AppContext, inTransaction } from '#platform/context.ts';
import { keyringSchema } from '#platform/crypto/keys.ts';
import { makeKeys } from '#platform/crypto/make-keys.ts';
import { openDatabase } from '#platform/db/database.ts';
import { benchAppend, median } from './append.ts';
import { bulkTree } from './bulk-tree.ts';
import { type BenchUrls, journalContexts } from './journal-context.ts';

export type JournalBench = {
  urls: BenchUrls;
  print(line: string): void;
  /** How many entries wait when sealing begins. */
  backlog?: number;
  sizes?: readonly number[];
  proofs?: number;
};

const SEALING_BUDGET = 20_000;
const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest();

const sealed = defineEvent({
  kind: 'bench.sealed',
  log: 'actes',
  version: 1,
  clear: z.strictObject({ filler: z.string() }),
  committed: [],
  sentence: () => 'Mesure.',
});

/**
 * The journal from the act to the proof: appends with 1, 16 and 64 clients beside a plain INSERT, sealing of a backlog that
 * was really signed, proofs from trees of growing size, and what a verifier does with them. One line per budget.
 */
export async function benchJournal(bench: JournalBench): Promise<void> {
  const { urls, print, backlog = 100_000, sizes = [10_000, 1_000_000, 10_000_000], proofs = 300 } = bench;
  const keys = keyringSchema.parse(await makeKeys('bench'));
  await benchAppend({ appUrl: urls.app, superuserUrl: urls.superuser, keys, print, clients: [1, 16, 64], rounds: 15 });
  const contexts = await journalContexts(urls);
  try {
    await benchSealing(contexts, { backlog, clients: 16, print });
    await benchSealing(contexts, { backlog: Math.ceil(backlog / 5), clients: 1, print });
    await benchRehash(contexts.worker, print);
    for (const size of sizes) {
      await bulkTree(urls.superuser, 2, size);
      await publishTree(urls.superuser, size);
      await benchProofs(contexts.app, { size, proofs, print });
    }
  } finally {
    await contexts.close();
  }
}

/** A backlog as so many clients leave it, each act in a transaction of its own; the budget is for 16, as that of appending. */
async function benchSealing(
  { app, worker }: { app: AppContext; worker: AppContext },
  { backlog, clients, print }: { backlog: number; clients: number; print(line: string): void },
): Promise<void> {
  await drain(worker);
  const filler = randomBytes(150).toString('hex');
  let left = backlog;
  const client = async () => {
    for (; left > 0; left -= 1) {
      const event = sealed.event({ actor: {}, result: 'ok', clear: { filler } });
      await inTransaction(app, (trx) => record(app, trx, event));
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const { rows } = await sql<{ signatures: number }>`
    select count(distinct substr(e.node_sig, 1, 64)) as signatures from journal.entry e
    where not exists (select from journal.leaf l where l.entry_id = e.id)
      and not exists (select from journal.quarantine q where q.entry_id = e.id)`.execute(worker.db);
  const start = performance.now();
  const added = await drain(worker);
  const perSecond = added / ((performance.now() - start) / 1000);
  const together = added / (rows[0]?.signatures ?? added);
  print('');
  print(
    `sealing: ${added} acts of ${clients} client${clients > 1 ? 's' : ''} waiting, ${together.toFixed(1)} a signature: ` +
      `${Math.round(perSecond)} entries/s, signatures verified`,
  );
  if (clients === 16) print(`ratio sealing ${(perSecond / SEALING_BUDGET).toFixed(2)} 1`);
}

async function drain(worker: AppContext): Promise<number> {
  let added = 0;
  for (;;) {
    const batch = await sequence(worker, 'actes');
    if ('refused' in batch) throw new Error(batch.refused);
    added += batch.added;
    if (!batch.isMore) return added;
  }
}

/** What a verifier does with a contiguous export: each leaf hashed, then the tree. */
async function benchRehash({ db }: AppContext, print: (line: string) => void): Promise<void> {
  const { rows } = await sql<{ leaf: Buffer }>`
    select e.leaf from journal.leaf l join journal.entry e on e.id = l.entry_id
    where l.log_id = 1 order by l.idx limit 100000`.execute(db);
  const start = performance.now();
  rootOf(
    sha256,
    rows.map(({ leaf }) => leafHash(sha256, leaf)),
  );
  const perSecond = rows.length / ((performance.now() - start) / 1000);
  print(`verification: ${rows.length} leaves hashed up to the root, ${Math.round(perSecond)} leaves/s`);
}

/** A checkpoint that proofs can stand on; who signed it does not change their time. */
async function publishTree(superuserUrl: string, size: number): Promise<void> {
  const superuser = openDatabase(superuserUrl, { max: 1, onError: () => undefined });
  const note = `journal.bench.example/2\n${size}\n${Buffer.alloc(32).toString('base64')}\n\n— a b\n`;
  await sql`insert into journal.checkpoint (log_id, size, note, signed_at) values (2, ${size}, ${note}, '2026-01-01')`.execute(
    superuser,
  );
  await sql`insert into journal.publication (log_id, size, note, published_at) values (2, ${size}, ${note}, '2026-01-01')`.execute(
    superuser,
  );
  await superuser.destroy();
}

async function benchProofs(
  ctx: AppContext,
  { size, proofs, print }: { size: number; proofs: number; print(line: string): void },
): Promise<void> {
  const times: number[] = [];
  const paths: { index: bigint; proof: Uint8Array[] }[] = [];
  for (let turn = 0; turn < proofs; turn += 1) {
    const index = Math.floor(Math.random() * size);
    const start = performance.now();
    const proved = await proveEntry(ctx, `0195f3a0-0000-7000-8002-${index.toString(16).padStart(12, '0')}`);
    times.push(performance.now() - start);
    const read = parseTlogProof(proved?.proof ?? '');
    if (!read.ok) throw new Error(`no proof of ${index}: ${read.fault}`);
    paths.push(read.proof);
  }
  const perSecond = verificationRate(paths, BigInt(size));
  const p99 = times.toSorted((one, other) => one - other)[Math.floor(times.length * 0.99)] ?? 0;
  print(
    `proof of one entry among ${size}: ${median(times).toFixed(1)} ms, p99 ${p99.toFixed(1)} ms; ` +
      `${Math.round(perSecond)} proofs verified/s`,
  );
}

function verificationRate(paths: readonly { index: bigint; proof: Uint8Array[] }[], size: bigint): number {
  const root = Buffer.alloc(32); // a wrong root takes as long
  const start = performance.now();
  for (let turn = 0; turn < 10; turn += 1) {
    for (const { index, proof } of paths) {
      verifyInclusion(sha256, { index, size, leafHash: leafHash(sha256, Buffer.from(String(index))), proof, root });
    }
  }
  return (paths.length * 10) / ((performance.now() - start) / 1000);
}
