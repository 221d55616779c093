import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { wire } from '#app/wiring.ts';
import type { Agent } from '#support/agent.ts';
import {
  addressOf,
  type Doors,
  FORMS,
  type Objects,
  openDoors,
  outcomeOf,
  stateOf,
  VISITORS,
  type Visitor,
} from './doors.ts';
import { ROUTE_TABLE } from './route-table.ts';

type Row = { verb: string; path: string; guard: string; outcomes: string[] };

const rows: Row[] = ROUTE_TABLE.trim()
  .split('\n')
  .slice(1)
  .map((line) => {
    const [verb = '', path = '', guard = '', ...outcomes] = line.split(/\s+/);
    return { verb, path, guard, outcomes };
  });
const line = ({ verb, path, guard, outcomes }: Row) => [verb, path, guard, ...outcomes].join(' ');

/** Those who are stopped before the page does anything. */
const STOPPED = new Set(['login', 'resume', 'terms', 'choose', 'refused', 'unknown', 'expired']);

let world: Doors;
let objects: Objects;
let ownersRequest: string;

beforeAll(async () => {
  world = await openDoors();
  objects = await world.objects();
  ownersRequest = await world.requestOf(await world.browserOf('owner'));
});
afterAll(() => world?.close());

/** What becomes of one visitor on one route; a partner's request is their own, or the owner's for those who pry. */
async function outcome({ verb, path }: Row, visitor: Visitor, named = objects): Promise<string> {
  const agent = await world.browserOf(visitor);
  const pries = visitor === 'elsewhere' || visitor === 'colleague';
  const request = path.includes(':uid') && !pries ? await world.requestOf(agent) : ownersRequest;
  const address = addressOf(path, { objects: named, request });
  const answer = verb === 'get' ? await agent.get(address) : await agent.post(address, FORMS[path]);
  unguarded.push(...unguardedIn(`${verb} ${path}`, answer.headers));
  return outcomeOf(answer);
}

/** Answers that a browser or a proxy may keep, or that lack what protects the browser. */
const unguarded: string[] = [];

function unguardedIn(what: string, headers: Headers): string[] {
  const wrong = [
    headers.get('cache-control') !== 'no-store' && 'may be kept',
    !headers.get('content-security-policy')?.startsWith("default-src 'none'") && 'has another policy',
    !/^[0-9a-f]{16}$/.test(headers.get('x-request-id') ?? '') && 'has no reference',
    headers.get('referrer-policy') !== 'same-origin' && 'tells where from',
  ];
  return wrong.filter(Boolean).map((fault) => `${what} ${fault}`);
}

async function outcomes(row: Row): Promise<Row> {
  const found: string[] = [];
  for (const visitor of VISITORS) found.push(await outcome(row, visitor));
  return { ...row, outcomes: found };
}

