import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MINUTE } from '#platform/time/clock.ts';
import type { Agent } from '#support/agent.ts';
import { addTestAuditor, auditorAgent } from '#support/auditor.ts';
import { type Asked, findEntries, type IndexRow, MOST_EXAMINED } from '../../../src/audit/search/entries.queries.ts';
import { kindsAsked } from '../../../src/audit/search/kinds.rules.ts';
import { idAt } from '../../../src/audit/search/period.rules.ts';
import { type AuditWorld, auditWorld, linesOf, registry } from './search-support.ts';

/** One entry in 20 s over ten weeks, of 400 structures, 4 000 aidants and 60 000 persons; one in 200 is a refusal. */
const ENTRIES = 300_000;
const LOWEST = '00000000-0000-0000-0000-000000000000';
const HIGHEST = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
const BEGIN = new Date('2026-01-01T00:00:00.000Z');

let world: AuditWorld;
let superuser: pg.Client;
let structures: string[];

beforeAll(async () => {
  world = await auditWorld();
  superuser = new pg.Client({ connectionString: world.database.superuserUrl });
  await superuser.connect();
  await superuser.query(GENERATED, [ENTRIES, BEGIN.getTime()]);
  await superuser.query('vacuum (analyze) journal.entry_index');
  structures = Array.from({ length: 400 }, (_, n) => uuid(1, n));
}, 300_000);
afterAll(async () => {
  await superuser?.end();
  await world?.close();
});

