import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inTransaction } from '#platform/context.ts';
import { openDatabase } from '#platform/db/database.ts';
import { MINUTE } from '#platform/time/clock.ts';
import { addTestAuditor, auditorAgent } from '#support/auditor.ts';
import { followLog, type Get, hashLeaf, readEntryBundle, verifyCheckpoint } from '#support/c2sp-client.ts';
import { journalOf } from '#support/journal.ts';
import { sealWorld, sequenceWorld } from '#support/seal.ts';
import { createWorld, type World } from '#support/world.ts';
import { bundleRead } from '../../../src/journal/publish/publish.events.ts';
import { record } from '../../../src/journal/record.ts';

let world: World;
let policy: string;
const TEXT = 'text/plain; charset=utf-8';

/** As any program on the network would: no cookie, no header of ours. */
const get: Get = async (path) => {
  const answer = await fetch(`${world.url}${path}`);
  return { status: answer.status, body: Buffer.from(await answer.arrayBuffer()) };
};

/** So many lines in `acces`; what they say does not matter here. */
async function write(count: number): Promise<void> {
  const clear = { auditor: '01a201d2-aae1-7000-afa4-9ba63ed68d95', of: 'acces' as const, first: 0, count: 1 };
  const events = Array.from({ length: count }, () => bundleRead.event({ actor: {}, result: 'ok', clear }));
  await inTransaction(world.ctx, async (trx) => {
    await record(world.ctx, trx, ...events);
  });
}

beforeAll(async () => {
  world = await createWorld();
  await write(300);
  ({ policy } = await sealWorld(world));
});
afterAll(() => world?.close());

describe('a client that knows C2SP and nothing of us', () => {
  test('finds the policy, and follows both logs from their tiles to the cosigned root', async () => {
    const served = await fetch(`${world.url}/journal/policy.txt`);
    expect(await served.text()).toBe(policy);
    expect(policy).toContain(`${world.url}/journal/actes\n`);
    const actes = await followLog(get, '/journal/actes', policy);
    expect(actes).toMatchObject({ origin: 'journal.entremise.test/actes', size: 3 });
    const acces = await followLog(get, '/journal/acces', policy);
    expect(acces.size).toBe(300);
    expect(acces.cosigners.map(({ name }) => name)).toEqual(['temoin-un.test', 'temoin-deux.test']);
    const written = await journalOf(world.ctx.readerDb, { log: 'actes' });
    expect(actes.leafHashes).toEqual(written.map(({ leaf }) => hashLeaf(leaf)));
  });

  test('follows it as it grows: the old tree is the beginning of the new one', async () => {
    const before = await followLog(get, '/journal/acces', policy);
    await write(250);
    await sealWorld(world);
    const after = await followLog(get, '/journal/acces', policy);
    expect(after.size).toBe(550);
    expect(after.leafHashes.slice(0, before.size)).toEqual(before.leafHashes);
    expect((await get('/journal/acces/tile/0/001.p/44')).body).toEqual(Buffer.concat(before.leafHashes.slice(256)));
  });

  test('sees nothing of what is sealed and not published', async () => {
    const { note, size } = await followLog(get, '/journal/acces', policy);
    await write(3);
    await sequenceWorld(world);
    expect((await get('/journal/acces/checkpoint')).body.toString()).toBe(note);
    const width = size % 256;
    expect((await get(`/journal/acces/tile/0/002.p/${width}`)).status).toBe(200);
    expect((await get(`/journal/acces/tile/0/002.p/${width + 1}`)).status).toBe(404);
    expect((await get(`/journal/acces/tile/0/002`)).status).toBe(404);
    await sealWorld(world);
    expect((await get(`/journal/acces/tile/0/002.p/${width + 3}`)).status).toBe(200);
  });
});

