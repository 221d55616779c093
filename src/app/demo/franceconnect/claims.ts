import type { Account } from './browser-sessions.ts';
import type { Simulation } from './context.ts';
import { personaOf, rectify } from './rnipp.ts';
import { pairwiseSub, personHash } from './subject.rules.ts';

const defaultSubjectSecret = 'simulateur-de-franceconnect';

function accountOf(simulation: Simulation, accountId: string): Account {
  const account = simulation.sessions.account(accountId);
  if (!account) throw new Error('this account is forgotten');
  return account;
}

/**
 * The claims that a service can ask for: the pivot rectified by RNIPP, the rest from the identity provider
 * (federation.md §1.3). What the person does not have is absent.
 */
export function claimsForService(simulation: Simulation, accountId: string): Record<string, unknown> {
  const { faults, options } = simulation;
  const account = accountOf(simulation, accountId);
  const rectified = rectify(account.identity, { personas: options.personas, down: false });
  const claims: Record<string, unknown> = {
    ...rectified,
    given_name_array: rectified.given_name?.split(' '),
    idp_id: faults.current.idpIdMissing ? undefined : (faults.current.idpId ?? account.idpUid),
    idp_birthdate: account.identity.birthdate,
    amr: ['fc'],
  };
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
}

/** `sub` of an account for a service: one per person and entity, whoever the identity provider is. */
export function subjectForService(simulation: Simulation, accountId: string, clientId: string): string {
  const { faults, options, registry } = simulation;
  const { identity } = accountOf(simulation, accountId);
  const rectified = rectify(identity, { personas: options.personas, down: false });
  const hash = personHash(rectified, personaOf(identity, options.personas));
  const secret = (options.subjectSecret ?? defaultSubjectSecret) + (faults.current.newSub ? ':new' : '');
  return pairwiseSub(registry.relyingParty(clientId)?.entityId ?? clientId, hash, secret);
}
