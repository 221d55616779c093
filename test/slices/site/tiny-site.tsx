import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express } from 'express';
import type { ReactElement } from 'react';
import { siteRoutes } from '#app/site.routes.tsx';
import type { AppContext } from '#platform/context.ts';
import { serveAssets } from '#platform/http/assets.ts';
import type { ErrorStatus } from '#platform/http/errors.ts';
import type { Frame } from '#platform/http/frame.ts';
import { mountRoutes, send } from '#platform/http/mount-routes.ts';
import { html } from '#platform/http/reply.ts';
import { ErrorPage } from '#views/errors/error-page.tsx';

export const operator = {
  name: 'Département de la Vallée',
  address: '1 place de l’Hôtel-de-Ville, 10100 Romilly-sur-Seine',
  email: 'aide@entremise.example',
  phone: '03 25 00 00 00',
  publicationDirector: 'Jeanne Durand',
  hosting: 'Hébergeur d’essai, 2 rue des Serveurs, 59000 Lille, 03 20 00 00 00',
  dpo: 'dpo@entremise.example',
  stateBrand: false,
};

export const frame: Frame = {
  nonce: 'nonce',
  csrfToken: 'jeton',
  path: '/essai',
  requestId: '9f2c41d07ab3e865',
  operator,
  person: null,
  notice: null,
};

export const person = { name: 'Sophie Martin', structure: 'CCAS de Romilly', canSwitch: true };

export const STATIC_PATHS = siteRoutes().map(({ path }) => path);
export const STATUSES: readonly ErrorStatus[] = [400, 403, 404, 429, 500, 503];

/** The static pages and the error pages on a bare express, without a database; `views` adds pages of the test's own. */
export function tinySite({
  assets,
  views = {},
}: {
  assets?: string;
  views?: Record<string, (path: string) => ReactElement>;
} = {}): Express {
  const app = express();
  app.use((_request, response, next) => {
    response.set(
      'content-security-policy',
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'",
    );
    response.locals.requestId = frame.requestId;
    next();
  });
  serveAssets(app, assets);
  const ctx = {
    config: { publicUrl: 'http://localhost', operator },
    keys: { session: [{ secret: Buffer.alloc(32) }] },
    clock: { now: () => new Date('2026-11-22T08:41:00Z') },
  } as unknown as AppContext;
  mountRoutes(app, ctx, 'public', siteRoutes());
  app.get('/erreur/:status', (request, response) => {
    const status = Number(request.params.status) as ErrorStatus;
    send(response, html(ErrorPage({ frame, status, code: 'essai' }), status));
  });
  for (const [path, view] of Object.entries(views))
    app.get(path, (_request, response) => send(response, html(view(path))));
  return app;
}

/** Listens on a free port of this machine. */
export async function listen(app: Express): Promise<{ url: string; close(): Promise<unknown> }> {
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
