import { once } from 'node:events';
import type { RequestHandler } from 'express';
import { createApp } from '#app/app.ts';
import { siteServer } from '#app/start-server.ts';
import type { AppContext } from '#platform/context.ts';
import type { Door } from '#platform/http/browser.ts';
import { HttpError } from '#platform/http/errors.ts';
import { type Form as PostedForm, textOf } from '#platform/http/form.ts';
import type { RateLimit } from '#platform/http/rate-limit.ts';
import { bytes, html, redirect } from '#platform/http/reply.ts';
import { anyone, type Route, route } from '#platform/http/route.ts';
import { MINUTE } from '#platform/time/clock.ts';
import { type Agent, newAgent } from '#support/agent.ts';
import { testPort } from '#support/ports.ts';
import type { World } from '#support/world.ts';
import { Form } from '#views/layout/form.tsx';
import { Layout } from '#views/layout/layout.tsx';

export type ProbeSite = {
  url: string;
  ctx: AppContext;
  /** Every form that was obeyed. */
  posted: PostedForm[];
  visitor(): Agent;
  close(): Promise<void>;
};

const byAddress: RateLimit = { name: 'essai-adresse', max: 7, windowMs: 10 * MINUTE };
const byAccount: RateLimit = {
  name: 'essai-compte',
  max: 4,
  windowMs: 10 * MINUTE,
  keyOf: (form) => textOf(form, 'email').trim().toLowerCase(),
};

export const SECRET = 'secret-que-personne-ne-doit-lire';

function routesOf(posted: PostedForm[]): Route[] {
  const obey: Parameters<typeof route<null>>[3] = async ({ form }) => {
    posted.push(form);
    return redirect('/formulaire');
  };
  const failing = async () => {
    throw new Error(`${SECRET} at ${import.meta.filename}`);
  };
  return [
    route('get', '/formulaire', anyone, async ({ frame, filled, query, ip, url }) =>
      html(
        <Layout frame={frame} title="Essai">
          <h1>Essai</h1>
          <Form frame={frame} action="/formulaire">
            <input name="note" defaultValue={textOf(filled, 'note')} />
            <input name="code" defaultValue={textOf(filled, 'code')} />
            <input name="stopCode" defaultValue={textOf(filled, 'stopCode')} />
          </Form>
          <pre>{JSON.stringify({ filled, query, ip, url })}</pre>
        </Layout>,
      ),
    ),
    route('post', '/formulaire', anyone, obey),
    route('post', '/sans-page', anyone, obey),
    route('get', '/limite', anyone, async () => html(<p>lu</p>), { limits: [byAddress] }),
    route('get', '/compte', anyone, async ({ frame }) =>
      html(
        <Layout frame={frame} title="x">
          <h1>Compte</h1>
        </Layout>,
      ),
    ),
    route('post', '/compte', anyone, obey, { limits: [byAccount] }),
    route('get', '/panne', anyone, failing),
    route('post', '/panne', anyone, failing),
    route('get', '/refus', anyone, async () => {
      throw new HttpError(403, 'ne-peut-plus-conclure');
    }),
    route('get', '/texte', anyone, async () => bytes('text/plain', 'du texte')),
    route('get', '/base', anyone, async ({ ctx }) => {
      await ctx.db.selectFrom('organisation').select('id').execute();
      return html(<p>base</p>);
    }),
    route('get', '/ailleurs', anyone, async () => redirect('https://ailleurs.example/')),
  ];
}

const noProvider: RequestHandler = (_request, _response, next) => next();

/** The real application around a few pages of the test's own, over the database of a world. */
export async function probeSite(
  world: World,
  { config = {}, doors = ['public'] }: { config?: Partial<AppContext['config']>; doors?: Door[] } = {},
): Promise<ProbeSite> {
  const port = await testPort();
  const url = `http://127.0.0.1:${port}`;
  const ctx = { ...world.ctx, config: { ...world.ctx.config, publicUrl: url, ...config } };
  const posted: PostedForm[] = [];
  const table = routesOf(posted);
  const app = createApp(ctx, {
    provider: { paths: [], handler: noProvider },
    routes: doors.map((door) => ({ door, table })),
  });
  const server = siteServer(ctx, app).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url,
    ctx,
    posted,
    visitor: () => newAgent({ url, keys: ctx.keys }),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
