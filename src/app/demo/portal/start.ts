import { randomBytes } from 'node:crypto';
import { parseCookie } from 'cookie';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { listen } from '../web/listen.ts';
import { type Connection, franceconnectClient, type Login } from './franceconnect-client.ts';
import type { PortalOptions } from './options.ts';
import { portalHome, problemPage } from './pages.ts';

export interface Portal {
  readonly url: string;
  /** To declare at FranceConnect. */
  readonly redirectUri: string;
  readonly postLogoutRedirectUri: string;
  close(): Promise<void>;
}

interface Visit {
  login?: Login;
  connection?: Connection;
  logoutState?: string;
}

/** A demonstration site of an administration: it identifies people with FranceConnect and shows what it received. */
export async function startPortal(options: PortalOptions): Promise<Portal> {
  const port = await listen(options, (url) => portalApp(options, url));
  return {
    url: port.url,
    redirectUri: `${port.url}/retour`,
    postLogoutRedirectUri: `${port.url}/`,
    close: () => port.close(),
  };
}

function portalApp(options: PortalOptions, url: string): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use((_request, response, next) => {
    response.set({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-frame-options': 'DENY' });
    next();
  });
  const visitOf = visits(options.clientId);
  const franceconnect = franceconnectClient(options, url);

  app.get('/', (request, response) => {
    const visit = visitOf(request, response);
    const loggedOut = visit.logoutState !== undefined && request.query.state === visit.logoutState;
    if (loggedOut) delete visit.logoutState;
    response.send(portalHome({ ...options, connection: visit.connection, loggedOut }));
  });
  app.get('/connexion', async (request, response) => {
    const { redirectTo, ...login } = await franceconnect.begin();
    visitOf(request, response).login = login;
    response.redirect(303, redirectTo);
  });
  app.get('/retour', async (request, response) => {
    const visit = visitOf(request, response);
    const { login } = visit;
    delete visit.login;
    if (!login) return void response.status(400).send(problemPage(options.name, 'expired'));
    const outcome = await franceconnect.finish(new URL(request.originalUrl, url), login);
    if (!outcome.ok)
      return void response.status(outcome.status).send(problemPage(options.name, outcome.reason, outcome.detail));
    visit.connection = outcome.connection;
    response.redirect(303, '/');
  });
  app.post('/deconnexion', async (request, response) => {
    const visit = visitOf(request, response);
    const { connection } = visit;
    delete visit.connection;
    if (!connection) return response.redirect(303, '/');
    visit.logoutState = randomBytes(16).toString('hex');
    response.redirect(303, await franceconnect.logoutUrl(connection.idToken, visit.logoutState));
  });
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    response.status(502).send(problemPage(options.name, 'unavailable', error instanceof Error ? error.message : ''));
  });
  return app;
}

/** One visit per browser, in memory. The cookie bears the client's id: cookies ignore ports. */
function visits(clientId: string): (request: Request, response: Response) => Visit {
  const cookie = `portail_${clientId.replace(/[^a-zA-Z0-9_-]/g, '_')}`;
  const known = new Map<string, Visit>();
  return (request, response) => {
    const found = known.get(parseCookie(request.headers.cookie ?? '')[cookie] ?? '');
    if (found) return found;
    const id = randomBytes(32).toString('hex');
    const visit: Visit = {};
    known.set(id, visit);
    response.cookie(cookie, id, { httpOnly: true, sameSite: 'lax', path: '/' });
    return visit;
  };
}
