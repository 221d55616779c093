import { cpus } from 'node:os';
import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';
import { runFlow, type Site } from './flow-client.ts';
import { entremiseSite } from './flow-entremise.ts';
import { bareSite } from './flow-reference.ts';

export type FlowBench = {
  appUrl: string;
  ownerUrl: string;
  print(line: string): void;
  /** How long each site runs in each round. */
  seconds?: number;
  rounds?: number;
};

const CLIENTS = [1, 16] as const;
const BUDGET = 0.35;
const WARM_UP = 6000;

/**
 * Connections per second, from the authorization request to the identity, of Entremise with its durable journal against
 * oidc-provider bare and in memory. The same requests by the same clients (browsers without a screen, and the library that
 * FranceConnect uses, with its checks) in the same process: authorize, one POST that answers, resume, token, userinfo; the
 * aidants' sessions are open. The sites take turns; the ratio is the median of the
 * rounds, with 16 clients.
 */
export async function benchFlow({ appUrl, ownerUrl, print, seconds = 3, rounds = 5 }: FlowBench): Promise<void> {
  const bare = await bareSite(Math.max(...CLIENTS));
  const entremise = await entremiseSite({ appUrl, ownerUrl, clients: Math.max(...CLIENTS) });
  try {
    print(await machine(entremise.db));
    const queries = await entremise.queriesOf(() => runFlow(entremise, 0));
    for (const clients of CLIENTS) {
      const rates = await measure([bare, entremise], { clients, milliseconds: seconds * 1000, rounds });
      const [reference = [], ours = []] = rates;
      const ratio = median(ours.map((rate, round) => rate / (reference[round] ?? 0)));
      print('');
      print(
        `${String(clients).padStart(2)} client${clients > 1 ? 's' : ' '}                                        flows/s`,
      );
      print(`  bare oidc-provider, in memory                    ${median(reference).toFixed(0).padStart(6)}`);
      print(
        `  Entremise, durable journal, ${String(queries).padStart(2)} statements a flow   ${median(ours).toFixed(0).padStart(6)}   × ${ratio.toFixed(2)}`,
      );
      if (clients === 16) print(`ratio flow ${ratio.toFixed(2)} ${BUDGET}`);
    }
  } finally {
    await entremise.close();
    await bare.close();
  }
}

async function measure(
  sites: readonly Site[],
  { clients, milliseconds, rounds }: { clients: number; milliseconds: number; rounds: number },
): Promise<number[][]> {
  // Long enough for the compiler to have seen every path of either program.
  for (const site of sites) await rate(site, clients, Math.max(WARM_UP, milliseconds));
  const rates = sites.map(() => [] as number[]);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, site] of sites.entries()) rates[index]?.push(await rate(site, clients, milliseconds));
  }
  return rates;
}

async function rate(site: Site, clients: number, milliseconds: number): Promise<number> {
  const start = performance.now();
  let done = 0;
  const client = async (_: unknown, index: number) => {
    while (performance.now() - start < milliseconds) {
      await runFlow(site, index);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return done / ((performance.now() - start) / 1000);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

async function machine(db: Db): Promise<string> {
  const { rows } = await sql<{ version: string; fsync: string; durable: string }>`
    select current_setting('server_version') as version, current_setting('fsync') as fsync,
      current_setting('synchronous_commit') as durable`.execute(db);
  const [processor] = cpus();
  return (
    `${cpus().length} × ${processor?.model.trim()}, Node ${process.version}, PostgreSQL ${rows[0]?.version}, ` +
    `fsync ${rows[0]?.fsync}, synchronous_commit ${rows[0]?.durable}`
  );
}
