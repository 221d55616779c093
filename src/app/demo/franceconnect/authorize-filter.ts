import { parseCookie } from 'cookie';
import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { z } from 'zod';
import type { ProviderStore } from './adapter.ts';
import { prefix, type Simulation } from './context.ts';
import { FcFailure, fcErrors } from './errors.ts';
import { sessionCookie } from './provider.ts';

/** Every parameter that is not listed is refused (federation.md §1.2): no PKCE, no login_hint, no max_age. */
const authorizeSchema = z.strictObject({
  client_id: z.string().min(1),
  response_type: z.string(),
  redirect_uri: z.url(),
  scope: z.string().refine((scope) => scope.split(' ').includes('openid')),
  acr_values: z.string().min(1),
  state: z.string().min(1),
  nonce: z.string().min(22),
  prompt: z
    .string()
    .refine((prompt) => prompt.split(' ').every((value) => value === 'login' || value === 'consent'))
    .optional(),
  claims: z.string().optional(),
  idp_hint: z.string().optional(),
  ui_locales: z.string().optional(),
});

/**
 * What FranceConnect checks before its library sees a request, by GET or POST.
 * @throws FcFailure Y030007, as a page: nothing goes back to the service.
 */
export function authorizeFilter(simulation: Simulation, store: ProviderStore): RequestHandler[] {
  const filter = (request: Request, _response: Response, next: NextFunction) => {
    const params = authorizeSchema.safeParse(request.method === 'POST' ? request.body : request.query);
    if (!params.success) {
      throw new FcFailure(fcErrors.authorizeParams, z.prettifyError(params.error));
    }
    if (!simulation.sessions.liveAccount(simulation.sessions.of(request))) {
      // The library's own session must not outlive the one that decides about single sign-on.
      store.dropSession(parseCookie(request.headers.cookie ?? '')[sessionCookie] ?? '');
    }
    // The prompt of the service is always replaced. JSON leaves out what was not sent.
    const forwarded: Record<string, string> = JSON.parse(JSON.stringify({ ...params.data, prompt: 'login consent' }));
    const query = new URLSearchParams(forwarded);
    request.method = 'GET';
    request.originalUrl = `${prefix}/authorize?${query}`;
    request.url = request.originalUrl;
    next();
  };
  return [express.urlencoded({ extended: false }), filter];
}