describe('what is served', () => {
  const headersOf = async (path: string) => {
    const { status, headers } = await fetch(`${world.url}${path}`);
    return { status, headers };
  };

  test.each([
    ['/journal/acces/checkpoint', TEXT, 'no-cache'],
    ['/journal/policy.txt', TEXT, 'no-cache'],
    ['/journal/acces/tile/0/000', 'application/octet-stream', 'public, max-age=31536000, immutable'],
    ['/journal/acces/tile/0/000.p/7', 'application/octet-stream', 'public, max-age=31536000, immutable'],
    ['/journal/acces/tile/1/000.p/1', 'application/octet-stream', 'public, max-age=31536000, immutable'],
  ])('%s has its type, may be kept as it should, and is open to the pages of any site', async (path, type, cache) => {
    const { status, headers } = await headersOf(path);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe(type);
    expect(headers.get('cache-control')).toBe(cache);
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.get('set-cookie')).toBeNull();
    const head = await fetch(`${world.url}${path}`, { method: 'HEAD' });
    const same = ['content-type', 'content-length', 'cache-control', 'etag'].map((name) => head.headers.get(name));
    expect([head.status, ...same, await head.text()]).toEqual([
      200,
      ...[type, headers.get('content-length'), cache, headers.get('etag'), ''],
    ]);
  });

  test.each([
    '/journal/acces/tile/0/000.p/0',
    '/journal/acces/tile/0/000.p/256',
    '/journal/acces/tile/0/000.p/07',
    '/journal/acces/tile/0/0',
    '/journal/acces/tile/0/x000/000',
    '/journal/acces/tile/00/000',
    '/journal/acces/tile/64/000',
    '/journal/acces/tile/0/000/',
    '/journal/acces/tile/0//000',
    '/journal/acces/tile/0/%3000',
    '/journal/acces/tile/0/001.p',
    '/journal/acces/tile/0/999',
    '/journal/acces/tile/0/x999/x999/x999/x999/x999/x999/999',
    '/journal/acces/tile/2/000.p/1',
    '/journal/acces/tile/-1/000',
    '/journal/acces/checkpoint/',
    '/journal/ACCES/checkpoint',
    '/journal/autre/checkpoint',
    '/journal/__proto__/checkpoint',
    '/journal/policy.txt/',
    '/journal/acces/tile/data/000',
  ])('%s is not there', async (path) => {
    const answer = await fetch(`${world.url}${path}`);
    const { status, headers } = answer;
    expect([status, headers.get('content-type')]).toEqual([404, TEXT]);
    expect(await answer.text()).toMatch(/^not found: .+\n$/);
    expect(headers.get('cache-control')).toBe('no-cache');
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.get('set-cookie')).toBeNull();
    const head = await fetch(`${world.url}${path}`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-type'), await head.text()]).toEqual([404, TEXT, '']);
    expect(world.logs.filter((line) => line.includes('"failed"'))).toEqual([]);
  });

  test('a log that was never published has no checkpoint and no tile', async () => {
    const other = await createWorld();
    const nothing = await fetch(`${other.url}/journal/actes/checkpoint`);
    expect([nothing.status, nothing.headers.get('content-type')]).toEqual([404, TEXT]);
    expect(nothing.headers.get('access-control-allow-origin')).toBe('*');
    expect(await nothing.text()).toMatch(/^nothing published yet: /);
    const tile = await fetch(`${other.url}/journal/actes/tile/0/000.p/1`);
    expect([tile.status, await tile.text()]).toEqual([404, expect.stringMatching(/^not found: /)]);
    await other.close();
  });
});

