import { cpus } from 'node:os';
import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';
import { bulkLoad } from './bulk-load.ts';
import { type PagesSite, pagesSite } from './pages-site.ts';

export type PagesBench = {
  appUrl: string;
  superuserUrl: string;
  print(line: string): void;
  usagers?: number;
  usagersOfOrganisation?: number;
  /** How many times each page is asked for, one request at a time. */
  requests?: number;
  /** How long eight clients then ask for all of them together. */
  seconds?: number;
};

const BUDGET_MS = 50;
const BUDGET_MIB = 300;
const CLIENTS = 8;

export type Pages = Record<string, (turn: number) => string>;

/**
 * The pages that read most, in a structure of 5 000 usagers among 1 million: how long each takes, one request at a time
 * (from the request to the last byte, by a client on the same machine), then under eight clients, and the memory of the
 * server's process after that. The budgets are the p95 alone and the memory; the load says what a machine bears.
 */
export async function benchPages(bench: PagesBench): Promise<void> {
  const { print, usagers = 1_000_000, usagersOfOrganisation = 5_000, requests = 400, seconds = 15 } = bench;
  const site = await pagesSite(bench);
  try {
    const { organisationId, aidantId, ctx } = site;
    const { superuserUrl } = bench;
    const loading = performance.now();
    await bulkLoad({ superuserUrl, usagers, organisationId, aidantId, usagersOfOrganisation, now: ctx.clock.now() });
    print(await machine(ctx.db));
    print(`${usagers} usagers loaded in ${((performance.now() - loading) / 1000).toFixed(0)} s`);
    const pages = pagesOf(await peopleOf(ctx.db, organisationId));
    await site.serve();
    await measureAlone(site, pages, { requests, print });
    await measureLoad(site, pages, { seconds, print });
  } finally {
    await site.close();
  }
}

async function peopleOf(db: Db, organisationId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('mandate')
    .select('usagerId')
    .where('organisationId', '=', organisationId)
    .distinct()
    .execute();
  return rows.map(({ usagerId }) => usagerId);
}

const SEARCHES = ['dup', 'martin', 'lefevre je', 'ben', 'a', 'zzz', 'fontaine', 'du', 'moreau sim', 'n'];

/** Another person, page or search at each turn. */
function pagesOf(people: readonly string[]): Pages {
  const person = (turn: number) => people[(turn * 7919) % people.length] ?? '';
  return {
    list: (turn) => (turn % 4 === 0 ? '/mandats' : `/mandats?${turn % 2 ? 'apres' : 'avant'}=${person(turn)}`),
    ended: (turn) => `/mandats?etat=${turn % 2 ? 'expires' : 'termines'}`,
    search: (turn) => `/mandats?recherche=${encodeURIComponent(SEARCHES[turn % SEARCHES.length] ?? '')}`,
    person: (turn) => `/usagers/${person(turn)}`,
    papers: (_turn) => '/mandats/papiers',
  };
}

/** Each page alone, after a warm-up, and the budget of its p95. */
export async function measureAlone(
  site: PagesSite,
  pages: Pages,
  { requests, print, name: series = 'pages' }: { requests: number; print(line: string): void; name?: string },
): Promise<void> {
  print('');
  print('one request at a time, ms      p50     p95     max');
  for (const [name, path] of Object.entries(pages)) {
    for (let turn = 0; turn < 40; turn += 1) await site.time(path(turn));
    const times: number[] = [];
    for (let turn = 0; turn < requests; turn += 1) times.push(await site.time(path(turn)));
    const shown = [0.5, 0.95, 1].map((share) => quantile(times, share).toFixed(1).padStart(8));
    print(`  ${name.padEnd(24)}${shown.join('')}`);
    print(`ratio ${series}-${name} ${(BUDGET_MS / quantile(times, 0.95)).toFixed(2)} 1`);
  }
}

async function measureLoad(
  site: PagesSite,
  pages: Pages,
  { seconds, print }: { seconds: number; print(line: string): void },
): Promise<void> {
  const paths = Object.values(pages);
  const times: number[] = [];
  const start = performance.now();
  const client = async (_: unknown, index: number) => {
    for (let turn = index; performance.now() - start < seconds * 1000; turn += CLIENTS) {
      times.push(await site.time(paths[turn % paths.length]?.(turn) ?? '/'));
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  const rate = times.length / ((performance.now() - start) / 1000);
  print('');
  print(`${CLIENTS} clients: ${rate.toFixed(0)} pages/s, p95 ${quantile(times, 0.95).toFixed(1)} ms`);
  const memory = await site.peakMemory();
  if (memory === undefined) return print('memory of the server: not known on this system');
  print(`memory of the server, at most: ${memory.toFixed(0)} MiB`);
  print(`ratio pages-memory ${(BUDGET_MIB / memory).toFixed(2)} 1`);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

async function machine(db: Db): Promise<string> {
  const { rows } = await sql<{ version: string; sharedBuffers: string }>`
    select current_setting('server_version') as version, current_setting('shared_buffers') as shared_buffers`.execute(
    db,
  );
  const [facts] = rows;
  return `Node ${process.version}, PostgreSQL ${facts?.version} (shared_buffers ${facts?.sharedBuffers}), ${cpus().length} × ${cpus()[0]?.model}`;
}
