import { seed } from '#app/seed/seed.ts';
import { announceKeys, type LogName, makeSigningKey, parseSigningKey, sequence } from '#journal';
import { ED25519 } from '#journal/verify';
import type { AppContext } from '#platform/context.ts';
import { randomToken } from '#platform/crypto/hashes.ts';
import { openDatabase } from '#platform/db/database.ts';
import { bulkId } from './bulk-copies.ts';
import { bulkEntries } from './bulk-entries.ts';
import type { LogKeys } from './bulk-seal.ts';
import type { BenchUrls } from './journal-context.ts';
import { measureAlone, type Pages } from './pages.ts';
import { type PagesSite, pagesSite } from './pages-site.ts';

const STRUCTURES = 4_000;
const AIDANTS = 20_000;
const USAGERS = 1_000_000;
const CLIENT = { clientId: 'bench', clientSecret: 'x'.repeat(40), franceconnect: 'http://localhost:9/api/v2' };

/**
 * Between two sealings of what searching itself writes, so that no page is told of more waiting entries than in
 * service.
 */
const SEALED_EVERY = 25;

/**
 * What an auditor asks of a journal of ten million entries, from the request to the last byte. Each page is told from
 * the bytes of its leaves, each of them verified, and its reading is written in the journal. The budget is that of any
 * page. `urls`: of a database in which nothing is sealed yet.
 */
export async function benchSearch(
  urls: BenchUrls,
  { entries = 10_000_000, requests = 200, print }: { entries?: number; requests?: number; print(line: string): void },
): Promise<void> {
  const site = await pagesSite({
    ...{ appUrl: urls.app, superuserUrl: urls.superuser, readerUrl: urls.reader },
    door: 'auditeur',
    fill: (ctx) => seed(ctx, { accountsSecret: randomToken(), people: 20, client: CLIENT, workerUrl: urls.worker }),
  });
  const worker = { ...site.ctx, db: openDatabase(urls.worker, { max: 2, onError: () => undefined }) };
  try {
    const start = performance.now();
    const logKeys = await announcedKeys(site.ctx, urls.owner);
    const crowd = { entries, structures: STRUCTURES, aidants: AIDANTS, usagers: USAGERS };
    await bulkEntries(urls.superuser, { node: site.ctx.keys.journalNode[0], logKeys, crowd });
    print(`${entries} entries loaded, signed and sealed, in ${((performance.now() - start) / 1000).toFixed(0)} s`);
    await site.serve();
    print(`${await countShown(site)} entries shown, all of them cosigned and true`);
    await measureAlone(sealedAlong(site, worker), PAGES, { requests, print, name: 'audit' });
  } finally {
    await worker.db.destroy();
    await site.close();
  }
}

async function announcedKeys(ctx: AppContext, ownerUrl: string): Promise<LogKeys> {
  const owner = openDatabase(ownerUrl, { max: 1, onError: () => undefined });
  const key = (log: LogName) => parseSigningKey(makeSigningKey(`${ctx.config.journal.origin}/${log}`, ED25519));
  const keys: LogKeys = { actes: key('actes'), acces: key('acces') };
  const told = await announceKeys(ctx, owner, [keys.actes.vkey.text, keys.acces.vkey.text]);
  await owner.destroy();
  if (!told.ok) throw new Error(`${told.key}: ${told.reason}`);
  return keys;
}

/** How many entries some pages of each kind show. Throws unless all of them are cosigned and nothing warns of any. */
async function countShown(site: PagesSite): Promise<number> {
  let shown = 0;
  for (const [name, path] of Object.entries(PAGES)) {
    for (let turn = 0; turn < 4; turn += 1) {
      const html = await site.html(path(turn));
      const count = (text: string) => html.split(text).length - 1;
      const [rows, cosigned, warnings] = [count('class="entry-row"'), count('Cosignée'), count('entry-row__warning')];
      if (cosigned !== rows || warnings > 0)
        throw new Error(`${name}: of ${rows} entries ${cosigned} are cosigned, ${warnings} with a warning`);
      shown += rows;
    }
  }
  if (shown === 0) throw new Error('no page shows an entry');
  return shown;
}

/** Between requests and outside of their time, what they wrote is sealed. */
function sealedAlong(site: PagesSite, worker: AppContext): PagesSite {
  let requests = 0;
  return {
    ...site,
    async time(path) {
      requests += 1;
      if (requests % SEALED_EVERY === 0) {
        const sealed = await sequence(worker, 'acces');
        if ('refused' in sealed) throw new Error(sealed.refused);
      }
      return site.time(path);
    },
  };
}

const search = (query: Record<string, string>) => `/auditeur/recherche?${new URLSearchParams(query)}`;

const nth = (kind: string, turn: number, of: number) => bulkId(kind, 1 + ((turn * 7919) % of));
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
