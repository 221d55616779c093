import type { Account } from './browser-sessions.ts';
import type { Simulation } from './context.ts';
import { FcFailure, fcErrors } from './errors.ts';
import type { Journey } from './interaction.ts';
import { demoIdentityProvider } from './registry.ts';

/**
 * « Alerte de connexion » to the address in the identity, once for each service in a session (federation.md §2.4).
 * A persona of the demonstration account without an address goes on without one.
 * @throws FcFailure Y270001 without an address, Y270002 when it cannot be sent.
 */
export async function sendAlert(
  simulation: Simulation,
  { session, service }: Journey,
  account: Account,
): Promise<void> {
  const { now, sendMail } = simulation.options;
  if (!sendMail || session.alerted.has(service.clientId)) return;
  const to = account.identity.email;
  if (to === undefined) {
    if (account.idpUid === demoIdentityProvider.uid) return;
    throw new FcFailure(fcErrors.noEmail);
  }
  const subject = `Alerte de connexion au service «\u00a0${service.name}\u00a0»`;
  try {
    await sendMail({ to, subject, text: alertText(service.name, account.idpTitle, now()) });
  } catch (cause) {
    throw new FcFailure(fcErrors.mailFailed, cause instanceof Error ? cause.message : '', { cause });
  }
  session.alerted.add(service.clientId);
}

const dateAndHour = new Intl.DateTimeFormat('fr-FR', {
  dateStyle: 'long',
  timeStyle: 'short',
  timeZone: 'Europe/Paris',
});

function alertText(serviceName: string, idpTitle: string, at: Date): string {
  return `Bonjour,

Une connexion au service «\u00a0${serviceName}\u00a0» a eu lieu le ${dateAndHour.format(at)},
avec le compte «\u00a0${idpTitle}\u00a0».

Si vous n’êtes pas à l’origine de cette connexion, prévenez FranceConnect.

Message du simulateur de FranceConnect.
`;
}
