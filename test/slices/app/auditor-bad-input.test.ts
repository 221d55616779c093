import { afterAll, beforeAll, expect, test } from 'vitest';
import { wire } from '#app/wiring.ts';
import type { Agent } from '#support/agent.ts';
import { type AuditorDoors, type AuditorObjects, auditorAddress, FORMS, openAuditorDoors } from './auditor-doors.ts';

let world: AuditorDoors;
let objects: AuditorObjects;

beforeAll(async () => {
  world = await openAuditorDoors();
  objects = await world.objects();
});
afterAll(() => world?.close());

const FORGED_IDS = [
  ...['x', '00000000-0000-0000-0000-000000000000', 'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF', '%00', '%E0%A4%A'],
  ...['%F0%9F%99%82', '%E2%80%AEabc', '..%2f..%2fetc%2fpasswd', "'%20or%201=1--", 'a'.repeat(4000)],
];
const STRANGE = [
  ...['\u0000', 'a\u0000b', '\u202egnarts', '🙂'.repeat(300), '<script>alert(1)</script>', "' or 1=1 --", '\ud800'],
  ...['99999999999999999999999999', '-1', '0', '2026-02-30', 'constructor', 'x'.repeat(900)],
];
const QUERY_NAMES = [
  ...['suite', 'repris', 'renvoye', 'code', 'mandat', 'entree', 'entrees', 'plainte', 'tirage', 'dossier', 'personne'],
  ...['de', 'a', 'du', 'au', 'structure', 'aidant', 'nature', 'type', 'theme', 'resultat', 'apres', 'avant', 'page'],
];
const FIELD_NAMES = [
  ...['email', 'code', 'suite', 'mandat', 'entree', 'entrees', 'plainte', 'tirage', 'motive', 'motif', 'answer'],
  ...['reason', 'subject', 'into', 'note', 'text', 'decision', 'auditor', 'organisation', 'from', 'to', 'count'],
  ...['person', 'familyName', 'birthdate', 'number', 'mandate', 'aidant', 'kind', 'theme', 'result', 'period', 'log'],
];

const routes = () =>
  wire(world.ctx)
    .routes.filter(({ door }) => door === 'auditeur')
    .flatMap(({ table }) => table);
const failed = () => world.logs.filter((entry) => entry.includes('"failed"')).map((entry) => entry.slice(0, 600));

async function asked(agent: Agent, verb: string, address: string, fields = {}): Promise<string[]> {
  const { status, text, headers } = verb === 'get' ? await agent.get(address) : await agent.post(address, fields);
  const page = headers.get('content-type')?.startsWith('text/html') ?? false;
  const calm = status < 500 && (status < 400 || !page || /<html lang="fr"/.test(text)) && !text.includes('    at ');
  return calm ? [] : [`${verb} ${address.slice(0, 120)}: ${status}`];
}

test('forged ids in addresses: a page in French, never a failure', async () => {
  const agent = await world.browserOf('owner');
  const wrong: string[] = [];
  for (const { verb, path } of routes().filter((route) => /[:*]/.test(route.path))) {
    for (const id of FORGED_IDS) {
      wrong.push(...(await asked(agent, verb, path.replaceAll(/[:*][a-z]+/g, id), FORMS[path])));
    }
  }
  expect(wrong).toEqual([]);
  expect(failed()).toEqual([]);
});

test('strange, doubled and oversized parameters of addresses', async () => {
  const agent = await world.browserOf('owner');
  const wrong: string[] = [];
  for (const { path } of routes().filter(({ verb }) => verb === 'get')) {
    const [address = '', named = ''] = auditorAddress(path, objects).split('?');
    const queries = [
      ...STRANGE.map((text) => QUERY_NAMES.map((name) => [name, text])),
      QUERY_NAMES.flatMap((name) => [
        [name, 'x'],
        [name, '\u202e'],
      ]),
    ];
    for (const query of queries) {
      for (const more of named ? ['', `${named}&`] : ['']) {
        const fits = new URLSearchParams(query.map(([name = '', text = '']) => [name, text.slice(0, 200)]));
        wrong.push(...(await asked(agent, 'get', `${address}?${more}${fits}`)));
      }
    }
    wrong.push(
      ...(await asked(agent, 'get', `${address}?${named}&%E0%A4%A=%E0%A4%A&__proto__[x]=1&toString=1&a[b]=c`)),
    );
  }
  expect(wrong).toEqual([]);
  expect(failed()).toEqual([]);
});

test('strange, doubled and oversized fields of forms', async () => {
  const wrong: string[] = [];
  for (const { path } of routes().filter(({ verb, path }) => verb === 'post' && !path.endsWith('/deconnexion'))) {
    const good = FORMS[path] ?? {};
    const all = (value: string | string[]) => Object.fromEntries(FIELD_NAMES.map((name) => [name, value]));
    const forms = [
      ...Object.keys(good).flatMap((name) => ['\u0000', '🙂'.repeat(300)].map((text) => ({ ...good, [name]: text }))),
      ...STRANGE.map((text) => all(text)),
      all(['a\u0000b', 'x']),
      { ...all('x'), ...good },
    ];
    for (const fields of forms) {
      const agent = await world.browserOf('owner');
      wrong.push(...(await asked(agent, 'post', auditorAddress(path, objects), fields)));
    }
  }
  expect(wrong).toEqual([]);
  expect(failed()).toEqual([]);
});