describe('routes × visitors', () => {
  test('the table has every route of the aidant’s door, with its guard', () => {
    const wired = wire(world.ctx)
      .routes.filter(({ door }) => door === 'aidant')
      .flatMap(({ table }) => table);
    expect(wired.map(({ verb, path, guardName }) => `${verb} ${path} ${guardName}`)).toEqual(
      rows.map(({ verb, path, guard }) => `${verb} ${path} ${guard}`),
    );
  });

  test('the public door has pages for who holds the paper, and nothing else', () => {
    const wired = wire(world.ctx)
      .routes.filter(({ door }) => door === 'public')
      .flatMap(({ table }) => table);
    expect(wired.map(({ verb, path, guardName }) => `${verb} ${path} ${guardName}`)).toEqual([
      'get /verifier anyone',
      'get /verifier/:number anyone',
      'get /revoquer anyone',
      'post /revoquer anyone',
      'get /revoquer/confirmer anyone',
      'post /revoquer/confirmer anyone',
      'get /revoquer/fait/:number anyone',
      'get /journal/policy.txt anyone',
      'get /journal/closed/:n/checkpoint anyone',
      'get /journal/closed/:n/tile/*path anyone',
      'get /journal/:log/checkpoint anyone',
      'get /journal/:log/tile/*path anyone',
      'get /journal/journal-verify.mjs anyone',
      'get /journal/journal-verify.mjs.sha256 anyone',
    ]);
    expect(wired.filter(({ path }) => path.includes(':number')).every(({ limits }) => limits.length > 0)).toBe(true);
    expect(wired.filter(({ verb }) => verb === 'post').every(({ limits }) => limits.length > 0)).toBe(true);
  });

  test('reading: everybody gets what the table says, and nothing changes', async () => {
    const reading = rows.filter(({ verb }) => verb === 'get');
    const before = await stateOf(world);
    const found: Row[] = [];
    for (const row of reading) found.push(await outcomes(row));
    expect(found.map(line)).toEqual(reading.map(line));
    expect(await stateOf(world)).toEqual(before);
  });

  test('acting: whoever is stopped is stopped as the table says, and nothing changes', async () => {
    const before = await stateOf(world);
    const found: string[] = [];
    const expected: string[] = [];
    for (const row of rows.filter(({ verb }) => verb === 'post')) {
      for (const [index, visitor] of VISITORS.entries()) {
        const said = row.outcomes[index] ?? '';
        if (!STOPPED.has(said)) continue;
        expected.push(`${row.path} ${visitor}: ${said}`);
        found.push(`${row.path} ${visitor}: ${await outcome(row, visitor)}`);
      }
    }
    expect(found).toEqual(expected);
    expect(await stateOf(world)).toEqual(before);
  });

  test('acting: a form of another site is obeyed nowhere, and every form has a page to come back to', async () => {
    const before = await stateOf(world);
    const wrong: string[] = [];
    for (const { path } of rows.filter(({ verb }) => verb === 'post')) {
      const agent = await world.browserOf('owner');
      const request = path.includes(':uid') ? await world.requestOf(agent) : ownersRequest;
      const address = addressOf(path, { objects, request });
      for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }]) {
        const { status, location, text } = await agent.post(address, FORMS[path], headers);
        const refused = status === 403 && text.includes('<h1') && text.includes('pas pu vérifier que cet envoi');
        if (!refused && !(status === 303 && location?.startsWith('/'))) wrong.push(`${path}: ${status} ${location}`);
      }
      const page = rows.find((row) => row.verb === 'get' && row.path === path);
      if (!page) wrong.push(`${path} has no page`);
    }
    expect(wrong).toEqual([]);
    expect(await stateOf(world)).toEqual(before);
  });

  test('acting: whoever may is obeyed as the table says', async () => {
    const found: string[] = [];
    const expected: string[] = [];
    for (const row of rows.filter(({ verb }) => verb === 'post')) {
      for (const [index, visitor] of VISITORS.entries()) {
        const said = row.outcomes[index] ?? '';
        if (STOPPED.has(said)) continue;
        const named = row.path.includes(':id') || row.path.includes(':usager') ? await world.objects() : objects;
        expected.push(`${row.path} ${visitor}: ${said}`);
        found.push(`${row.path} ${visitor}: ${await outcome(row, visitor, named)}`);
      }
    }
    expect(found).toEqual(expected);
  });
});

test('no answer of a page is kept by anybody; each has its reference and its policy, those of the provider too', async () => {
  for (const path of [
    '/authorize',
    '/authorize?client_id=inconnu',
    '/authorize/inconnue',
    '/session/end',
    '/session/end/success',
    '/session/end?id_token_hint=x',
    '/agir/inconnue',
    '/userinfo',
  ]) {
    const { headers } = await (await world.browserOf('owner')).get(path);
    unguarded.push(...unguardedIn(path, headers));
  }
  expect(unguarded).toEqual([]);
});

const FORGED_IDS = [
  'x',
  '00000000-0000-0000-0000-000000000000',
  'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF',
  '%00',
  '%E0%A4%A',
  '%F0%9F%99%82',
  '%E2%80%AEabc',
  '..%2f..%2fetc%2fpasswd',
  "'%20or%201=1--",
  'a'.repeat(4000),
];

const STRANGE_TEXTS = [
  '\u0000',
  'a\u0000b',
  '\u202egnarts',
  '🙂'.repeat(300),
  '<script>alert(1)</script>',
  "' or 1=1 --",
  '\ud800',
  '99999999999999999999999999',
  '-1',
  'x'.repeat(1500),
];
const SHORT_TEXTS = STRANGE_TEXTS.filter((text) => text.length < 1000);
const QUERY_NAMES = [
  'suite',
  'recherche',
  'etat',
  'apres',
  'avant',
  'connexions',
  'repris',
  'renvoye',
  'code',
  'state',
];
const FIELD_NAMES = [
  ...['email', 'code', 'suite', 'accepter', 'version', 'organisation', 'themes', 'duration', 'text', 'answer'],
  ...['seen', 'samePerson', 'notProtected', 'ownEmail', 'cause', 'known', 'knownDay', 'knownHour', 'paper'],
  ...['reason', 'note', 'exemplaires', 'theme', 'site', 'otherSite', 'number', 'stopCode'],
];

