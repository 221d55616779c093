import { randomBytes } from 'node:crypto';
import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import helmet from 'helmet';
import { journalReadiness } from '#journal';
import type { AppContext } from '#platform/context.ts';
import { isDatabaseAway } from '#platform/db/database.ts';
import { serveAssets } from '#platform/http/assets.ts';
import type { Door } from '#platform/http/browser.ts';
import { type ErrorStatus, HttpError } from '#platform/http/errors.ts';
import type { Frame } from '#platform/http/frame.ts';
import { type FrameParts, mountRoutes, send } from '#platform/http/mount-routes.ts';
import { html } from '#platform/http/reply.ts';
import type { Route } from '#platform/http/route.ts';
import { ErrorPage } from '#views/errors/error-page.tsx';

/** What the domains give to the site. */
export type Parts = {
  routes: readonly { door: Door; table: readonly Route[]; frame?: FrameParts }[];
  /** The identity provider: its own paths, answered before any form is parsed. */
  provider: { paths: readonly string[]; handler: RequestHandler };
};

/** The whole site as one express application. Nothing is kept in memory between two requests. */
export function createApp(ctx: AppContext, { routes, provider }: Parts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.enable('case sensitive routing');
  app.set('trust proxy', ctx.config.trustProxy);
  app.set('query parser', 'simple');
  app.use(nameRequest(ctx));
  app.use(securityHeaders(ctx));
  serveAssets(app);
  health(app, ctx);
  for (const path of provider.paths) app.all(path, provider.handler);
  app.use(express.urlencoded({ extended: false, limit: '64kb', parameterLimit: 200 }));
  for (const { door, table, frame } of routes) mountRoutes(app, ctx, door, table, frame);
  app.use((_request, _response, next) => next(new HttpError(404, 'introuvable')));
  app.use(errorPages(ctx));
  return app;
}

/** Gives each request an id, and logs how it ended: method, path without its query, status. Nothing that was typed. */
function nameRequest(ctx: AppContext): RequestHandler {
  return (request, response, next) => {
    const id = randomBytes(8).toString('hex');
    const start = process.hrtime.bigint();
    response.locals.requestId = id;
    response.locals.nonce = randomBytes(16).toString('base64');
    response.on('finish', () => {
      const milliseconds = Number((process.hrtime.bigint() - start) / 1_000_000n);
      const path = request.route?.path ?? 'other';
      ctx.logger.info({ id, method: request.method, path, status: response.statusCode, milliseconds }, 'request');
    });
    response.set({ 'x-request-id': id, 'cache-control': 'no-store' }); // what may be kept says so: the public assets alone
    next();
  };
}

function securityHeaders(ctx: AppContext): RequestHandler {
  const secure = ctx.config.publicUrl.startsWith('https:');
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'", (_request, response) => `'nonce-${(response as Response).locals.nonce}'`],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
        ...(secure && { upgradeInsecureRequests: [] }),
      },
    },
    // helmet's own default, no-referrer, makes browsers send `Origin: null` with forms
    referrerPolicy: { policy: 'same-origin' },
    strictTransportSecurity: secure ? { maxAge: 63_072_000, includeSubDomains: true } : false,
    xFrameOptions: { action: 'deny' },
  });
}

function health(app: Express, ctx: AppContext): void {
  app.get('/healthz', (_request, response) => {
    response.type('text').send('alive\n');
  });
  app.get('/readyz', async (_request, response) => {
    const problems = await journalReadiness(ctx.db, ctx.keys).catch((error: unknown) => {
      ctx.logger.warn({ err: error }, 'not ready');
      return ['the database does not answer'];
    });
    response
      .status(problems.length ? 503 : 200)
      .type('text')
      .send(problems.length ? `${problems.join('\n')}\n` : 'ready\n');
  });
}

const STATUSES: readonly ErrorStatus[] = [400, 403, 404, 429, 500, 503];

/** PostgreSQL has no text with a NUL in it (character_not_in_repertoire): nobody types one. */
function holdsNul(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '22021';
}

function describe(error: unknown): { status: ErrorStatus; code: string } {
  if (error instanceof HttpError) return { status: error.status, code: error.code };
  if (isDatabaseAway(error)) return { status: 503, code: 'base-indisponible' };
  if (holdsNul(error)) return { status: 400, code: 'demande-illisible' };
  const status = error instanceof Error && 'status' in error ? Number(error.status) : 500;
  if (status >= 400 && status < 500)
    return { status: STATUSES.find((known) => known === status) ?? 400, code: 'demande-illisible' };
  return { status: 500, code: 'panne' };
}

/** The last handler: whatever happened, a calm page with what to do and a reference to give. */
function errorPages(ctx: AppContext) {
  return (error: unknown, request: Request, response: Response, next: (error: unknown) => void) => {
    const { status, code } = describe(error);
    const id: string = response.locals.requestId;
    if (status >= 500) ctx.logger.error({ id, code, err: error }, 'failed');
    else ctx.logger.info({ id, code, status }, 'refused');
    if (response.headersSent) return next(error);
    if (status === 503) response.set('retry-after', '10');
    const frame = frameOfAuditor(response, status) ?? {
      nonce: response.locals.nonce,
      csrfToken: '',
      path: request.path,
      requestId: id,
      operator: ctx.config.operator,
      person: null,
      notice: null,
    };
    return send(response, html(ErrorPage({ frame, status, code }), status));
  };
}

/** How the journal stands is on every page of an auditor, on that of a refusal too; what fails asks nothing more of anybody. */
function frameOfAuditor({ locals }: Response, status: ErrorStatus): Frame | undefined {
  const frame: Frame | undefined = locals.frame;
  return frame?.door === 'auditeur' && frame.person && status < 500 ? frame : undefined;
}
