import { cpus } from 'node:os';
import { sql } from 'kysely';
import pg from 'pg';
import { z } from 'zod';
import { defineEvent, ensurePartitions, record } from '#journal';
import { inTransaction } from '#platform/context.ts';
import type { Keyring } from '#platform/crypto/keys.ts';
import { type Db, openDatabase, type Trx } from '#platform/db/database.ts';
import { withSearchPath } from '#platform/db/search-path.ts';
import { orderedId } from '#platform/ids/ordered-id.ts';
import { systemClock } from '#platform/time/clock.ts';

export type AppendBench = {
  appUrl: string;
  superuserUrl: string;
  keys: Keyring;
  print(line: string): void;
  /** How long each way runs in each round: short turns, many of them, so that a busy machine slows all ways alike. */
  seconds?: number;
  rounds?: number;
  clients?: readonly number[];
};

type Way = 'bare' | 'plain' | 'journal' | 'committing';
type Ways = Record<Way, () => Promise<void>>;
type Rates = Record<Way, number[]>;

const WAYS: Record<Way, string> = {
  bare: 'plain INSERT, primary key alone',
  plain: 'plain INSERT, indexed as a log that is searched',
  journal: 'journal, nothing committed',
  committing: 'journal, two values committed',
};

const newId = () => orderedId(systemClock.now());
const newIds = (length: number) => Array.from({ length }, newId);
const pick = <Item>(items: readonly Item[]) => items[Math.floor(Math.random() * items.length)] as Item;

const used = defineEvent({
  kind: 'bench.used',
  log: 'actes',
  version: 1,
  clear: z.strictObject({ step: z.enum(['code', 'token']) }),
  committed: ['site', 'evidence'],
  sentence: () => 'Mesure.',
});
const usedPlainly = defineEvent({ ...used, kind: 'bench.plainly', committed: [], sentence: () => 'Mesure.' });

/**
 * Acts per second, each a transaction that writes one entry, with 1 and 16 clients unless said otherwise, against transactions that write one
 * row of as many bytes in an ordinary table. Two such tables: one found by its key alone, and one found by aidant,
 * structure, usager and mandate too, as any log of actions must be. The ratio is that of the append alone (leaf, signature,
 * index) against the second; openings cost a round trip for the subject's key, and are shown beside it. The ways take
 * turns, and each ratio is the median of the rounds.
 */
export async function benchAppend({
  appUrl,
  superuserUrl,
  keys,
  print,
  seconds = 0.25,
  rounds = 25,
  clients = [1, 16],
}: AppendBench): Promise<void> {
  const superuser = new pg.Client({ connectionString: withSearchPath(superuserUrl) });
  await superuser.connect();
  const db = openDatabase(appUrl, { max: Math.max(...clients), onError: () => undefined });
  try {
    await superuser.query(REFERENCE_TABLES);
    await ensurePartitions(db);
    await describeMachine(superuser, print);
    const ways = await prepare({ db, superuser, keys });
    for (const count of clients) {
      const rates = await measure({ ways, clients: count, milliseconds: seconds * 1000, rounds });
      report({ rates, clients: count, print });
    }
  } finally {
    await db.destroy();
    await superuser.query('drop schema if exists bench cascade');
    await superuser.end();
  }
}

const REFERENCE_TABLES = `
  drop schema if exists bench cascade;
  create schema bench;
  create table bench.bare (id uuid primary key, recorded_at timestamptz not null default clock_timestamp(), body text not null);
  create table bench.plain (id uuid primary key, recorded_at timestamptz not null default clock_timestamp(), kind text not null,
    result text not null, theme text, aidant_id uuid, organisation_id uuid, usager_id uuid, mandate_id uuid, body text not null);
  create index on bench.plain (aidant_id, recorded_at, id);
  create index on bench.plain (organisation_id, recorded_at, id);
  create index on bench.plain (usager_id, recorded_at, id);
  create index on bench.plain (mandate_id, recorded_at, id);
  grant usage on schema bench to entremise_app;
  grant insert on bench.bare, bench.plain to entremise_app;`;

