import { z } from 'zod';
import type { Identity } from './options.ts';

const name = z.string().min(1).max(256);

/** `YYYY-MM-DD`, or presumed: `YYYY-MM-00`, `YYYY-00-00`. */
function isBirthdate(text: string): boolean {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!parts) return false;
  const [, year = '', month = '', day = ''] = parts;
  if (day === '00') return month === '00' || (Number(month) >= 1 && Number(month) <= 12);
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** The check of FranceConnect on what an identity provider sends (federation.md §1.4). Unknown claims are dropped. */
const identitySchema = z
  .object({
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the rule is « ASCII »
    sub: z.string().regex(/^[\x00-\x7F]+$/),
    given_name: name,
    family_name: name,
    birthdate: z.string().refine(isBirthdate),
    gender: z.enum(['female', 'male', 'unspecified']),
    birthplace: z.string().optional(),
    birthcountry: z.string().regex(/^[0-9]{5}$/),
    email: z.email(),
    preferred_username: z.string().min(1).optional(),
  })
  .refine((it) => it.birthcountry !== '99100' || /^(?:2[AB]|[0-9]{2})[0-9]{3}$/.test(it.birthplace ?? ''), {
    path: ['birthplace'],
    message: 'Invalid birthplace',
  });

export type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: string[] };

function check<T>(schema: z.ZodType<T>, value: unknown): Checked<T> {
  const result = schema.safeParse(value);
  if (result.success) return { ok: true, value: result.data };
  return { ok: false, problems: result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) };
}

/** An identity that is not valid ends as Y600006. */
export function checkIdentity(claims: unknown): Checked<Identity> {
  const checked = check(identitySchema, claims);
  if (!checked.ok) return checked;
  const { sub: _sub, ...identity } = checked.value;
  return { ok: true, value: Object.fromEntries(Object.entries(identity).filter(([, value]) => value !== undefined)) };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the rule is « ASCII »
const asciiToken = z.string().regex(/^[\x00-\x7F]+$/);

const tokenResultSchema = z.object({
  accessToken: asciiToken,
  idToken: z.jwt(),
  refreshToken: asciiToken.optional(),
  acr: z.string().regex(/^[a-zA-Z0-9]+$/),
  amr: z.array(z.string()).optional(),
  repScope: z.array(z.string()).default([]),
});

export type TokenResult = z.infer<typeof tokenResultSchema>;

/** The check of FranceConnect on the content of a token answer (federation.md §2.4); a failure ends as Y020030. */
export function checkTokenResult(value: unknown): Checked<TokenResult> {
  return check(tokenResultSchema, value);
}

/** One common perimeter is enough; a service without perimeters asks for none (federation.md §2.5). */
export function repScopeFits(serviceRepScope: readonly string[], tokenRepScope: readonly string[]): boolean {
  return serviceRepScope.length === 0 || tokenRepScope.some((label) => serviceRepScope.includes(label));
}

/** Order of the eIDAS levels of FranceConnect; -1 when unknown. */
export function acrRank(acr: string): number {
  return ['eidas1', 'eidas2', 'eidas3'].indexOf(acr);
}

/**
 * The level that a request amounts to: the lowest known one, `eidas1` when none is known (federation.md §1.2).
 * A level that this platform does not serve is for the caller to refuse.
 */
export function requestedAcr(acrValues: string): string {
  const known = acrValues.split(' ').filter((acr) => acrRank(acr) >= 0);
  known.sort((a, b) => acrRank(a) - acrRank(b));
  return known[0] ?? 'eidas1';
}