describe('entries', () => {
  const bundle = '/journal/acces/tile/entries/000';

  test('an auditor of the whole country reads them; they hash to the tiles; the reading is in the journal', async () => {
    const auditor = await addTestAuditor(world);
    const agent = await auditorAgent(world, auditor);
    const cookie = `entremise-auditeur=${agent.cookies.get('entremise-auditeur')}`;
    const answer = await fetch(`${world.url}${bundle}`, { headers: { cookie } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/octet-stream');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    const entries = readEntryBundle(Buffer.from(await answer.arrayBuffer()));
    expect(Buffer.concat(entries.map(hashLeaf))).toEqual((await get('/journal/acces/tile/0/000')).body);
    const read = (await journalOf(world.ctx.readerDb, { kinds: ['journal.bundle-read'] })).at(-1);
    expect(read?.clear).toEqual({ auditor: auditor.auditorId, of: 'acces', first: 0, count: 256 });
    const { size } = verifyCheckpoint(policy, (await get('/journal/acces/checkpoint')).body.toString());
    const tail = `${world.url}/journal/acces/tile/entries/002.p/${size % 256}`;
    expect((await fetch(tail, { headers: { cookie } })).status).toBe(200);
    expect((await fetch(`${tail}0`, { headers: { cookie } })).status).toBe(404);
    expect((await fetch(`${world.url}${bundle}.p/256`, { headers: { cookie } })).status).toBe(404);
  });

  test('nobody else: not a stranger, not an auditor of one département; nothing is written', async () => {
    const count = async () => (await journalOf(world.ctx.readerDb, { kinds: ['journal.bundle-read'] })).length;
    const before = await count();
    for (const method of ['GET', 'HEAD']) {
      for (const path of [bundle, '/journal/acces/tile/entries/999', '/journal/autre/tile/entries/x']) {
        const stranger = await fetch(`${world.url}${path}`, { method, redirect: 'manual' });
        expect([stranger.status, stranger.headers.get('content-type')], path).toEqual([401, TEXT]);
        expect(stranger.headers.get('www-authenticate')).toBe('Cookie realm="auditeurs", form-action="/auditeur"');
        expect(stranger.headers.get('cache-control')).toBe('no-store');
        expect(stranger.headers.get('set-cookie')).toBeNull();
        const told = await stranger.text();
        if (method === 'GET') expect(told).toContain(`Connectez-vous à ${world.ctx.config.publicUrl}/auditeur puis`);
      }
    }
    const local = await auditorAgent(world, await addTestAuditor(world, { departements: ['62'] }));
    const cookie = `entremise-auditeur=${local.cookies.get('entremise-auditeur')}`;
    const refused = await fetch(`${world.url}${bundle}`, { headers: { cookie }, redirect: 'manual' });
    expect([refused.status, refused.headers.get('content-type')]).toEqual([404, TEXT]);
    expect(await refused.text()).toMatch(/^not found: /); // as what is not published
    expect(refused.headers.get('cache-control')).toBe('no-store');
    expect(refused.headers.get('access-control-allow-origin')).toBeNull();
    world.clock.advance(16 * MINUTE);
    expect((await fetch(`${world.url}${bundle}`, { headers: { cookie }, redirect: 'manual' })).status).toBe(401);
    expect(await count()).toBe(before);
  });

  test('a row that a stranger wrote under the id of a sealed entry hides none of them', async () => {
    const { rows } = await sql<{ id: string }>`
      select entry_id as id from journal.leaf where log_id = 2 and idx = 3`.execute(world.ctx.readerDb);
    const stranger = openDatabase(world.database.superuserUrl, { max: 1, onError: () => undefined });
    await sql`insert into journal.entry (id, log_id, leaf, node_sig, node, recorded_at)
      select id, log_id, other.leaf, node_sig, node, recorded_at - other.earlier
      from journal.entry e, lateral (values (bytea 'junk', interval '1 ms'), (e.leaf, interval '2 ms')) as other (leaf, earlier)
      where id = ${rows[0]?.id}`.execute(stranger);
    await stranger.destroy();
    const agent = await auditorAgent(world, await addTestAuditor(world));
    const cookie = `entremise-auditeur=${agent.cookies.get('entremise-auditeur')}`;
    const answer = await fetch(`${world.url}${bundle}`, { headers: { cookie } });
    expect(answer.status).toBe(200);
    const entries = readEntryBundle(Buffer.from(await answer.arrayBuffer()));
    expect(Buffer.concat(entries.map(hashLeaf))).toEqual((await get('/journal/acces/tile/0/000')).body);
  });
});

test('what is published can be read by the app alone: leaves cannot', async () => {
  await expect(sql`select leaf from journal.entry limit 1`.execute(world.ctx.db)).rejects.toThrow(/permission denied/);
});