/** One act in each way. All write about the same people, whose keys exist, and the same number of bytes. */
async function prepare({ db, superuser, keys }: { db: Db; superuser: pg.Client; keys: Keyring }): Promise<Ways> {
  const people = { aidants: newIds(200), organisations: newIds(20), usagers: newIds(1000), mandates: newIds(1000) };
  const aliases = newIds(1000);
  let mn = 0;
  const eventOf = (kind: typeof used | typeof usedPlainly, usagerId = pick(people.usagers)) => {
    mn += 1;
    return kind.event({
      actor: { aidantId: pick(people.aidants), organisationId: pick(people.organisations) },
      about: { usagerId, mandateId: pick(people.mandates) },
      mandate: { alias: pick(aliases), mn },
      theme: 'famille',
      result: 'ok',
      clear: { step: 'code' },
      ...(kind === used && { committed: { site: 'CAF', evidence: 'Zm9vYmFy'.repeat(5) } }),
      subject: { kind: 'usager', id: usagerId },
    });
  };
  const act = (work: (trx: Trx) => Promise<unknown>) => inTransaction({ db }, async (trx) => void (await work(trx)));
  await act((trx) => record({ keys }, trx, ...people.usagers.map((usagerId) => eventOf(used, usagerId))));
  await act((trx) => record({ keys }, trx, eventOf(usedPlainly)));
  const filler = 'x'.repeat(
    (await bytesOfAnEntry(superuser)) - JSON.stringify({ id: newId(), step: 'code', filler: '' }).length,
  );
  const payload = (id: string) => JSON.stringify({ id, step: 'code', filler });
  return {
    bare: () =>
      act((trx) => {
        const id = newId();
        return sql`insert into bench.bare (id, body) values (${id}, ${payload(id)})`.execute(trx);
      }),
    plain: () =>
      act((trx) => {
        const id = newId();
        return sql`insert into bench.plain (id, kind, result, theme, aidant_id, organisation_id, usager_id, mandate_id, body)
          values (${id}, ${used.kind}, ${'ok'}, ${'famille'}, ${pick(people.aidants)}, ${pick(people.organisations)},
            ${pick(people.usagers)}, ${pick(people.mandates)}, ${payload(id)})`.execute(trx);
      }),
    journal: () => act((trx) => record({ keys }, trx, eventOf(usedPlainly))),
    committing: () => act((trx) => record({ keys }, trx, eventOf(used))),
  };
}

/** Leaf and signature of an entry that commits to nothing. */
async function bytesOfAnEntry(superuser: pg.Client): Promise<number> {
  const { rows } = await superuser.query<{ bytes: number }>(
    `select octet_length(leaf) + octet_length(node_sig) as bytes
     from journal.entry e join journal.entry_index i using (id) where i.kind = $1 limit 1`,
    [usedPlainly.kind],
  );
  return rows[0]?.bytes ?? 0;
}

async function measure(run: { ways: Ways; clients: number; milliseconds: number; rounds: number }): Promise<Rates> {
  const { ways, clients, milliseconds, rounds } = run;
  const rates: Rates = { bare: [], plain: [], journal: [], committing: [] };
  const names = Object.keys(WAYS) as Way[];
  for (const way of names) await rate(ways[way], clients, milliseconds * 2);
  for (let round = 0; round < rounds; round += 1) {
    for (const way of names) rates[way].push(await rate(ways[way], clients, milliseconds));
  }
  return rates;
}

async function rate(act: () => Promise<void>, clients: number, milliseconds: number): Promise<number> {
  const start = performance.now();
  let done = 0;
  const client = async () => {
    while (performance.now() - start < milliseconds) {
      await act();
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return done / ((performance.now() - start) / 1000);
}

function report({ rates, clients, print }: { rates: Rates; clients: number; print(line: string): void }): void {
  const against = (way: Way, reference: Way) =>
    median(rates[way].map((value, round) => value / (rates[reference][round] ?? 0)));
  print('');
  print(
    `${String(clients).padStart(2)} client${clients > 1 ? 's' : ' '}  ${' '.repeat(40)} acts/s   of bare   of indexed`,
  );
  for (const [way, label] of Object.entries(WAYS) as [Way, string][]) {
    const perSecond = Math.round(median(rates[way])).toString();
    const ratios = [against(way, 'bare'), against(way, 'plain')].map((value) => value.toFixed(2));
    print(`  ${label.padEnd(50)} ${perSecond.padStart(6)} ${ratios[0]?.padStart(9)} ${ratios[1]?.padStart(12)}`);
  }
  if (clients === 16) print(`ratio append-16 ${against('journal', 'plain').toFixed(2)} 0.6`);
}

/** The middle value; 0 of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** What the measures were made on. */
export async function describeMachine(superuser: pg.Client, print: (line: string) => void): Promise<void> {
  const { rows } = await superuser.query<Record<string, string>>(
    `select current_setting('server_version') as version, current_setting('fsync') as fsync,
       current_setting('synchronous_commit') as commit`,
  );
  const [processor] = cpus();
  print(
    `${cpus().length} × ${processor?.model.trim()}, Node ${process.version}, PostgreSQL ${rows[0]?.version}, ` +
      `fsync ${rows[0]?.fsync}, synchronous_commit ${rows[0]?.commit}`,
  );
}
