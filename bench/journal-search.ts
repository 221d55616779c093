import { seed } from '#app/seed/seed.ts';
import { randomToken } from '#platform/crypto/hashes.ts';
import { bulkEntries } from './bulk-entries.ts';
import type { BenchUrls } from './journal-context.ts';
import { measureAlone, type Pages } from './pages.ts';
import { pagesSite } from './pages-site.ts';

const STRUCTURES = 4_000;
const AIDANTS = 20_000;
const USAGERS = 1_000_000;

/**
 * What an auditor asks of a journal of ten million entries, from the request to the last byte. Each page is told from the
 * bytes of its leaves, and its reading is written in the journal. The budget is that of any page.
 */
export async function benchSearch(
  urls: BenchUrls,
  { entries, requests, print }: { entries: number; requests: number; print(line: string): void },
): Promise<void> {
  const site = await pagesSite({
    ...{ appUrl: urls.app, superuserUrl: urls.superuser, readerUrl: urls.reader },
    door: 'auditeur',
  });
  try {
    await seed(site.ctx, {
      ...{ accountsSecret: randomToken(), workerUrl: urls.worker, people: 20 },
      client: { clientId: 'bench', clientSecret: 'x'.repeat(40), franceconnect: 'http://localhost:9/api/v2' },
    });
    const start = performance.now();
    await bulkEntries({
      superuserUrl: urls.superuser,
      entries,
      structures: STRUCTURES,
      aidants: AIDANTS,
      usagers: USAGERS,
    });
    print(`${entries} entries loaded in ${((performance.now() - start) / 1000).toFixed(0)} s`);
    await site.serve();
    await measureAlone(site, PAGES, { requests, print, name: 'audit' });
  } finally {
    await site.close();
  }
}

const search = (query: Record<string, string>) => `/auditeur/recherche?${new URLSearchParams(query)}`;

/** As `bulkEntries` names the structures and the aidants that it makes. */
const nth = (kind: string, turn: number, of: number) =>
  `0195f3a0-000${kind}-7000-8000-${(1 + ((turn * 7919) % of)).toString(16).padStart(12, '0')}`;
const structure = (turn: number) => nth('3', turn, 18); // every one of these has a département that exists
const aidant = (turn: number) => nth('4', turn, AIDANTS);
const day = (turn: number) => new Date(Date.now() - (turn % 200) * 86_400_000).toISOString().slice(0, 10);

const PAGES: Pages = {
  newest: () => search({}),
  day: (turn) => search({ du: day(turn), au: day(turn) }),
  structure: (turn) => search({ structure: structure(turn) }),
  aidant: (turn) => search({ aidant: aidant(turn) }),
  kind: (turn) => search({ quoi: ['mandats', 'fins', 'connexions', 'papiers'][turn % 4] ?? '' }),
  theme: (turn) => search({ theme: ['argent', 'justice', 'social', 'etranger'][turn % 4] ?? '', au: day(turn) }),
  refused: (turn) => search({ resultat: 'refused', au: day(turn) }),
  'structure-theme-refused': (turn) =>
    search({ structure: structure(turn), theme: 'social', resultat: 'refused', au: day(turn) }),
};
