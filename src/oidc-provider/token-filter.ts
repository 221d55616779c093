import express, { type Request, type RequestHandler, type Response } from 'express';
import type { AppContext } from '#platform/context.ts';
import { FORM } from './authorize-filter.ts';

const LONGEST = 8000;

/**
 * Stands before the endpoints where a partner proves who it is: a secret in the form and nowhere else. Nothing in the address
 * (it would stand in logs), no Basic authentication (the library would accept it, whatever was registered).
 */
export function tokenFilter(
  { config }: AppContext,
  answer: (request: Request, response: Response) => void,
): RequestHandler {
  const readBody = express.text({ type: FORM, limit: LONGEST, defaultCharset: 'utf-8' });
  return (request, response, next) => {
    if (request.originalUrl.includes('?')) {
      return refuse(response, 400, { error: 'invalid_request', error_description: 'parameters belong in the form' });
    }
    if (request.headers.authorization === undefined) return answer(request, response);
    readBody(request, response, (error?: unknown) => {
      if (error) return next(error);
      if (new URLSearchParams(String(request.body ?? '')).has('client_secret')) {
        const error_description = 'client authentication must only be provided using one mechanism';
        return refuse(response, 400, { error: 'invalid_request', error_description });
      }
      response.set('www-authenticate', `Basic realm="${config.publicUrl}"`);
      return refuse(response, 401, {
        error: 'invalid_client',
        error_description: 'only client_secret_post is supported',
      });
    });
  };
}

function refuse(response: Response, status: 400 | 401, body: { error: string; error_description: string }): void {
  response.status(status).set('cache-control', 'no-store').json(body);
}
