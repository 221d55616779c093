import { createTransport } from 'nodemailer';
import type { Clock } from '#platform/time/clock.ts';
import { demoPersonas } from './franceconnect/personas.ts';
import { startFranceconnectSimulator } from './franceconnect/start.ts';
import { startMailCatcher } from './mail-catcher/start.ts';
import { startPortal } from './portal/start.ts';
import type { DemoPorts } from './ports-of-demo.ts';
import type { DemoSecrets } from './secrets.ts';

export type PartnerSecrets = Pick<
  DemoSecrets,
  'relyingPartySecret' | 'identityProviderSecret' | 'portalSecrets' | 'subjects'
>;

export type PartnerPorts = Omit<DemoPorts, 'signer' | 'witnesses'>;

export const OWN_IDP_ID = 'entremise-demo';
export const RELYING_PARTY_ID = 'entremise-service-demo';
export const IDENTITY_PROVIDER_CLIENT_ID = 'franceconnect-demo';

export const localUrl = (port: number) => `http://localhost:${port}`;

/** Two public sites of the demonstration, one open to a few themes only, as real ones declare it to FranceConnect. */
export const SITES = [
  { clientId: 'caf-demo', name: 'CAF de démonstration', repScope: ['Famille-Scolarité', 'Logement', 'Social-Santé'] },
  { clientId: 'impots-demo', name: 'Impôts de démonstration', repScope: [] },
] as const;

const PORTAL_SCOPES = ['openid', 'identite_pivot', 'preferred_username', 'email', 'idp_id'];
const RELYING_PARTY_SCOPES = [...PORTAL_SCOPES, 'idp_birthdate'];

export type Partners = Awaited<ReturnType<typeof startPartners>>;

/**
 * Starts what stands around Entremise in real life: FranceConnect, two public sites, a mail relay that keeps what it gets.
 * `host` is where they listen when it is not this machine alone, as in a container.
 */
export async function startPartners(ports: PartnerPorts, secrets: PartnerSecrets, clock: Clock, host?: string) {
  const mailCatcher = await startMailCatcher({ httpPort: ports.mail, smtpPort: ports.smtp, host });
  const transport = createTransport({ url: mailCatcher.smtpUrl });
  const entremise = localUrl(ports.app);
  const franceconnect = await startFranceconnectSimulator({
    port: ports.franceconnect,
    host,
    publicUrl: localUrl(ports.franceconnect),
    now: () => clock.now(),
    personas: demoPersonas,
    subjectSecret: secrets.subjects,
    relyingParties: [entremiseAsRelyingParty(entremise, secrets), ...sitesOf(ports, secrets)],
    identityProviders: [
      {
        uid: OWN_IDP_ID,
        title: 'Entremise',
        issuer: entremise,
        discoveryUrl: `${entremise}/.well-known/openid-configuration`,
        clientId: IDENTITY_PROVIDER_CLIENT_ID,
        clientSecret: secrets.identityProviderSecret,
      },
    ],
    sendMail: async (mail) => {
      await transport.sendMail({ from: 'franceconnect@franceconnect.example', ...mail });
    },
  });
  const portals = await Promise.all(
    SITES.map((site, index) =>
      startPortal({
        port: ports.portals[index] as number,
        host,
        publicUrl: localUrl(ports.portals[index] as number),
        name: site.name,
        franceconnectIssuer: `${franceconnect.url}/api/v2`,
        clientId: site.clientId,
        clientSecret: secrets.portalSecrets[index] as string,
        perimeters: site.repScope,
      }),
    ),
  );
  const close = async () => {
    await Promise.all([...portals.map((portal) => portal.close()), franceconnect.close()]);
    transport.close();
    await mailCatcher.close();
  };
  return { mailCatcher, franceconnect, portals, close };
}

function entremiseAsRelyingParty(entremise: string, secrets: PartnerSecrets) {
  return {
    clientId: RELYING_PARTY_ID,
    clientSecret: secrets.relyingPartySecret,
    entityId: 'entremise',
    name: 'Entremise',
    redirectUris: [`${entremise}/franceconnect/retour`],
    postLogoutRedirectUris: [`${entremise}/franceconnect/fin`],
    scopes: RELYING_PARTY_SCOPES,
    repScope: [],
    idpFilterExclude: [],
  };
}

function sitesOf(ports: PartnerPorts, secrets: PartnerSecrets) {
  return SITES.map((site, index) => {
    const url = localUrl(ports.portals[index] as number);
    return {
      clientId: site.clientId,
      clientSecret: secrets.portalSecrets[index] as string,
      entityId: site.clientId,
      name: site.name,
      redirectUris: [`${url}/retour`],
      postLogoutRedirectUris: [`${url}/`],
      scopes: PORTAL_SCOPES,
      repScope: [...site.repScope],
    };
  });
}
