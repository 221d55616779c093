import type { Request, Response } from 'express';
import type Provider from 'oidc-provider';
import { type BrowserSession, sessionMinutes } from './browser-sessions.ts';
import type { Simulation } from './context.ts';
import { type FcError, FcFailure, fcErrors } from './errors.ts';
import type { RelyingPartyOptions } from './options.ts';

/** One authorization request under way in one browser. */
export interface Journey {
  readonly uid: string;
  readonly service: RelyingPartyOptions;
  readonly session: BrowserSession;
  /** Parameters of the service's request. */
  readonly params: {
    readonly scope: string;
    readonly acrValues: string;
    readonly claims: string | undefined;
    readonly idpHint: string | undefined;
  };
}

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/**
 * The journey of this browser. FranceConnect holds one at a time: a second tab replaces the first.
 * @param uid the one in the address, where there is one.
 * @throws FcFailure Y190001 when it is over, Y420001 when the address is another one's.
 */
export async function journeyOf(
  simulation: Simulation,
  request: Request,
  response: Response,
  uid?: string,
): Promise<Journey> {
  const details = await interactionOf(simulation, request, response);
  if (!details) throw new FcFailure(fcErrors.sessionLost, `session of ${sessionMinutes} min, journey of 10 min`);
  if (uid !== undefined && uid !== details.uid) throw new FcFailure(fcErrors.unexpectedNavigation);
  const service = simulation.registry.relyingParty(text(details.params.client_id) ?? '');
  if (!service) throw new FcFailure(fcErrors.sessionLost, 'the service is not declared any more');
  return {
    uid: details.uid,
    service,
    session: simulation.sessions.open(request, response),
    params: {
      scope: text(details.params.scope) ?? '',
      acrValues: text(details.params.acr_values) ?? '',
      claims: text(details.params.claims),
      idpHint: text(details.params.idp_hint),
    },
  };
}

async function interactionOf(
  simulation: Simulation,
  request: Request,
  response: Response,
): Promise<Interaction | undefined> {
  try {
    return await simulation.provider().interactionDetails(request, response);
  } catch {
    return undefined;
  }
}

/** The name of the service to go back to, for an error page; `undefined` when no journey is under way. */
export async function serviceToReturnTo(
  simulation: Simulation,
  request: Request,
  response: Response,
): Promise<string | undefined> {
  const details = await interactionOf(simulation, request, response);
  return simulation.registry.relyingParty(text(details?.params.client_id) ?? '')?.name;
}

/** Ends the journey at the service with an error, by redirect with `error`, `error_description`, `state`, `error_uri`. */
export function abort(simulation: Simulation, request: Request, response: Response, error: FcError): Promise<void> {
  const result = { error: error.error, error_description: error.description, fcCode: error.code };
  return simulation.provider().interactionFinished(request, response, result);
}

/** @throws FcFailure Y470001. */
export function checkCsrf(session: BrowserSession, received: unknown): void {
  if (received !== session.csrf) throw new FcFailure(fcErrors.csrf);
}
