import { z } from 'zod';

/**
 * What the simulator can do wrong. All off by default; several may be on together.
 * Those named `idToken…` and `userinfo…` change the answer after it was made, and sign it again with the right key
 * (except where the signature itself is the fault).
 */
export const faultsSchema = z.strictObject({
  /** `exp` and `iat` one hour in the past. */
  idTokenExpired: z.boolean(),
  idTokenWrongNonce: z.boolean(),
  /** Good signature, `kid` that the JWKS does not have. */
  idTokenUnknownKid: z.boolean(),
  idTokenBadSignature: z.boolean(),
  /** `iat` one week old, `exp` right. */
  idTokenOldIat: z.boolean(),
  /** Another `acr` than the one asked. */
  idTokenAcr: z.string().nullable(),
  /** An `azp`; put another client's id there. */
  idTokenAzp: z.string().nullable(),
  /** Plain JSON where a signed JWT was registered. */
  userinfoJson: z.boolean(),
  userinfoOtherSub: z.boolean(),
  userinfoBadSignature: z.boolean(),
  userinfoError500: z.boolean(),
  /** The value of `idp_id`, whoever identified the person. */
  idpId: z.string().nullable(),
  idpIdMissing: z.boolean(),
  tokenError500: z.boolean(),
  /** Milliseconds before the token endpoint answers. */
  tokenDelay: z.number().int().min(0),
  /** `unavailable`: 503 everywhere; `refused`: the port is closed. */
  down: z.enum(['no', 'unavailable', 'refused']),
  /** Every authorization ends at once with `error=access_denied`. */
  accessDenied: z.boolean(),
  /** Logout closes the session, then stays on a page of FranceConnect. */
  logoutDoesNotReturn: z.boolean(),
  /** Same pivot identity, another `sub` than before. */
  newSub: z.boolean(),
  /** The register of natural persons does not answer: Y010011. */
  rnippDown: z.boolean(),
});

export type Faults = z.infer<typeof faultsSchema>;

export const noFaults: Faults = {
  idTokenExpired: false,
  idTokenWrongNonce: false,
  idTokenUnknownKid: false,
  idTokenBadSignature: false,
  idTokenOldIat: false,
  idTokenAcr: null,
  idTokenAzp: null,
  userinfoJson: false,
  userinfoOtherSub: false,
  userinfoBadSignature: false,
  userinfoError500: false,
  idpId: null,
  idpIdMissing: false,
  tokenError500: false,
  tokenDelay: 0,
  down: 'no',
  accessDenied: false,
  logoutDoesNotReturn: false,
  newSub: false,
  rnippDown: false,
};

export interface FaultSwitches {
  readonly current: Readonly<Faults>;
  /** Resolves when the change holds (the port is closed, or open again). */
  set(change: Partial<Faults>): Promise<void>;
  /** Everything right again. */
  reset(): Promise<void>;
}

/** `portWanted` is told whether the port has to be open. */
export function faultSwitches(initial: Partial<Faults>, portWanted: (open: boolean) => Promise<void>): FaultSwitches {
  let current: Faults = { ...noFaults, ...initial };
  const apply = async (next: Faults) => {
    const change = (next.down === 'refused') !== (current.down === 'refused');
    current = next;
    if (change) await portWanted(next.down !== 'refused');
  };
  return {
    get current() {
      return current;
    },
    set: (change) => apply({ ...current, ...change }),
    reset: () => apply(noFaults),
  };
}
