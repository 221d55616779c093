import { z } from 'zod';
import { after, type Clock, MINUTE, SECOND } from '#platform/time/clock.ts';
import { InvalidAnswer } from './franceconnect.errors.ts';

const KEPT = 5 * MINUTE;
const BETWEEN_REFETCHES = 30 * SECOND;

// Public keys only: a JWKS that gives away its private part proves nothing any more.
const publicJwk = z.looseObject({
  kty: z.string(),
  kid: z.string().optional(),
  d: z.never().optional(),
  k: z.never().optional(),
});
const jwksSchema = z.looseObject({ keys: z.array(publicJwk).max(50) });

type Held = { text: string; kids: Set<string | undefined>; until: Date };

export type SigningKeys = {
  /**
   * FranceConnect's JWKS, as served: the document held, unless it is 5 minutes old or lacks the key asked for. `kid` is the
   * one in the header of the answer to verify; undefined when the header names none.
   */
  jwks(kid: string | undefined, load: () => Promise<string>): Promise<string>;
};

/**
 * Holds FranceConnect's signing keys for all exchanges of this process. An unknown key makes the document be fetched again,
 * at once but not more than every 30 s, so that a rotation is followed and answers with invented keys do not make us a
 * flood. (openid-client has a cache of its own, which does not look again within a minute: it is given one exchange each.)
 */
export function createSigningKeys(clock: Clock): SigningKeys {
  let held: Held | undefined;
  let loading: Promise<Held> | undefined;
  let nextRefetch: Date | undefined;

  const fetchAgain = (load: () => Promise<string>) => {
    loading ??= load()
      .then((text) => {
        held = { text, kids: kidsOf(text), until: after(clock.now(), KEPT) };
        return held;
      })
      .finally(() => {
        loading = undefined;
      });
    return loading;
  };

  return {
    async jwks(kid, load) {
      const now = clock.now();
      if (!held || held.until <= now) return (await fetchAgain(load)).text;
      if (kid === undefined || held.kids.has(kid)) return held.text;
      if (!loading && nextRefetch && now < nextRefetch) return held.text;
      nextRefetch = after(now, BETWEEN_REFETCHES);
      return (await fetchAgain(load)).text;
    },
  };
}

function kidsOf(text: string): Set<string | undefined> {
  try {
    return new Set(jwksSchema.parse(JSON.parse(text)).keys.map(({ kid }) => kid));
  } catch {
    throw new InvalidAnswer('jwks');
  }
}
