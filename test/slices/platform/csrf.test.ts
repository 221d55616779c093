import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hmac, sha256 } from '#platform/crypto/hashes.ts';
import { keepForm, takeKeptForm } from '#platform/http/kept-form.ts';
import { MINUTE } from '#platform/time/clock.ts';
import { addPerson, loggedInAs } from '#support/people.ts';
import { createWorld, type World } from '#support/world.ts';
import { type ProbeSite, probeSite } from './probe-site.tsx';

let world: World;
let site: ProbeSite;

beforeAll(async () => {
  world = await createWorld();
  site = await probeSite(world);
});
afterAll(async () => {
  await site?.close();
  await world?.close();
});
beforeEach(() => {
  site.posted.length = 0;
});

async function visitor() {
  const agent = site.visitor();
  await agent.get('/formulaire');
  return agent;
}

const typed = { note: 'trois enfants <à charge>', code: '123456', stopCode: 'ABCDE12345' };

describe('a form is obeyed', () => {
  test('with our own Origin and the token of this browser', async () => {
    const agent = await visitor();
    expect((await agent.post('/formulaire', typed)).status).toBe(303);
    expect(site.posted).toMatchObject([typed]);
  });

  test('several times and in several tabs: the token lives as long as the browser’s cookie', async () => {
    const agent = await visitor();
    const [one, two] = [await agent.get('/formulaire'), await agent.get('/formulaire')];
    const token = (text: string) => /name="_csrf" value="([^"]+)"/.exec(text)?.[1];
    expect(token(one.text)).toBe(token(two.text));
    await Promise.all([agent.post('/formulaire', typed), agent.post('/formulaire', typed)]);
    expect(site.posted).toHaveLength(2);
  });
});

describe('a form is not obeyed, and comes back filled, without its secrets', () => {
  const origins = () => [
    null,
    'null',
    '',
    'https://evil.example',
    `${site.url}.evil.example`,
    `${site.url}/`,
    site.url.replace('http:', 'https:'),
    site.url.replace('127.0.0.1', 'localhost'),
    site.url.replace(/:\d+$/, ''),
    site.url.replace(/:\d+$/, ':1'),
    ` ${site.url}.`,
    `https://evil.example, ${site.url}`,
  ];

  const refusedWith = async (fields: Record<string, string>, headers: Record<string, string | null> = {}) => {
    const agent = await visitor();
    const answer = await agent.post('/formulaire', { ...typed, ...fields }, headers);
    expect(site.posted).toEqual([]);
    expect(answer.status).toBe(403);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.text).toContain('value="trois enfants &lt;à charge&gt;"');
    expect(answer.text).not.toContain('123456');
    expect(answer.text).not.toContain('ABCDE12345');
    expect(answer.text).toContain('Nous n’avons pas pu vérifier que cet envoi venait de vous.');
    // what is shown can be sent again as it is: the token in it is right
    const token = /name="_csrf" value="([^"]+)"/.exec(answer.text)?.[1] ?? '';
    expect(token).toBe(agent.csrfToken());
    expect((await agent.post('/formulaire', { note: typed.note, _csrf: token })).status).toBe(303);
    site.posted.length = 0;
  };

  test('from another origin, or from nowhere', async () => {
    for (const origin of origins()) await refusedWith({}, { origin });
  });

  test('a Referer of ours is no Origin', async () => {
    await refusedWith({}, { origin: null, referer: `${site.url}/formulaire` });
  });

  test('without a token, with another one', async () => {
    const other = await visitor();
    const mine = await visitor();
    const ofOtherDoor = hmac(
      world.ctx.keys.session[0].secret,
      'csrf',
      'aidant',
      mine.cookies.get('entremise-public') ?? '',
    );
    const tokens = [
      '',
      'x',
      'undefined',
      other.csrfToken(),
      other.csrfToken().toLowerCase(),
      ofOtherDoor.toString('base64url'),
    ];
    for (const token of tokens) await refusedWith({ _csrf: token });
  });

  test('in the browser of somebody who never opened the page', async () => {
    const agent = site.visitor();
    const stolen = (await visitor()).csrfToken();
    expect((await agent.post('/formulaire', { ...typed, _csrf: stolen })).status).toBe(403);
    expect(site.posted).toEqual([]);
  });

  // SameSite=Lax keeps our cookie out of such a form: a new one would take the place of the session’s
  test('a form of another site never receives a cookie of ours', async () => {
    const agent = site.visitor();
    for (const origin of ['https://evil.example', 'null', null]) {
      const answer = await agent.post('/formulaire', typed, { origin });
      expect([answer.status, answer.headers.getSetCookie()]).toEqual([403, []]);
    }
  });

  test('a form without a page of its own gives the page of error', async () => {
    const agent = await visitor();
    const answer = await agent.post('/sans-page', typed, { origin: 'null' });
    expect(answer.status).toBe(403);
    expect(answer.text).toContain('Ce formulaire n’a pas pu être vérifié');
    expect(answer.text).not.toContain('enfants');
    expect(site.posted).toEqual([]);
  });

  test('a GET is never a form, whatever it carries', async () => {
    const agent = await visitor();
    const parameters = new URLSearchParams({ ...typed, _csrf: agent.csrfToken() });
    expect((await agent.get(`/formulaire?${parameters}`)).status).toBe(200);
    expect(site.posted).toEqual([]);
  });
});

describe('a form that is kept', () => {
  async function kept(form = typed) {
    const agent = await loggedInAs(world, await addPerson(world));
    const cookieHash = sha256(agent.cookies.get('entremise-aidant') ?? '');
    await keepForm(world.ctx, cookieHash, '/formulaire', form);
    return cookieHash;
  }

  test('is sealed, without its codes, and given back once, even asked for ten times at the same moment', async () => {
    const cookieHash = await kept();
    const row = await world.ctx.db.selectFrom('keptForm').selectAll().executeTakeFirstOrThrow();
    expect(row.sealed.includes('enfants')).toBe(false);
    const given = await Promise.all(
      Array.from({ length: 10 }, () => takeKeptForm(world.ctx, cookieHash, '/formulaire')),
    );
    expect(given.filter(Boolean)).toEqual([{ note: typed.note }]);
  });

  test('belongs to its session and its page, and lasts 30 minutes', async () => {
    const [mine, other] = [await kept(), await kept({ ...typed, note: 'autre' })];
    expect(await takeKeptForm(world.ctx, mine, '/formulaire/')).toBeNull();
    expect(await takeKeptForm(world.ctx, sha256('x'), '/formulaire')).toBeNull();
    expect(await takeKeptForm(world.ctx, other, '/formulaire')).toMatchObject({ note: 'autre' });
    world.clock.advance(30 * MINUTE - 1);
    expect(await takeKeptForm(world.ctx, mine, '/formulaire')).toMatchObject({ note: typed.note });
    const late = await kept();
    world.clock.advance(30 * MINUTE);
    expect(await takeKeptForm(world.ctx, late, '/formulaire')).toBeNull();
  });

  test('moved to another session by who can write in the database, does not open', async () => {
    const [mine, other] = [await kept(), await kept({ ...typed, note: 'autre' })];
    await world.ctx.db.deleteFrom('keptForm').where('sessionIdHash', '=', other).execute();
    await world.ctx.db
      .updateTable('keptForm')
      .set({ sessionIdHash: other })
      .where('sessionIdHash', '=', mine)
      .execute();
    await expect(takeKeptForm(world.ctx, other, '/formulaire')).rejects.toThrow();
  });
});
