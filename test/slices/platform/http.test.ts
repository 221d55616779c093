import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createWorld, type World } from '#support/world.ts';
import { type ProbeSite, probeSite, SECRET } from './probe-site.tsx';

let world: World;
let site: ProbeSite;
let secure: ProbeSite;

beforeAll(async () => {
  world = await createWorld();
  site = await probeSite(world, { doors: ['public', 'aidant'] });
  secure = await probeSite(world, { config: { publicUrl: 'https://entremise.example' } });
});
afterAll(async () => {
  await Promise.all([site?.close(), secure?.close()]);
  await world?.close();
});
beforeEach(() => {
  site.posted.length = 0;
  world.logs.length = 0;
});

type Raw = { status: number; head: string; body: string };

/** What no well-made client sends. */
function raw(lines: readonly string[], body = ''): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(site.url).port), '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => {
      const [head = '', ...rest] = answer.split('\r\n\r\n');
      resolve({ status: Number(/^HTTP\/1.1 (\d+)/.exec(head)?.[1]), head, body: rest.join('\r\n\r\n') });
    });
    socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`);
  });
}

const calm = (text: string) => {
  expect(text).toMatch(/^<!DOCTYPE html><html lang="fr"/);
  expect(text).toContain('Que faire maintenant');
  expect(text).toContain(world.ctx.config.operator.email);
  expect(text).not.toMatch(/ {4}at |node_modules|\.tsx?:\d/);
};

const post = (body: string | Buffer, headers: Record<string, string> = {}) =>
  fetch(`${site.url}/formulaire`, {
    method: 'POST',
    body: body as string,
    redirect: 'manual',
    headers: { origin: site.url, 'content-type': 'application/x-www-form-urlencoded', ...headers },
  });

describe('cookies', () => {
  const cookiesOf = async (url: string) => (await fetch(`${url}/formulaire`)).headers.getSetCookie();

  test('one for each door, for this site alone, out of the reach of scripts, ending with the browser', async () => {
    const other = await probeSite(world, { doors: ['aidant'] });
    const token = '[\\w-]{43}';
    expect(await cookiesOf(site.url)).toEqual([
      expect.stringMatching(new RegExp(`^entremise-public=${token}; Path=/; HttpOnly; SameSite=Lax$`)),
    ]);
    expect(await cookiesOf(other.url)).toEqual([
      expect.stringMatching(new RegExp(`^entremise-aidant=${token}; Path=/; HttpOnly; SameSite=Lax$`)),
    ]);
    await other.close();
  });

  test('under https: bound to the host, and sent over https only', async () => {
    expect(await cookiesOf(secure.url)).toEqual([
      expect.stringMatching(/^__Host-entremise-public=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
    ]);
    const given = 'A'.repeat(43);
    const plain = await fetch(`${secure.url}/formulaire`, { headers: { cookie: `entremise-public=${given}` } });
    expect(plain.headers.getSetCookie()).toHaveLength(1);
    const bound = await fetch(`${secure.url}/formulaire`, { headers: { cookie: `__Host-entremise-public=${given}` } });
    expect(bound.headers.getSetCookie()).toEqual([]);
  });

  test('one that is not of ours is replaced', async () => {
    for (const value of ['x', 'A'.repeat(44), `${'A'.repeat(42)}%`, '', '%E0%A4%A', '"><script>']) {
      const answer = await fetch(`${site.url}/formulaire`, { headers: { cookie: `entremise-public=${value}` } });
      expect([answer.status, answer.headers.getSetCookie().length]).toEqual([200, 1]);
    }
  });
});

describe('headers', () => {
  const csp = (nonce: string, more = '') =>
    `default-src 'none';script-src 'self' 'nonce-${nonce}';style-src 'self';img-src 'self' data:;font-src 'self';connect-src 'self';form-action 'self';frame-ancestors 'none';base-uri 'none'${more}`;

  test.each(['/formulaire', '/nulle-part', '/panne', '/refus', '/statique/rien.css', '/healthz', '/texte'])(
    'of %s protect the browser',
    async (path) => {
      const { headers } = await fetch(site.url + path);
      const nonce = /'nonce-([^']+)'/.exec(headers.get('content-security-policy') ?? '')?.[1] ?? '';
      expect(Buffer.from(nonce, 'base64')).toHaveLength(16);
      expect(headers.get('content-security-policy')).toBe(csp(nonce));
      expect(headers.get('referrer-policy')).toBe('same-origin');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('strict-transport-security')).toBeNull();
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f]{16}$/);
    },
  );

  test('under https also ask for https, for two years', async () => {
    const { headers } = await fetch(`${secure.url}/formulaire`);
    expect(headers.get('strict-transport-security')).toBe('max-age=63072000; includeSubDomains');
    expect(headers.get('content-security-policy')).toMatch(/;upgrade-insecure-requests$/);
  });

  test('no nonce serves twice', async () => {
    const nonces = await Promise.all(
      Array.from({ length: 20 }, async () =>
        (await fetch(`${site.url}/formulaire`)).headers.get('content-security-policy'),
      ),
    );
    expect(new Set(nonces).size).toBe(20);
  });

  test.each(['/formulaire', '/nulle-part', '/panne', '/refus', '/texte', '/ailleurs', '/demande%'])(
    'nothing of %s is kept by a browser or a proxy',
    async (path) => {
      const { headers } = await fetch(site.url + path, { redirect: 'manual' });
      expect(headers.get('cache-control')).toBe('no-store');
    },
  );

  test('a redirect is a 303: what follows a form is a GET', async () => {
    const agent = site.visitor();
    await agent.get('/formulaire');
    expect((await agent.post('/formulaire', { note: 'x' })).status).toBe(303);
    expect((await agent.get('/ailleurs')).status).toBe(303);
  });
});

describe('the address of the site is the one of the configuration', () => {
  const SPOOFED = [
    ['host', 'evil.example'],
    ['x-forwarded-host', 'evil.example'],
    ['x-forwarded-proto', 'https'],
    ['forwarded', 'host=evil.example;proto=https'],
    ['x-forwarded-for', '203.0.113.9'],
    ['x-original-url', '/panne'],
    ['x-http-method-override', 'POST'],
  ];

  test.each(SPOOFED)('%s: %s changes nothing', async (name, value) => {
    const port = new URL(site.url).port;
    const host = name === 'host' ? [] : [`host: 127.0.0.1:${port}`];
    const { status, head, body } = await raw([
      `GET /formulaire?a=1 HTTP/1.1`,
      ...host,
      `${name}: ${value}`,
      'connection: close',
    ]);
    expect(status).toBe(200);
    expect(head).not.toContain('evil.example');
    expect(head).not.toContain('Secure');
    expect(body).not.toContain('evil.example');
    expect(body).toContain('127.0.0.1&quot;');
    expect(body).not.toContain('203.0.113.9');
  });

  test('behind a proxy that is declared, its word for the address of the visitor is taken, and no other’s', async () => {
    const proxied = await probeSite(world, { config: { trustProxy: 1 } });
    const answer = await fetch(`${proxied.url}/formulaire`, {
      headers: { 'x-forwarded-for': '198.51.100.1, 203.0.113.9' },
    });
    const text = await answer.text();
    expect(text).toContain('&quot;ip&quot;:&quot;203.0.113.9&quot;');
    expect(text).not.toContain('198.51.100.1');
    await proxied.close();
  });
});

describe('what cannot be read', () => {
  test('a body of more than 64 kB', async () => {
    const answer = await post(`note=${'x'.repeat(70_000)}`);
    expect(answer.status).toBe(400);
    calm(await answer.text());
  });

  test('more than 200 fields', async () => {
    const answer = await post(Array.from({ length: 201 }, (_, index) => `a${index}=1`).join('&'));
    expect(answer.status).toBe(400);
    calm(await answer.text());
  });

  test.each([
    ['gzip that is not', { 'content-encoding': 'gzip' }, 'note=x'],
    ['an unknown encoding', { 'content-encoding': 'rot13' }, 'note=x'],
    ['an unknown charset', { 'content-type': 'application/x-www-form-urlencoded; charset=klingon' }, 'note=x'],
  ])('%s', async (_what, headers, body) => {
    const answer = await post(body, headers);
    expect(answer.status).toBe(400);
    calm(await answer.text());
    expect(site.posted).toEqual([]);
  });

  test.each(['/%E0%A4%A', '/formulaire/%', '/%00', '/statique/%E0%A4%A', '/statique/..%2f..%2fpackage.json'])(
    'the address %s',
    async (path) => {
      const answer = await fetch(site.url + path);
      expect([400, 404]).toContain(answer.status);
      calm(await answer.text());
    },
  );

  test('headers of more than 16 kB, a line that is not HTTP, a body that lies about its length', async () => {
    const huge = await raw(['GET /formulaire HTTP/1.1', 'host: x', `cookie: ${'x'.repeat(20_000)}`]);
    expect(huge.status).toBe(431);
    calm(huge.body);
    const garbage = await raw(['BONJOUR']);
    expect(garbage.status).toBe(400);
    calm(garbage.body);
    expect(garbage.head).toContain('cache-control: no-store');
    const both = await raw(
      ['POST /formulaire HTTP/1.1', 'host: x', 'transfer-encoding: chunked', 'content-length: 4', 'connection: close'],
      '0\r\n\r\n',
    );
    expect(both.status).toBe(400);
  });

  test('other formats than forms: JSON and files are not read', async () => {
    const agent = site.visitor();
    await agent.get('/formulaire');
    for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=x', 'text/xml']) {
      const answer = await post(`{"_csrf":"${agent.csrfToken()}"}`, {
        'content-type': type,
        cookie: `entremise-public=${agent.cookies.get('entremise-public')}`,
      });
      expect(answer.status).toBe(403);
    }
    expect(site.posted).toEqual([]);
  });

  test('nested fields and prototypes stay flat names; a doubled field is a list', async () => {
    const agent = site.visitor();
    await agent.get('/formulaire');
    const body = `_csrf=${agent.csrfToken()}&a[b]=1&a[c]=2&__proto__[x]=1&constructor[prototype][y]=1&__proto__=z&note=un&note=deux`;
    const answer = await post(body, { cookie: `entremise-public=${agent.cookies.get('entremise-public')}` });
    expect(answer.status).toBe(303);
    const [form] = site.posted;
    expect(form).toMatchObject({ 'a[b]': '1', 'a[c]': '2', note: ['un', 'deux'] });
    expect(Object.getPrototypeOf(form)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
    const query = await (await fetch(`${site.url}/formulaire?a[b]=1&note=un&note=deux&__proto__[x]=1&q=oui`)).text();
    expect(query).toContain(
      '&quot;query&quot;:{&quot;a[b]&quot;:&quot;1&quot;,&quot;__proto__[x]&quot;:&quot;1&quot;,&quot;q&quot;:&quot;oui&quot;}',
    );
  });
});

describe('pages of error', () => {
  test('an address that is nobody’s, whatever the verb', async () => {
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const answer = await fetch(`${site.url}/nulle-part`, { method });
      expect(answer.status).toBe(404);
      calm(await answer.text());
    }
    for (const method of ['PUT', 'DELETE', 'PATCH']) {
      expect((await fetch(`${site.url}/formulaire`, { method })).status).toBe(404);
    }
  });

  test('a program’s error: a reference that the log has too, and nothing of the error', async () => {
    const answer = await fetch(`${site.url}/panne?secret=dans-l-adresse`);
    const text = await answer.text();
    expect(answer.status).toBe(500);
    calm(text);
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain('dans-l-adresse');
    const id = answer.headers.get('x-request-id') ?? '';
    expect(text).toContain(id);
    expect(text).toContain('(erreur\u00a0500, panne)');
    const entries = world.logs.map((line) => JSON.parse(line));
    expect(entries).toEqual([
      expect.objectContaining({ id, code: 'panne', msg: 'failed', err: expect.objectContaining({ type: 'Error' }) }),
      expect.objectContaining({ id, method: 'GET', path: '/panne', status: 500, msg: 'request' }),
    ]);
    expect(world.logs.join('')).not.toContain('dans-l-adresse');
  });

  test('a refusal has its own code', async () => {
    const answer = await fetch(`${site.url}/refus`);
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('(erreur\u00a0403, ne-peut-plus-conclure)');
  });

  test('a reference cannot be given by the visitor', async () => {
    const answer = await fetch(`${site.url}/panne`, { headers: { 'x-request-id': 'la-mienne' } });
    expect(answer.headers.get('x-request-id')).not.toBe('la-mienne');
  });
});

test('a HEAD says what a GET would, without its body', async () => {
  const answer = await fetch(`${site.url}/formulaire`, { method: 'HEAD' });
  expect([answer.status, await answer.text()]).toEqual([200, '']);
});
