import express, { type Request, type RequestHandler, type Response } from 'express';
import type { AppContext } from '#platform/context.ts';
import { HttpError } from '#platform/http/errors.ts';
import { type OAuthError, readRequest, stateToEcho } from './authorize-request.rules.ts';
import type { ClientStore } from './client.store.ts';
import { rewriteAddress } from './front.ts';
import { routes } from './provider-paths.ts';

export const FORM = 'application/x-www-form-urlencoded';

/** FranceConnect's requests have some 600 characters. */
const LONGEST = 8000;

type Parts = { clients: ClientStore; answer: (request: Request, response: Response) => void };

/**
 * Stands before the authorization endpoint: checks the request by its table, then hands the library a GET with only what we
 * read, so that GET and POST are alike. An error goes back to the partner when partner and address are registered, to the
 * letter; otherwise it is a page, and nobody is sent anywhere.
 */
export function authorizeFilter(ctx: AppContext, { clients, answer }: Parts): RequestHandler {
  const readBody = express.text({ type: FORM, limit: LONGEST, defaultCharset: 'utf-8' });
  const check = async (request: Request, response: Response): Promise<void> => {
    const params = paramsOf(request);
    const address = await addressOf(clients, params);
    const read = readRequest(params);
    if (!read.ok) {
      const { refused } = read;
      ctx.logger.info(
        { what: 'authorization', code: refused.error, description: refused.description },
        'partner refused',
      );
      response.set('cache-control', 'no-store');
      response.redirect(303, errorAddress(address, refused, { state: stateToEcho(params), iss: ctx.config.publicUrl }));
      return;
    }
    request.method = 'GET';
    delete request.headers['content-type'];
    delete request.headers['content-length'];
    rewriteAddress(request, `${routes.authorization}?${read.accepted}`);
    answer(request, response);
  };
  return (request, response, next) => {
    if (request.method === 'GET') return void check(request, response).catch(next);
    if (request.method !== 'POST') return next(new HttpError(404, 'introuvable'));
    readBody(request, response, (error?: unknown) => (error ? next(error) : void check(request, response).catch(next)));
  };
}

function paramsOf(request: Request): URLSearchParams {
  const query = request.originalUrl.split('?')[1] ?? '';
  if (query.length > LONGEST) throw new HttpError(400, 'demande-trop-longue');
  if (request.method === 'GET') return new URLSearchParams(query);
  if (query !== '' || typeof request.body !== 'string') throw new HttpError(400, 'demande-illisible');
  return new URLSearchParams(request.body);
}

/** The address to answer to: of a registered partner, written as it registered it. Throws the page that says no. */
async function addressOf(clients: ClientStore, params: URLSearchParams): Promise<string> {
  const [clientId, ...otherClients] = params.getAll('client_id');
  const [address, ...otherAddresses] = params.getAll('redirect_uri');
  if (!clientId || otherClients.length > 0) throw new HttpError(400, 'partenaire-inconnu');
  const client = await clients.find(clientId);
  if (!client) throw new HttpError(400, 'partenaire-inconnu');
  if (!address || otherAddresses.length > 0 || !client.metadata.redirect_uris?.includes(address)) {
    throw new HttpError(400, 'adresse-de-retour-inconnue');
  }
  return address;
}

/** An address that carries an OAuth error, with `state` as it came and `iss` (RFC 9207). */
export function errorAddress(
  address: string,
  { error, description }: OAuthError,
  { state, iss }: { state: string | undefined; iss: string },
): string {
  const url = new URL(address);
  url.searchParams.set('error', error);
  url.searchParams.set('error_description', description);
  if (state !== undefined) url.searchParams.set('state', state);
  url.searchParams.set('iss', iss);
  return url.href;
}
