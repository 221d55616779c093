import type Provider from 'oidc-provider';
import type { BrowserSessions } from './browser-sessions.ts';
import type { FaultSwitches } from './faults.ts';
import type { SigningKeys } from './keys.ts';
import type { FranceconnectOptions, SimulatorLogger } from './options.ts';
import type { Registry } from './registry.ts';

/** What every part of one running simulator shares. */
export interface Simulation {
  readonly options: FranceconnectOptions;
  /** Public address, without a trailing slash. */
  readonly url: string;
  readonly registry: Registry;
  readonly sessions: BrowserSessions;
  readonly faults: FaultSwitches;
  readonly log: SimulatorLogger;
  /** Both change at a rotation of keys: never keep what these return. */
  provider(): Provider;
  keys(): SigningKeys;
}

/** Every route of FranceConnect is under this path, and the issuer ends with it. */
export const prefix = '/api/v2';
