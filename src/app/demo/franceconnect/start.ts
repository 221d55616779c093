import type { RequestListener } from 'node:http';
import type { JWK } from 'jose';
import type Provider from 'oidc-provider';
import { type Listening, listen } from '../web/listen.ts';
import { providerStore } from './adapter.ts';
import { browserSessions } from './browser-sessions.ts';
import type { Simulation } from './context.ts';
import { type FaultSwitches, faultSwitches } from './faults.ts';
import { franceconnectApp } from './franceconnect.app.ts';
import { makeSigningKeys } from './keys.ts';
import type { FranceconnectOptions, IdentityProviderOptions, RelyingPartyOptions } from './options.ts';
import { cookieKeys, franceconnectProvider } from './provider.ts';
import { registryOf } from './registry.ts';

export interface FranceconnectSimulator {
  readonly url: string;
  /** `url` plus `/api/v2`. */
  readonly issuer: string;
  readonly faults: FaultSwitches;
  /** Declares a service, or changes one: useful when its address is known only once it runs. */
  addRelyingParty(options: RelyingPartyOptions): void;
  addIdentityProvider(options: IdentityProviderOptions): void;
  /** A new signing key. `keepOld` leaves the old one in the JWKS; without it, tokens signed before cannot be verified any more. */
  rotateKeys(options?: { readonly keepOld?: boolean }): Promise<void>;
  close(): Promise<void>;
}

const silent = { info: () => {}, warn: () => {} };

/**
 * FranceConnect « low », simulated in this process for the demonstration and for tests: the provider that Entremise relies
 * on, and the client that relies on Entremise. Faithful to what FranceConnect's published code does (federation.md §1, §2).
 * Listens on 127.0.0.1; keeps everything in memory; `faults` and `POST /_faults` make it fail on demand.
 * @throws TypeError for a secret shorter than FranceConnect accepts.
 */
export async function startFranceconnectSimulator(options: FranceconnectOptions): Promise<FranceconnectSimulator> {
  const registry = registryOf(options.relyingParties, options.identityProviders);
  const store = providerStore(registry.clientMetadata, options.now);
  const cookieSecrets = cookieKeys();
  let keys = await makeSigningKeys();
  let provider: Provider | undefined;
  let port: Listening | undefined;

  const faults = faultSwitches(options.faults ?? {}, async (open) => (open ? port?.resume() : port?.pause()));
  const started = (url: string): Simulation => ({
    options,
    url,
    registry,
    sessions: browserSessions(options.now),
    faults,
    log: options.logger ?? silent,
    keys: () => keys,
    provider: () => {
      provider ??= franceconnectProvider(simulation, store, cookieSecrets);
      return provider;
    },
  });
  let simulation!: Simulation;
  port = await listen(options, (url): RequestListener => {
    simulation = started(url);
    return franceconnectApp(simulation, store);
  });
  if (faults.current.down === 'refused') await port.pause();

  return {
    url: port.url,
    issuer: simulation.provider().issuer,
    faults,
    addRelyingParty: registry.addRelyingParty,
    addIdentityProvider: registry.addIdentityProvider,
    async rotateKeys({ keepOld = false } = {}) {
      const kept: readonly JWK[] = keepOld ? keys.all : [];
      keys = await makeSigningKeys(kept);
      provider = undefined;
    },
    close: () => port.close(),
  };
}
