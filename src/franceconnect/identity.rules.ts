import { z } from 'zod';
import { type FranceconnectIdentity, readEmail } from '#usager';

const FRANCE = '99100';
const COMMUNE = /^(?:2[AB]|[0-9]{2})[0-9]{3}$/;

// Control and formatting characters (NUL, line feeds, right-to-left overrides, invisible joiners), lone surrogates, line and
// paragraph separators: no civil status has them, and they change what a page, a mail or a log shows.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u;

const name = z
  .string()
  .max(256)
  .refine((text) => !UNPRINTABLE.test(text))
  .transform((text) => text.normalize('NFC'))
  .refine((text) => /\p{L}/u.test(text));

const birthdate = z.string().refine(isBirthdate);

/** FranceConnect's `sub`: opaque, 255 ASCII characters at most (OpenID Connect Core §2). */
export const subject = z.string().regex(/^[\x21-\x7e]{1,255}$/);

const identitySchema = z
  .object({
    sub: subject,
    given_name: name,
    family_name: name,
    preferred_username: z.literal('').or(name).optional(),
    gender: z.enum(['female', 'male', 'unspecified']),
    birthdate,
    idp_birthdate: birthdate.optional(),
    birthplace: z.string().max(256).default(''),
    birthcountry: z.string().regex(/^[0-9]{5}$/),
    email: z.string().optional(),
  })
  .refine((claims) => claims.birthcountry !== FRANCE || COMMUNE.test(claims.birthplace), { path: ['birthplace'] });

/**
 * The person in the claims of a verified userinfo (federation.md §1.4), or the names of the claims that are absent or
 * malformed. A place of birth abroad is dropped, as FranceConnect's own identity hash does; an e-mail that no mail can be
 * sent to counts as none.
 */
export function readIdentity(
  claims: unknown,
): { ok: true; identity: FranceconnectIdentity } | { ok: false; fields: string[] } {
  const parsed = identitySchema.safeParse(claims);
  if (!parsed.success) {
    return { ok: false, fields: [...new Set(parsed.error.issues.map(({ path }) => String(path[0] ?? '')))] };
  }
  const told = parsed.data;
  const identity: FranceconnectIdentity = {
    sub: told.sub,
    givenName: told.given_name,
    familyName: told.family_name,
    preferredUsername: told.preferred_username || null,
    gender: told.gender,
    birthdate: told.birthdate,
    idpBirthdate: told.idp_birthdate ?? null,
    birthplace: told.birthcountry === FRANCE ? told.birthplace : '',
    birthcountry: told.birthcountry,
    email: readEmail(told.email ?? ''),
  };
  return { ok: true, identity };
}

/** `YYYY-MM-DD`, a day that exists; or presumed, `YYYY-MM-00` and `YYYY-00-00`. */
function isBirthdate(text: string): boolean {
  const [, year, month, day] = /^((?:18|19|20)\d\d)-(\d\d)-(\d\d)$/.exec(text) ?? [];
  if (month === '00') return day === '00';
  return Number(month) <= 12 && Number(day) <= daysOf(Number(month), Number(year));
}

function daysOf(month: number, year: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}
