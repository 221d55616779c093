import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Agent } from '#support/agent.ts';
import { addPerson, addStructure, loggedInAs, type TestAidant } from '#support/people.ts';
import { bulkLoad } from '../../../bench/bulk-load.ts';
import { type FollowWorld, followWorld } from './follow-support.ts';

/** In the same proportions as a structure of 5 000 usagers in 1 million, to load in seconds. */
const USAGERS = 100_000;
const OF_THE_STRUCTURE = 500;

let world: FollowWorld;
let big: { by: TestAidant; browser: Agent; usagerId: string };
let small: { browser: Agent; usagerId: string };
let superuser: pg.Client;

beforeAll(async () => {
  world = await followWorld();
  superuser = new pg.Client({ connectionString: world.database.superuserUrl });
  await superuser.connect();
  const structure = await addStructure(world, { name: 'Grande ville' });
  const by = await addPerson(world, { organisationIds: [structure.id] });
  await bulkLoad({
    superuserUrl: world.database.superuserUrl,
    usagers: USAGERS,
    organisationId: structure.id,
    aidantId: by.aidantId,
    usagersOfOrganisation: OF_THE_STRUCTURE,
    now: world.clock.now(),
  });
  big = { by, browser: await loggedInAs(world, by), usagerId: await loadUses() };
  const mandate = await world.conclude({ familyName: 'PETITE' });
  small = { browser: world.browser, usagerId: mandate.usagerId };
}, 300_000);
afterAll(async () => {
  await superuser.end();
  await world.close();
});

/** Fifty thousand connections, two thousand of them for one person of the structure. Returns that person. */
async function loadUses(): Promise<string> {
  await superuser.query('set session_replication_role = replica');
  await superuser.query(`
    insert into use (id, authorisation_id, mandate_id, organisation_id, usager_id, aidant_id, theme, site, client_id,
      factor_at, chosen_at)
    select gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), m.organisation_id, m.usager_id, m.aidant_id, 'famille',
      'CAF', 'franceconnect', m.starts_at, m.starts_at + make_interval(secs => n)
    from (select *, row_number() over (order by id) as rank from mandate) m,
      generate_series(1, case when rank = 1 then 2000 else 1 end) n where rank < 48000`);
  await superuser.query('vacuum (analyze) use');
  const { rows } = await superuser.query('select usager_id from use group by 1 order by count(*) desc limit 1');
  return rows[0].usager_id;
}

type Statement = { text: string; values: unknown[] };

/** What a request sends to PostgreSQL, BEGIN and COMMIT included. */
async function statementsOf(work: () => Promise<{ status: number }>): Promise<Statement[]> {
  const sent: Statement[] = [];
  const { prototype } = pg.Client;
  const query = prototype.query as (...all: unknown[]) => unknown;
  prototype.query = function recorded(this: unknown, ...all: unknown[]) {
    const [first, values] = all as [string | Statement, unknown[] | undefined];
    const text = typeof first === 'string' ? first : first.text;
    sent.push({ text, values: (typeof first === 'string' ? values : first.values) ?? [] });
    return query.apply(this, all);
  } as typeof prototype.query;
  try {
    expect((await work()).status).toBe(200);
  } finally {
    prototype.query = query as typeof prototype.query;
  }
  return sent;
}

const PAGES = {
  'Mes mandats': () => '/mandats',
  'the second page': () => `/mandats?apres=${big.usagerId}`,
  'the page before': () => `/mandats?avant=${big.usagerId}`,
  'a search': () => '/mandats?recherche=dup',
  'a search in what has ended': () => '/mandats?etat=termines&recherche=martin+jea',
  'the page of a person': () => `/usagers/${big.usagerId}`,
  'missing papers': () => '/mandats/papiers',
};

describe('in a large database', () => {
  test.each(Object.entries(PAGES))('%s reads no large table from end to end', async (_what, path) => {
    const statements = await statementsOf(() => big.browser.get(path()));
    const reads = statements.filter(({ text }) => /^\s*(select|with)\b/i.test(text) && !/journal\.append/.test(text));
    expect(reads.length).toBeGreaterThan(3);
    for (const { text, values } of reads) {
      for (const explain of [`explain ${text}`, `explain (generic_plan) ${text}`]) {
        const generic = explain.includes('generic_plan');
        const { rows } = await superuser.query(generic ? { text: explain } : { text: explain, values });
        const plan = rows.map((line) => line['QUERY PLAN']).join('\n');
        expect(plan, `${explain}\n${plan}`).not.toMatch(
          /Seq Scan on (mandate|usager|authorisation|use|entry\w*|opening)\b/,
        );
      }
    }
  });

  test('the number of statements does not depend on how many people there are', async () => {
    // the first search of an aidant makes the key under which searches are kept
    const count = async (browser: Agent, path: string) => {
      await browser.get(path);
      return (await statementsOf(() => browser.get(path))).length;
    };
    for (const [few, many] of [
      ['/mandats', '/mandats'],
      ['/mandats?recherche=petite', '/mandats?recherche=dup'],
      [`/usagers/${small.usagerId}`, `/usagers/${big.usagerId}`],
      ['/mandats/papiers', '/mandats/papiers'],
    ] as const) {
      const counts = [await count(small.browser, few), await count(big.browser, many)];
      expect([many, counts[1]]).toEqual([many, counts[0]]);
      expect(counts[0]).toBeLessThanOrEqual(13);
    }
  });

  test('the lists count every person of the structure, and no other', async () => {
    const { rows } = await superuser.query(
      `select count(distinct usager_id) filter (where ended_at is null and ends_at > $2)::int as live,
        count(distinct usager_id) filter (where end_cause = 'expired' or (ended_at is null and ends_at <= $2))::int as expired,
        count(distinct usager_id) filter (where end_cause <> 'expired')::int as ended
      from mandate where organisation_id = $1`,
      [big.by.organisationId, world.clock.now()],
    );
    const { text } = await big.browser.get('/mandats');
    const shown = [...text.matchAll(/list-tabs__count">(\d+)</g)].map(([, count]) => Number(count));
    expect(shown).toEqual([rows[0].live, rows[0].expired, rows[0].ended]);
    expect(shown.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(OF_THE_STRUCTURE);
  });
});
