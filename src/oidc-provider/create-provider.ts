import type { RequestHandler } from 'express';
import Provider, { type KoaContextWithOIDC } from 'oidc-provider';
import type { AppContext } from '#platform/context.ts';
import { adapterFor } from './adapter.ts';
import { type ClientStore, clientStore } from './client.store.ts';
import { type ClientFailures, clientFailures } from './client-failures.ts';
import { frontOf } from './front.ts';
import { finishLogout } from './logout.ts';
import { cookieNames, providerConfiguration } from './provider-configuration.ts';

/** The identity provider of one program: what answers its paths, and what its pages need. */
export type IdentityProvider = {
  handler: RequestHandler;
  clients: ClientStore;
};

/**
 * Builds the identity provider on oidc-provider. No network, no query: a missing key or a wrong option throws here. Its
 * issuer is PUBLIC_URL, to the letter.
 */
export function createProvider(ctx: AppContext): IdentityProvider {
  const clients = clientStore(ctx);
  const failures = clientFailures(ctx);
  const provider = new Provider(ctx.config.publicUrl, {
    ...providerConfiguration(ctx),
    adapter: adapterFor({ ctx, clients, failures }),
  });
  // The front has replaced what proxies, or liars, said of the address by the one of the configuration.
  provider.proxy = true;
  provider.use(amendAnswers(ctx));
  report(ctx, provider, failures);
  return { clients, handler: frontOf(ctx, { provider, clients }) };
}

/** The library announces more than these partners may use. */
const ONLY = { response_modes_supported: ['query'], grant_types_supported: ['authorization_code'] };

type MaybeOidc = Omit<KoaContextWithOIDC, 'oidc'> & { oidc?: KoaContextWithOIDC['oidc'] };

function amendAnswers(ctx: AppContext) {
  return async (request: unknown, next: () => Promise<void>): Promise<void> => {
    await next();
    const answered = request as MaybeOidc;
    if (answered.oidc?.route === 'end_session' && answered.status === 200) {
      await finishLogout(ctx, request as KoaContextWithOIDC);
    }
    if (answered.oidc?.route === 'discovery') {
      answered.body = { ...(answered.body as object), ...ONLY };
    }
    withoutSessionCookie(answered);
  };
}

/** The library gives a cookie to sessions that we do not keep: it would say nothing. */
function withoutSessionCookie({ response }: MaybeOidc): void {
  const cookies = [response.headers['set-cookie'] ?? []].flat().map(String);
  const kept = cookies.filter((cookie) => !cookie.startsWith(cookieNames.session));
  if (kept.length === cookies.length) return;
  if (kept.length > 0) response.set('set-cookie', kept);
  else response.remove('set-cookie');
}

/** Tells the log, and counts wrong secrets. Descriptions are the library's or ours: nothing that was sent to us. */
function report({ logger }: AppContext, provider: Provider, failures: ClientFailures): void {
  const told = (what: string) => (_request: unknown, error: Error & { error_description?: string | undefined }) =>
    logger.info({ what, code: error.message, description: error.error_description }, 'partner refused');
  provider.on('authorization.error', told('authorization'));
  provider.on('grant.error', told('token'));
  provider.on('userinfo.error', told('userinfo'));
  provider.on('end_session.error', told('logout'));
  provider.on('revocation.error', told('revocation'));
  provider.on('server_error', (_request, err) => logger.error({ err }, 'the identity provider failed'));
  provider.on('grant.error', (request, error) => {
    const clientId = request.oidc.params?.client_id;
    if (error.message !== 'invalid_client' || typeof clientId !== 'string') return;
    failures
      .count(clientId, request.ip)
      .catch((err: unknown) => logger.warn({ err }, 'a wrong secret was not counted'));
  });
}