const allFields = (value: string | string[]) => Object.fromEntries(FIELD_NAMES.map((name) => [name, value]));

describe('bad input: a page in French, never a failure', () => {
  const shownAsFailed = () => world.logs.filter((entry) => entry.includes('"failed"'));
  const all = () =>
    wire(world.ctx)
      .routes.flatMap(({ table }) => table)
      .map(({ verb, path }) => ({ verb, path }));

  async function asked(agent: Agent, verb: string, address: string, fields = {}): Promise<string[]> {
    const { status, text, headers } = verb === 'get' ? await agent.get(address) : await agent.post(address, fields);
    // programs read the logs: what is not there is told in a line
    const told = address.startsWith('/journal/') ? /<html lang="fr"|^not found: |^Ces entrées / : /<html lang="fr"/;
    const calm = status < 500 && (status < 400 || told.test(text)) && !/^ {4}at .+:\d+:\d+/m.test(text);
    const shown = [...new URLSearchParams(address.split('?')[1] ?? '')].map(([name]) => name).join();
    return calm
      ? []
      : [`${verb} ${address.split('?')[0]?.slice(0, 80)} ${shown}: ${status} ${headers.get('content-type')}`];
  }

  test('forged ids in addresses', async () => {
    const agent = await world.browserOf('owner');
    const before = await stateOf(world);
    const wrong: string[] = [];
    for (const { verb, path } of all().filter((route) => route.path.includes(':'))) {
      if (path === '/agir/:uid/annuler') continue;
      for (const id of FORGED_IDS) {
        wrong.push(...(await asked(agent, verb, path.replaceAll(/:[a-z]+/g, id), FORMS[path])));
      }
    }
    expect(wrong).toEqual([]);
    expect(shownAsFailed()).toEqual([]);
    expect(await stateOf(world)).toEqual(before);
  });

  test('strange, doubled and oversized parameters of addresses', async () => {
    const agent = await world.browserOf('owner');
    const before = await stateOf(world);
    const wrong: string[] = [];
    for (const { path } of all().filter(({ verb }) => verb === 'get')) {
      const address = addressOf(path, { objects, request: await world.requestOf(agent) });
      const queries = [
        ...SHORT_TEXTS.map((text) => QUERY_NAMES.map((name) => [name, text])),
        ...QUERY_NAMES.map((name) => [[name, '\u0000']]),
        QUERY_NAMES.flatMap((name) => [
          [name, 'x'],
          [name, '\u202e'],
        ]),
      ];
      for (const query of queries)
        wrong.push(...(await asked(agent, 'get', `${address}?${new URLSearchParams(query)}`)));
      wrong.push(...(await asked(agent, 'get', `${address}?%E0%A4%A=%E0%A4%A&__proto__[x]=1&toString=1&a[b]=c`)));
    }
    expect(wrong).toEqual([]);
    expect(shownAsFailed()).toEqual([]);
    expect(await stateOf(world)).toEqual(before);
  });

  test('strange, doubled and oversized fields of forms', async () => {
    const wrong: string[] = [];
    for (const { path } of all().filter(({ verb, path }) => verb === 'post' && path !== '/deconnexion')) {
      const named = path.includes(':id') || path.includes(':usager') ? await world.objects() : objects;
      const good = FORMS[path] ?? {};
      const forms = [
        ...Object.keys(good).flatMap((name) => ['\u0000', '🙂'.repeat(300)].map((text) => ({ ...good, [name]: text }))),
        ...STRANGE_TEXTS.map((text) => allFields(text)),
        allFields(['a\u0000b', 'x']),
      ];
      for (const fields of forms) {
        const agent = await world.browserOf('owner');
        const request = path.includes(':uid') ? await world.requestOf(agent) : ownersRequest;
        wrong.push(...(await asked(agent, 'post', addressOf(path, { objects: named, request }), fields)));
      }
    }
    expect(wrong).toEqual([]);
    expect(shownAsFailed()).toEqual([]);
  });
});
