import { setTimeout as delay } from 'node:timers/promises';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import type { ProviderStore } from './adapter.ts';
import { authorizeFilter } from './authorize-filter.ts';
import { chooseIdentityProvider, identityProviderCallback, showInteraction } from './choose.routes.ts';
import { prefix, type Simulation } from './context.ts';
import { errorOfCode, FcFailure, fcErrors } from './errors.ts';
import { faultsSchema } from './faults.ts';
import { abort, journeyOf, serviceToReturnTo } from './interaction.ts';
import { disconnectFromIdp, logoutCallback } from './logout.ts';
import { errorPage, homePage } from './pages.ts';
import { finish, showConsent, verify } from './verify.routes.ts';

type Handler = (simulation: Simulation, request: Request, response: Response) => Promise<void> | void;

/** Every route of the simulator: its own pages, then the library's protocol routes. */
export function franceconnectApp(simulation: Simulation, store: ProviderStore): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use('/_faults', faultRoutes(simulation));
  app.use((_request, response, next) => {
    if (simulation.faults.current.down === 'no') next();
    else response.status(503).send('FranceConnect est indisponible.');
  });
  app.use(publicAddress(simulation), pageHeaders);
  const to = (handler: Handler) => (request: Request, response: Response) => handler(simulation, request, response);
  const form = express.urlencoded({ extended: false });

  app.get('/', (_request, response) => void response.send(homePage()));
  app.all(`${prefix}/authorize`, ...authorizeFilter(simulation, store));
  app.get(`${prefix}/interaction/:uid`, to(showInteraction));
  app.post(`${prefix}/redirect-to-idp`, form, to(chooseIdentityProvider));
  app.get(`${prefix}/oidc-callback`, to(identityProviderCallback));
  app.get(`${prefix}/interaction/:uid/verify`, to(verify));
  app.get(`${prefix}/interaction/:uid/consent`, to(showConsent));
  app.post(`${prefix}/login`, form, to(finish));
  app.get(`${prefix}/redirect-to-sp-with-error`, to(backToService));
  app.post(`${prefix}/client/disconnect-from-idp`, form, to(disconnectFromIdp));
  app.get(`${prefix}/client/logout-callback`, to(logoutCallback));
  app.use(`${prefix}/token`, tokenFaults(simulation));
  app.use(`${prefix}/userinfo`, (_request, response, next) => {
    if (simulation.faults.current.userinfoError500) response.status(500).json({ error: 'server_error' });
    else next();
  });
  app.use(prefix, (request, response) => simulation.provider().callback()(request, response));
  app.use(errorHandler(simulation));
  return app;
}

async function backToService(simulation: Simulation, request: Request, response: Response): Promise<void> {
  await journeyOf(simulation, request, response);
  return abort(simulation, request, response, errorOfCode(String(request.query.code)) ?? fcErrors.userAborted);
}

/** For tests and demonstrations: `GET`, `POST` (JSON, a part is enough), `DELETE` (all off). */
function faultRoutes(simulation: Simulation) {
  const router = express.Router();
  router.get('/', (_request, response) => void response.json(simulation.faults.current));
  router.post('/', express.json(), async (request, response) => {
    const change = faultsSchema.partial().safeParse(request.body);
    if (!change.success) return void response.status(400).json({ problems: change.error.issues });
    const { down, ...others } = change.data;
    // exactOptionalPropertyTypes: keys that were not sent are not there.
    await simulation.faults.set(JSON.parse(JSON.stringify(others)));
    response.json({ ...simulation.faults.current, ...(down === undefined ? {} : { down }) });
    // Answered first: closing the port cuts this connection too.
    if (down !== undefined) await simulation.faults.set({ down });
  });
  router.delete('/', async (_request, response) => {
    await simulation.faults.reset();
    response.json(simulation.faults.current);
  });
  return router;
}

/** The library builds its addresses from the request: give it the public one. */
function publicAddress({ url }: Simulation) {
  const { host, protocol } = new URL(url);
  return (request: Request, _response: Response, next: NextFunction) => {
    request.headers['x-forwarded-host'] = host;
    request.headers['x-forwarded-proto'] = protocol.slice(0, -1);
    next();
  };
}

function pageHeaders(_request: Request, response: Response, next: NextFunction): void {
  response.set({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-frame-options': 'DENY' });
  next();
}

function tokenFaults(simulation: Simulation) {
  return async (request: Request, response: Response, next: NextFunction) => {
    const { tokenDelay, tokenError500 } = simulation.faults.current;
    if (request.path !== '/') return next();
    if (tokenDelay > 0) await delay(tokenDelay, undefined, { ref: false });
    if (tokenError500) response.status(500).json({ error: 'server_error' });
    else next();
  };
}

function errorHandler(simulation: Simulation) {
  return async (error: unknown, request: Request, response: Response, _next: NextFunction) => {
    const failure =
      error instanceof FcFailure ? error : new FcFailure(fcErrors.unexpected, String(error), { cause: error });
    simulation.log.warn({ code: failure.definition.code, detail: failure.detail }, 'FranceConnect shows an error');
    if (response.headersSent) return void response.end();
    const service = await serviceToReturnTo(simulation, request, response);
    response.status(failure.definition.status).send(errorPage(failure.definition, failure.detail, service));
  };
}