/** The same as in the rows below: which table, which number. */
function uuid(kind: number, n: number): string {
  return `0000000${kind}-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
}

const GENERATED = `
  insert into journal.entry_index (id, recorded_at, log_id, kind, result, theme, aidant_id, organisation_id, usager_id,
    mandate_id, mandate_alias, mn, themes)
  select
    (substr(time, 1, 8) || '-' || substr(time, 9, 4) || '-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
    to_timestamp(($2::bigint + n::bigint * 20000) / 1000.0), case when n % 3 = 0 then 2 else 1 end,
    case when n % 200 = 0 then 'use.refused' when n % 7777 = 0 then 'organisation.changed' when n % 3 = 0 then 'usager.read'
      else (array['use.chosen', 'use.code-issued', 'use.token-issued', 'use.identity-given', 'mandate.concluded',
        'mandate.ended', 'consent.identified'])[n % 7 + 1] end,
    case when n % 200 = 0 then 'refused' else 'ok' end,
    case when n % 2 = 0 then (array['papiers', 'famille', 'social', 'travail', 'logement', 'transports', 'argent',
      'justice', 'etranger', 'loisirs'])[n / 2 % 10 + 1] end,
    ('00000002-0000-4000-8000-' || lpad(to_hex(n % 4000), 12, '0'))::uuid,
    ('00000001-0000-4000-8000-' || lpad(to_hex(n % 400), 12, '0'))::uuid,
    ('00000003-0000-4000-8000-' || lpad(to_hex(n % 60000), 12, '0'))::uuid,
    case when n % 7 <> 6 then ('00000004-0000-4000-8000-' || lpad(to_hex(n % 60000), 12, '0'))::uuid end,
    'alias-' || n % 60000, n / 60000 + 1,
    case when n % 7 = 4 then array['papiers', (array['famille', 'justice', 'argent'])[n % 3 + 1]] end
  from (select n, lpad(to_hex($2::bigint + n::bigint * 20000), 12, '0') as time from generate_series(0, $1::int - 1) n) numbered`;

const everything: Asked = { low: LOWEST, high: HIGHEST };
const middle = idAt(new Date(BEGIN.getTime() + (ENTRIES / 2) * 20_000));
const group = (choice: string): Partial<Asked> => {
  const { kinds, log } = kindsAsked(choice, registry);
  return { ...(kinds && { kinds }), ...(log && { logId: 1 }) };
};

const aliases = Array.from({ length: 50 }, (_, n) => `alias-${17 + n}`);

/** What is asked, and the index that must be read for it. */
const SEARCHES: Record<string, [index: RegExp, asked: () => Partial<Asked>]> = {
  everything: [/entry_index_pkey/, () => ({})],
  'all acts': [/entry_index_pkey/, () => group('')],
  'a period': [/entry_index_pkey/, () => ({ low: middle, high: idAt(new Date(BEGIN.getTime() + 155_000 * 20_000)) })],
  'a theme': [/entry_index_pkey/, () => ({ theme: 'loisirs' })],
  'a theme that nobody has': [/entry_index_pkey/, () => ({ theme: 'rien' })],
  refusals: [/entry_index_refused/, () => ({ result: 'refused' })],
  'refusals of a theme': [/entry_index_refused/, () => ({ result: 'refused', theme: 'papiers' })],
  'a common kind': [/entry_index_by_kind/, () => group('mandats')],
  'a rare kind': [/entry_index_by_kind/, () => group('structures')],
  'a group of kinds, with a theme': [/entry_index_by_kind/, () => ({ ...group('connexions'), theme: 'famille' })],
  'kinds that nobody has': [/entry_index_by_kind/, () => group('auditeurs')],
  'a structure': [/entry_index_by_organisation/, () => ({ organisationIds: structures.slice(0, 1) })],
  'a structure, refusals of a period': [
    /entry_index_by_organisation/,
    () => ({ organisationIds: structures.slice(0, 1), result: 'refused', high: middle }),
  ],
  'a département': [/entry_index_by_organisation/, () => ({ organisationIds: structures.slice(0, 40), ...group('') })],
  'a département, a rare kind': [
    /entry_index_by_organisation/,
    () => ({ organisationIds: structures.slice(0, 40), ...group('structures') }),
  ],
  'a country of structures': [/entry_index_pkey/, () => ({ organisationIds: structures, theme: 'loisirs' })],
  'a hundred structures, a theme': [
    /entry_index_by_organisation/,
    () => ({ organisationIds: structures.slice(0, 100), theme: 'loisirs' }),
  ],
  'a country of structures, a rare kind': [
    /entry_index_by_kind/,
    () => ({ organisationIds: structures, ...group('structures') }),
  ],
  'an aidant': [/entry_index_by_aidant/, () => ({ aidantId: uuid(2, 17) })],
  'an aidant, in a département': [
    /entry_index_by_aidant/,
    () => ({ aidantId: uuid(2, 17), organisationIds: structures.slice(0, 40), theme: 'famille' }),
  ],
  'a person': [/entry_index_by_usager/, () => ({ usagerIds: [uuid(3, 17)] })],
  'two persons, a period': [/entry_index_by_usager/, () => ({ usagerIds: [uuid(3, 17), uuid(3, 99)], low: middle })],
  'a mandate': [/mandate_act_has_one_number/, () => ({ mandateId: uuid(4, 17) })],
  'a mandate, and what its draft wrote': [
    /mandate_act_has_one_number|entry_index_of_drafts/,
    () => ({ mandateId: uuid(4, 17), draftAliases: ['alias-17'] }),
  ],
  'a person, a theme, and what the drafts of 50 mandates wrote': [
    /entry_index_by_usager|entry_index_of_drafts/,
    () => ({ usagerIds: [uuid(3, 17)], theme: 'papiers', draftAliases: aliases }),
  ],
  'a theme, in mandates': [/entry_index_by_kind/, () => ({ ...group('mandats'), theme: 'argent' })],
  'a mandate, a kind': [/mandate_act_has_one_number/, () => ({ mandateId: uuid(4, 17), ...group('connexions') })],
};

type Node = {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Actual Rows'?: number;
  'Rows Removed by Filter'?: number;
  'Actual Loops'?: number;
  Plans?: Node[];
};
const nodesOf = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

type Statement = { text: string; values: unknown[] };

/** What this work sends to PostgreSQL. */
async function statementsOf(work: () => Promise<unknown>): Promise<Statement[]> {
  const sent: Statement[] = [];
  const { prototype } = pg.Client;
  const query = prototype.query as (...all: unknown[]) => unknown;
  prototype.query = function recorded(this: unknown, ...all: unknown[]) {
    const [first, values] = all as [string | Statement, unknown[] | undefined];
    sent.push(typeof first === 'string' ? { text: first, values: values ?? [] } : first);
    return query.apply(this, all);
  } as typeof prototype.query;
  try {
    await work();
  } finally {
    prototype.query = query as typeof prototype.query;
  }
  return sent;
}

const find = (asked: Asked) => world.ctx.db.transaction().execute((trx) => findEntries(trx, asked));

/** The plan of a search, with what it really reads. */
async function explained(asked: Asked): Promise<Node[]> {
  const sent = await statementsOf(() => find(asked));
  const [settings, statement, ...others] = sent.filter(({ text }) => !/^(begin|commit)/.test(text));
  if (!settings || !statement || others.length > 0) throw new Error('a search is one statement');
  await superuser.query('begin');
  await superuser.query(settings.text);
  const { rows } = await superuser.query(`explain (analyze, format json) ${statement.text}`, statement.values);
  await superuser.query('commit');
  return nodesOf(rows[0]['QUERY PLAN'][0].Plan);
}

const read = (nodes: Node[]) => nodes.filter((node) => node['Relation Name'] === 'entry_index');
const examined = (nodes: Node[]) =>
  read(nodes).reduce(
    (sum, node) =>
      sum + ((node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0)) * (node['Actual Loops'] ?? 1),
    0,
  );

describe('in 300 000 entries', () => {
  test.each(Object.entries(SEARCHES))(
    '%s reads its index, and a bounded number of rows',
    async (_what, [index, asked]) => {
      for (const backwards of [false, true]) {
        const nodes = await explained({ ...everything, ...asked(), backwards });
        const plan = JSON.stringify(read(nodes));
        expect(nodes.map((node) => node['Node Type'])).not.toContain('Seq Scan');
        for (const node of read(nodes)) if (node['Index Name']) expect(node['Index Name'], plan).toMatch(index);
        expect(read(nodes).length).toBeGreaterThan(0);
        expect(examined(nodes), plan).toBeLessThanOrEqual(MOST_EXAMINED);
      }
    },
  );

  test('the first page of what is common reads little more than what it shows', async () => {
    for (const what of ['everything', 'refusals', 'a common kind', 'a structure', 'an aidant'])
      expect([what, examined(await explained({ ...everything, ...SEARCHES[what]?.[1]() })) <= 300]).toEqual([
        what,
        true,
      ]);
  });

  test.each([
    ['everything after the middle', { low: middle }],
    ['a rare kind', group('structures')],
    [
      'a département, refusals',
      { organisationIds: Array.from({ length: 40 }, (_, n) => uuid(1, n)), result: 'refused' as const },
    ],
    [
      'a hundred structures, refusals',
      { organisationIds: Array.from({ length: 100 }, (_, n) => uuid(1, n)), result: 'refused' as const },
    ],
    ['an aidant', { aidantId: uuid(2, 17) }],
    ['mandates of a theme', { ...group('mandats'), theme: 'argent', low: middle }],
    ['a person, with what drafts wrote', { usagerIds: [uuid(3, 17)], draftAliases: aliases }],
    ['a mandate, with what its draft wrote', { mandateId: uuid(4, 17), draftAliases: ['alias-17'] }],
    ['a theme, refused', { theme: 'famille', result: 'refused' as const, low: middle }],
  ])('%s: every page in turn shows all of it once, newest first, and back again', async (what, asked) => {
    const limit = what.startsWith('everything') ? 400 : 5_000;
    const all = (await superuser.query(sqlOf({ ...everything, ...asked }, limit))).rows.map(({ id }) => id);
    const found: IndexRow[] = [];
    let high = HIGHEST;
    for (let pages = 0; pages < 3_000 && found.length < all.length; pages += 1) {
      const page = await find({ ...everything, ...asked, high });
      found.push(...page.rows);
      const onwards = page.more ? page.rows.at(-1)?.id : page.stoppedAt;
      if (!onwards) break;
      high = onwards;
    }
    expect(found.map(({ id }) => id).slice(0, limit)).toEqual(all);
    const [, second] = [found.slice(0, 25), found.slice(25, 50)];
    const from = found[50]?.id;
    if (!from || second.length < 25) return;
    const back = await find({ ...everything, ...asked, low: from, backwards: true });
    expect(back.rows).toEqual(second);
  });
});

/** The plain question, without any bound. */
function sqlOf(asked: Asked, limit: number): string {
  const { low, kinds, organisationIds, aidantId, theme, result, usagerIds, mandateId, draftAliases = [] } = asked;
  const list = (values: readonly string[]) => values.map((value) => `'${value}'`).join(', ');
  const drafts = `mandate_id is null and mandate_alias in (${list([...draftAliases, 'none'])})`;
  const conditions = [
    `id > '${low}'`,
    kinds && `kind in (${list(kinds)})`,
    organisationIds && `organisation_id in (${list(organisationIds)})`,
    aidantId && `aidant_id = '${aidantId}'`,
    theme && `(theme = '${theme}' or '${theme}' = any(themes))`,
    usagerIds && `(usager_id in (${list(usagerIds)}) or ${drafts})`,
    mandateId && `(mandate_id = '${mandateId}' or ${drafts})`,
    result && `result = '${result}'`,
  ].filter(Boolean);
  return `select id from journal.entry_index where ${conditions.join(' and ')} order by id desc limit ${limit}`;
}

describe('the page', () => {
  async function statements(agent: Agent, path: string): Promise<{ count: number; lines: number }> {
    await agent.get(path); // the first search of an auditor makes the key under which searches are kept
    let lines = -1;
    const sent = await statementsOf(async () => {
      lines = linesOf((await agent.get(path)).text).length;
    });
    return { count: sent.length, lines };
  }

  test('asks the same number of statements with 10 results and with 500', async () => {
    const few = await world.conclude();
    for (let reading = 0; reading < 9; reading += 1) await world.browser.get(`/usagers/${few.usagerId}`);
    for (const agent of [world.everywhere, world.here]) {
      const small = await statements(agent, `/auditeur/recherche?quoi=lectures&structure=${world.structure.id}`);
      for (let reading = 0; reading < 40; reading += 1) await world.browser.get(`/usagers/${few.usagerId}`);
      const large = await statements(agent, `/auditeur/recherche?quoi=lectures&structure=${world.structure.id}`);
      expect(large.lines).toBe(25);
      expect(large.count).toBe(small.count);
      expect(large.count).toBeLessThanOrEqual(32);
    }
    const nobody = await auditorAgent(world, await addTestAuditor(world, { departements: ['75'] }));
    expect((await statements(nobody, '/auditeur/recherche')).lines).toBe(0);
  });

  test('goes to older and newer pages by links that hold ids only', async () => {
    world.clock.advance(MINUTE);
    const first = await world.here.get('/auditeur/recherche?quoi=tout');
    const next = /href="(\/auditeur\/recherche\?[^"]*apres=[^"]*)"[^>]*>Plus anciennes/.exec(first.text)?.[1] ?? '';
    const second = await world.here.get(next.replaceAll('&amp;', '&'));
    const back = /href="(\/auditeur\/recherche\?[^"]*avant=[^"]*)"[^>]*>Plus récentes/.exec(second.text)?.[1] ?? '';
    const again = await world.here.get(back.replaceAll('&amp;', '&'));
    const ids = [first, second, again].map(({ text }) => linesOf(text).map(({ id }) => id));
    expect(ids[2]).toEqual(ids[0]);
    expect(ids[1]?.some((id) => ids[0]?.includes(id))).toBe(false);
    expect(ids[1]?.length).toBeGreaterThan(0);
  });
});
