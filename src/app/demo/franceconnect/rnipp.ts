import { type FcError, FcFailure, fcErrors } from './errors.ts';
import type { Identity, Persona, RnippRefusal } from './options.ts';
import { identityHash } from './subject.rules.ts';

const refusals: Record<RnippRefusal, FcError> = {
  'single-echo': fcErrors.rnippSingleEcho,
  'multiple-echoes': fcErrors.rnippMultipleEchoes,
  'marital-name-only': fcErrors.rnippMaritalName,
  'no-echo': fcErrors.rnippNoEcho,
  deceased: fcErrors.deceased,
};

/** `1950-00-00` becomes `1950-01-01`, `1950-03-00` becomes `1950-03-01`; anything else is left as it is. */
export function rectifyBirthdate(birthdate: string): string {
  return birthdate.replace('-00-00', '-01-01').replace(/-00$/, '-01');
}

/** The persona of this pivot identity, whoever sent it and whether it was rectified already or not. */
export function personaOf(identity: Identity, personas: readonly Persona[]): Persona | undefined {
  const wanted = rectifiedHash(identity);
  return personas.find((persona) => rectifiedHash(persona.identity) === wanted);
}

function rectifiedHash(identity: Identity): string {
  return identityHash(
    identity.birthdate === undefined ? identity : { ...identity, birthdate: rectifyBirthdate(identity.birthdate) },
  );
}

/**
 * The stand-in for the national register: refuses the personas made for it, accepts anybody else, and completes
 * presumed dates of birth. Applies to identities from every identity provider.
 * @throws FcFailure Y010004 to Y010015.
 */
export function rectify(
  identity: Identity,
  register: { readonly personas: readonly Persona[]; readonly down: boolean },
): Identity {
  if (register.down) throw new FcFailure(fcErrors.rnippTimeout);
  const persona = personaOf(identity, register.personas);
  if (persona?.rnipp !== undefined) throw new FcFailure(refusals[persona.rnipp]);
  return identity.birthdate === undefined ? identity : { ...identity, birthdate: rectifyBirthdate(identity.birthdate) };
}
