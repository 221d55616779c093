import type { Identity } from './options.ts';

const identityClaims = ['given_name', 'family_name', 'birthdate', 'birthplace', 'email', 'preferred_username'];

/**
 * Faults of an identity provider that FranceConnect does not see, because its library accepts them (federation.md §2.4).
 * @returns one English sentence for each; empty = nothing to say.
 */
export function auditAnswers(
  idToken: Readonly<Record<string, unknown>>,
  userinfo: Readonly<Record<string, unknown>> & Identity,
  now: Date,
): string[] {
  const findings: string[] = [];
  const seconds = now.getTime() / 1000;
  const iat = typeof idToken.iat === 'number' ? idToken.iat : Number.NaN;
  const lifetime = typeof idToken.exp === 'number' ? idToken.exp - iat : Number.NaN;
  if (userinfo.sub !== idToken.sub) findings.push('userinfo sub differs from the ID token sub');
  if (!(Math.abs(seconds - iat) <= 60)) findings.push('iat is more than one minute away from now');
  if (!(lifetime >= 60)) findings.push('the ID token lives less than 60 s, and FranceConnect has no tolerance');
  if (idToken.nbf !== undefined) findings.push('nbf is set, and FranceConnect has no tolerance');
  const leaked = identityClaims.filter((claim) => claim in idToken);
  if (leaked.length > 0) findings.push(`the ID token carries identity: ${leaked.join(', ')}`);
  return findings;
}
