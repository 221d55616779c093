import type { Express, Request, RequestHandler, Response } from 'express';
import type { AppContext } from '../context.ts';
import { sameSecret } from '../crypto/hashes.ts';
import { browserAt, type Door } from './browser.ts';
import { HttpError } from './errors.ts';
import { formOf, textOf, withoutSecrets } from './form.ts';
import type { ActingFrame, Frame, JournalFrame } from './frame.ts';
import { takeKeptForm } from './kept-form.ts';
import { pageOf } from './page-of.ts';
import { limiter } from './rate-limit.ts';
import type { Reply } from './reply.ts';
import type { FrameOf, HttpRequest, Route } from './route.ts';

/** The address that a form comes back to after a reprise carries this parameter. */
export const RESUMED = 'repris';

/**
 * What the frame of a page says beyond its person, asked once per page that somebody logged in opens: `acting` when they
 * open it (GET), `journal` for forms that come back too.
 */
export type FrameParts = {
  acting?: (request: HttpRequest) => Promise<ActingFrame | null>;
  journal?: (request: HttpRequest) => Promise<JournalFrame>;
};

/** Mounts a table of routes. Every POST needs our own Origin and the token of this browser; see decisions on CSRF. */
export function mountRoutes(
  app: Express,
  ctx: AppContext,
  door: Door,
  routes: readonly Route[],
  parts: FrameParts = {},
): void {
  const frameOf = frameWith(parts);
  for (const route of routes) {
    // a form that is not ours is not counted: nobody may use up another's tries from elsewhere
    const unforged: RequestHandler = async (request, response, next) => {
      const asked = readRequest(ctx, door, route, request, response);
      response.locals.asked = asked;
      if (route.verb === 'get' || isOurs(ctx, request, asked)) next();
      else send(response, await showFormAgain(routes, route, asked, frameOf));
    };
    const limits = route.limits.map((limit) => limiter(ctx, limit));
    app[route.verb](route.path, unforged, ...limits, async (_request: Request, response: Response) => {
      send(response, await answer(route, response.locals.asked, kept(frameOf, response)));
    });
  }
}

/** The page of an error has the frame of the page that it takes the place of, once somebody was let in. */
function kept(frameOf: FrameOf, response: Response): FrameOf {
  return async (...asked) => {
    const frame = await frameOf(...asked);
    response.locals.frame = frame;
    return frame;
  };
}

async function answer(route: Route, request: HttpRequest, frameOf: FrameOf): Promise<Reply> {
  const resumed = route.verb === 'get' && request.query[RESUMED] !== undefined;
  const filled = resumed ? await takeKeptForm(request.ctx, request.browser.idHash, request.path) : null;
  return route.run({ ...request, filled }, frameOf);
}

/** A form whose token does not hold is never obeyed: the same page is shown again, filled, for the person to decide. */
async function showFormAgain(
  routes: readonly Route[],
  posted: Route,
  request: HttpRequest,
  frameOf: FrameOf,
): Promise<Reply> {
  const form = routes.find((route) => route.verb === 'get' && route.path === posted.path);
  if (!form) throw new HttpError(403, 'formulaire-non-verifie');
  const again = { ...request, verb: 'get' as const, form: {}, filled: withoutSecrets(request.form) };
  const reply = await form.run(again, (asked, person) => frameOf(asked, person, 'formulaire-non-verifie'));
  return reply.kind === 'html' ? { ...reply, status: 403 } : reply;
}

function isFromUs(ctx: AppContext, request: Request): boolean {
  return request.headers.origin === ctx.config.publicUrl;
}

function isOurs(ctx: AppContext, request: Request, { form, browser }: HttpRequest): boolean {
  return isFromUs(ctx, request) && sameSecret(textOf(form, '_csrf'), browser.csrfToken);
}

function readRequest(
  ctx: AppContext,
  door: Door,
  { verb, cookieless }: Pick<Route, 'verb' | 'cookieless'>,
  request: Request,
  response: Response,
): HttpRequest {
  const secure = ctx.config.publicUrl.startsWith('https:');
  return {
    ctx,
    id: response.locals.requestId,
    nonce: response.locals.nonce,
    path: request.path,
    url: request.originalUrl,
    params: request.params as Record<string, string>,
    query: onlyTexts(request.query),
    form: formOf(request.body),
    filled: null,
    verb,
    // a form of another site comes without our cookie: giving a new one would take the place of a session
    browser: browserAt(door, request, response, {
      keys: ctx.keys,
      secure,
      introduce: !cookieless && (verb === 'get' || isFromUs(ctx, request)),
    }),
    ip: request.ip ?? '',
    now: ctx.clock.now(),
  };
}

function onlyTexts(query: Request['query']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(query).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function frameWith({ acting, journal }: FrameParts): FrameOf {
  return async (request, person, notice): Promise<Frame> => ({
    door: request.browser.door,
    nonce: request.nonce,
    csrfToken: request.browser.csrfToken,
    path: request.path,
    requestId: request.id,
    operator: request.ctx.config.operator,
    person: person && acting && request.verb === 'get' ? { ...person, acting: await acting(request) } : person,
    journal: person && journal ? await journal(request) : null,
    notice,
  });
}

/** Sends what a page answered. Nothing of a person is ever cached: only what is open to all says that it may be. */
export function send(response: Response, reply: Reply): void {
  response.set('cache-control', 'no-store');
  if (reply.kind === 'redirect') response.redirect(303, reply.to);
  else if (reply.kind === 'bytes')
    response
      .status(reply.status)
      .type(reply.type)
      .set(reply.headers ?? {})
      .send(reply.body);
  else response.status(reply.status).type('html').send(pageOf(reply.view));
}
