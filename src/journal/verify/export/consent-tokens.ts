import { fromBase64url } from '../base64url.ts';
import { utf8Text } from '../bytes.ts';
import type { Evidence, Findings } from './consent-evidence.ts';
import { jsonObject, jwsPayload } from './jws.ts';
import type { Line } from './lines.ts';
import type { Tools } from './subject.ts';

const MINUTE = 60_000;
/** Between the clocks of FranceConnect and of the service. */
const CLOCKS_APART = 5 * MINUTE;
/** A mandate is concluded soon after the person identified. */
const LONGEST_CONCLUSION = 24 * 60 * MINUTE;

/**
 * FranceConnect signed both tokens, for one person. What is said beside them is what they say: level and identity provider; without
 * them, nothing. `concludedAt`: milliseconds, of the entry that concluded the mandate.
 */
export function tokensSay(
  tools: Tools,
  { idToken, userinfo, jwks }: Evidence,
  { acr = '', idpId = '' }: Line,
  concludedAt: number,
): Findings {
  if (idToken === undefined || userinfo === undefined || jwks === undefined) {
    const said =
      acr === '' && idpId === '' ? [] : ['ce qui est dit de l’identification n’est plus prouvé par aucun jeton.'];
    return { faults: said, unknown: [] };
  }
  const [identity, person] = [idToken, userinfo].map((jws) => claimsOf(jwsPayload(tools.es256Verify, jwks, jws)));
  const faults: string[] = [];
  if (!identity) faults.push('la signature du jeton d’identité est fausse.');
  if (!person) faults.push('la signature de l’état civil est fausse.');
  if (!identity || !person) return { faults, unknown: [] };
  if (typeof identity.sub !== 'string' || identity.sub !== person.sub || identity.iss !== person.iss)
    faults.push('l’état civil n’est pas celui de la personne du jeton d’identité.');
  if (identity.acr !== acr) faults.push(`le niveau annoncé (${acr}) n’est pas celui du jeton d’identité.`);
  if (person.idp_id !== idpId)
    faults.push(`le fournisseur d’identité annoncé (${idpId}) n’est pas celui de l’état civil.`);
  const signedAt = typeof identity.iat === 'number' ? identity.iat * 1000 : Number.NaN;
  if (!(signedAt <= concludedAt + CLOCKS_APART)) faults.push('le jeton d’identité est d’après la conclusion.');
  return { faults, unknown: [] };
}

/**
 * Whether FranceConnect signed the identification on the day of which the mandate is dated (milliseconds): before it starts, and
 * not more than a day. Undefined without the token. A matter of dates alone.
 */
export function identifiedOnTheDay({ idToken }: Evidence, startsAt: number): boolean | undefined {
  const signed = claimsOf(fromBase64url(idToken?.split('.')[1] ?? ''));
  if (typeof signed?.iat !== 'number') return undefined;
  const before = startsAt - signed.iat * 1000;
  return before <= LONGEST_CONCLUSION && before >= -CLOCKS_APART;
}

/** Whether a mandate is dated otherwise than the entry that concluded it was written: it was taken over from elsewhere. */
export function isTakenOver({ startsAt, writtenAt }: { startsAt: number; writtenAt: number }): boolean {
  return Math.abs(writtenAt - startsAt) > LONGEST_CONCLUSION;
}

export const claimsOf = (payload: Uint8Array | undefined) => payload && jsonObject(utf8Text(payload));
