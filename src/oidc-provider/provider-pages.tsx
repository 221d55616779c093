import { type errors, type KoaContextWithOIDC, errors as providerErrors } from 'oidc-provider';
import type { ReactElement } from 'react';
import type { AppContext } from '#platform/context.ts';
import type { ErrorStatus } from '#platform/http/errors.ts';
import type { Frame } from '#platform/http/frame.ts';
import { pageOf } from '#platform/http/page-of.ts';
import { ErrorPage } from '#views/errors/error-page.tsx';
import { LoggedOut } from '#views/oidc-provider/logged-out.tsx';
import { EXPIRED_PATH, routes } from './provider-paths.ts';

/** What the site left on the answer before the provider took it over. */
type Locals = { nonce: string; requestId: string };

function frameOf({ config }: AppContext, request: KoaContextWithOIDC): Frame {
  const { nonce, requestId } = (request.res as unknown as { locals: Locals }).locals;
  return { nonce, requestId, csrfToken: '', path: request.path, operator: config.operator, person: null, notice: null };
}

function show(request: KoaContextWithOIDC, view: ReactElement): void {
  request.type = 'html';
  request.body = pageOf(view);
}

function sendTo(request: KoaContextWithOIDC, address: string): void {
  request.status = 303;
  request.redirect(address);
}

/** An error that cannot be sent back to the partner. A request that is gone has a page of its own. */
export function errorRenderer(ctx: AppContext) {
  return (request: KoaContextWithOIDC, _out: unknown, error: errors.OIDCProviderError | Error): void => {
    const uid = request.path.startsWith(`${routes.authorization}/`) && request.path.split('/').at(-1);
    if (uid && error instanceof providerErrors.SessionNotFound) {
      sendTo(request, `${EXPIRED_PATH}/${uid}`);
      return;
    }
    const status: ErrorStatus = request.status >= 500 ? 500 : request.status === 429 ? 429 : 400;
    request.status = status;
    show(request, <ErrorPage frame={frameOf(ctx, request)} status={status} code="demande-refusee" />);
  };
}

/** Where a browser ends when a partner asked for a logout without saying, or without proving, where to go back. */
export function loggedOutRenderer(ctx: AppContext) {
  return (request: KoaContextWithOIDC): void => show(request, <LoggedOut frame={frameOf(ctx, request)} />);
}
