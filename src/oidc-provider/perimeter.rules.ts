import { z } from 'zod';
import { themes } from '#organisation';

/** Longest `claims` parameter, in characters: ten labels take 400. */
const LONGEST = 4000;

const labels = z.array(z.string().max(200)).max(50);
const requested = z
  .object({
    id_token: z
      .object({
        rep_scope: z
          .object({
            essential: z.boolean().optional(),
            value: z.string().max(200).optional(),
            values: labels.optional(),
          })
          .nullish(),
      })
      .nullish(),
    userinfo: z.record(z.string(), z.unknown()).nullish(),
  })
  .loose();

/** The themes a partner limits a connection to; null when it does not. */
export type Perimeter = { ok: true; themes: string[] | null } | { ok: false; fault: string };

/**
 * The perimeter in a `claims` parameter: `{"id_token":{"rep_scope":{"essential":true,"values":[labels]}}}` as FranceConnect
 * sends it (federation.md §2.1, §2.5). No values: no perimeter. One theme in common is enough for FranceConnect, so labels
 * that we do not know are passed over beside one that we know; a list of none that we know is refused.
 */
export function readPerimeter(claims: string | undefined): Perimeter {
  if (claims === undefined) return { ok: true, themes: null };
  if (claims.length > LONGEST) return { ok: false, fault: 'claims is too long' };
  const parsed = requested.safeParse(jsonOf(claims));
  if (!parsed.success) return { ok: false, fault: 'claims is not of the expected form' };
  const scope = parsed.data.id_token?.rep_scope;
  const wanted = [...(scope?.values ?? []), ...(scope?.value === undefined ? [] : [scope.value])];
  if (wanted.length === 0) return { ok: true, themes: null };
  const known = themes.filter(({ franceConnectLabel }) => wanted.includes(franceConnectLabel)).map(({ key }) => key);
  return known.length > 0 ? { ok: true, themes: known } : { ok: false, fault: 'rep_scope holds no known value' };
}

/** The perimeter of a request that was accepted: `claims` is then of our own making (`claimsParameterFor`). */
export function acceptedPerimeter(claims: string): string[] | null {
  const { id_token } = JSON.parse(claims) as { id_token: { rep_scope: { values: string[] } | null } };
  const values = id_token.rep_scope?.values;
  return values
    ? themes.filter(({ franceConnectLabel }) => values.includes(franceConnectLabel)).map(({ key }) => key)
    : null;
}

/** What is asked of the provider whatever the partner asked: the ID token says level, time, who acts, mandate and theme. */
export function claimsParameterFor(perimeter: readonly string[] | null): string {
  const values = themes
    .filter(({ key }) => perimeter?.includes(key))
    .map(({ franceConnectLabel }) => franceConnectLabel);
  const rep_scope = perimeter ? { essential: true, values } : null;
  return JSON.stringify({ id_token: { acr: null, auth_time: null, act: null, mandate: null, rep_scope } });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
