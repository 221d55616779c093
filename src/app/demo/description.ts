import type { SeedAccount } from '../seed/seed.ts';
import { demoPersonas } from './franceconnect/personas.ts';
import { JOURNAL_ORIGIN, type JournalPrograms } from './journal-programs.ts';
import { IDENTITY_PROVIDER_CLIENT_ID, localUrl, RELYING_PARTY_ID, SITES } from './partners.ts';
import type { DemoPorts } from './ports-of-demo.ts';
import type { DemoSecrets } from './secrets.ts';
import type { DatabaseUrls } from './world.ts';

export type WorldDescription = ReturnType<typeof describeWorld>;

/** What another program needs to drive the demonstration: written to .data/demo.json while it runs. */
export function describeWorld(world: {
  ports: DemoPorts;
  secrets: DemoSecrets;
  databases: DatabaseUrls;
  accounts: readonly SeedAccount[];
  journal: Pick<JournalPrograms, 'witnesses'>;
}) {
  const { ports, secrets, databases, accounts, journal } = world;
  const journalUrl = `${localUrl(ports.app)}/journal`;
  return {
    urls: {
      app: localUrl(ports.app),
      franceconnect: localUrl(ports.franceconnect),
      franceconnectIssuer: `${localUrl(ports.franceconnect)}/api/v2`,
      portals: ports.portals.map(localUrl),
      mail: localUrl(ports.mail),
      smtp: `smtp://127.0.0.1:${ports.smtp}`,
    },
    accounts,
    personas: demoPersonas.map(({ key, label, purpose, identity }) => ({ key, label, purpose, identity })),
    clients: {
      relyingParty: { clientId: RELYING_PARTY_ID, clientSecret: secrets.relyingPartySecret },
      identityProviderClient: { clientId: IDENTITY_PROVIDER_CLIENT_ID, clientSecret: secrets.identityProviderSecret },
      portals: SITES.map(({ clientId, name }, index) => ({
        clientId,
        name,
        clientSecret: secrets.portalSecrets[index] as string,
      })),
    },
    databases,
    journal: {
      origin: JOURNAL_ORIGIN,
      policy: `${journalUrl}/policy.txt`,
      checkpoints: { actes: `${journalUrl}/actes/checkpoint`, acces: `${journalUrl}/acces/checkpoint` },
      witnesses: journal.witnesses,
      signer: localUrl(ports.signer),
    },
  };
}
