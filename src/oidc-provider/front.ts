import express, { type Request, type RequestHandler, type Response } from 'express';
import type Provider from 'oidc-provider';
import type { AppContext } from '#platform/context.ts';
import { HttpError } from '#platform/http/errors.ts';
import { authorizeFilter, FORM } from './authorize-filter.ts';
import type { ClientStore } from './client.store.ts';
import { cookieNames } from './provider-configuration.ts';
import { ANSWER_PATH, DISCOVERY, EXPIRED_PATH, routes } from './provider-paths.ts';
import { tokenFilter } from './token-filter.ts';

export type Front = { provider: Provider; clients: ClientStore };

/**
 * What every request to the provider goes through first: the address is the one of the configuration, whatever name the
 * request came by; each endpoint has its filter; then the library answers. Pages where the aidant answers are only checked.
 */
export function frontOf(ctx: AppContext, { provider, clients }: Front): RequestHandler {
  const library = provider.callback();
  const answer = (request: Request, response: Response) => void library(request, response);
  const authorize = authorizeFilter(ctx, { clients, answer });
  const token = tokenFilter(ctx, answer);
  return (request, response, next) => {
    pinAddress(ctx, request);
    const { path } = request;
    if (!isListed(path)) return next(new HttpError(404, 'introuvable'));
    if (path === routes.authorization) return authorize(request, response, next);
    if (path === routes.token || path === routes.revocation) return token(request, response, next);
    if (path === routes.end_session && request.method === 'POST') return logoutByPost(answer)(request, response, next);
    if (path.startsWith(`${ANSWER_PATH}/`)) return ownRequestOnly(provider)(request, response, next);
    if (path === routes.userinfo) rewriteAddress(request, path); // a token in the address is not even read
    return answer(request, response);
  };
}

const FIXED = new Set<string>([DISCOVERY, ...Object.values(routes), `${routes.end_session}/success`]);
const FOLLOWED = [`${routes.authorization}/`, `${ANSWER_PATH}/`];

/** Routers match without regard to case; the filters below compare to the letter. Only addresses as listed come in. */
function isListed(path: string): boolean {
  return FIXED.has(path) || FOLLOWED.some((start) => path.startsWith(start) && path.length > start.length);
}

/** A logout by POST is the same as by GET (RP-Initiated Logout 1.0 §2), and is handed on as one. */
function logoutByPost(answer: (request: Request, response: Response) => void): RequestHandler {
  const readBody = express.text({ type: FORM, limit: 8000, defaultCharset: 'utf-8' });
  return (request, response, next) => {
    readBody(request, response, (error?: unknown) => {
      if (error) return next(error);
      request.method = 'GET';
      rewriteAddress(request, `${routes.end_session}?${new URLSearchParams(String(request.body ?? ''))}`);
      answer(request, response);
    });
  };
}

/** Discovery and cookies follow these headers: nobody but the configuration says who we are (X-Forwarded-* included). */
function pinAddress({ config }: AppContext, request: Request): void {
  const { host, protocol } = new URL(config.publicUrl);
  const ip = request.ip ?? '';
  request.headers.host = host;
  request.headers['x-forwarded-host'] = host;
  request.headers['x-forwarded-proto'] = protocol.slice(0, -1);
  request.headers['x-forwarded-for'] = ip;
}

/** Hands the library another address than the one that came. */
export function rewriteAddress(request: Request, address: string): void {
  request.url = address;
  request.originalUrl = address;
}

/** A request is answered in the browser it came by: the library's signed cookie names it, one for each tab. */
function ownRequestOnly(provider: Provider): RequestHandler {
  return (request, response, next) => {
    const uid = request.path.split('/')[2] ?? '';
    if (!/^[\w-]{1,64}$/.test(uid)) return next(new HttpError(404, 'introuvable'));
    const { cookies } = provider.createContext(request, response);
    if (cookies.get(cookieNames.interaction, { signed: true }) === uid) return next();
    response.redirect(303, `${EXPIRED_PATH}/${uid}`);
  };
}
