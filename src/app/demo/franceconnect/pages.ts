import { type Html, html, page, trusted } from '../web/html.ts';
import { prefix } from './context.ts';
import { type FcError, libraryErrorCode } from './errors.ts';
import type { IdentityProviderOptions, Persona } from './options.ts';
import { demoIdentityProvider } from './registry.ts';

const site = 'FranceConnect (simulateur)';

function write(title: string, body: Html): string {
  return page({ site, title, body });
}

export interface ChoosePage {
  readonly serviceName: string;
  readonly csrf: string;
  readonly personas: readonly Persona[];
  readonly identityProviders: readonly (IdentityProviderOptions & { readonly excluded: boolean })[];
  readonly demoExcluded: boolean;
  readonly banner?: string | undefined;
}

/** Chooses who identifies: a persona of the demonstration account, or an identity provider. */
export function choosePage(props: ChoosePage): string {
  const action = `${prefix}/redirect-to-idp`;
  const hidden = (uid: string) => html`<input type="hidden" name="csrfToken" value="${props.csrf}">
    <input type="hidden" name="providerUid" value="${uid}">`;
  return write(
    `Je choisis un compte pour me connecter sur ${props.serviceName}`,
    html`${props.banner && html`<p class="notice" role="alert" data-testid="idp-error">${props.banner}</p>`}
    <p>Ce site imite FranceConnect. Les personnes sont inventées.</p>
    <h2>${demoIdentityProvider.title}</h2>
    <form method="post" action="${action}" data-testid="personas">
      ${hidden(demoIdentityProvider.uid)}
      ${props.personas.map(
        (
          persona,
        ) => html`<button name="persona" value="${persona.key}" id="persona-${persona.key}"${props.demoExcluded && html` disabled`}>
          ${persona.label} <small>${persona.purpose}</small></button>`,
      )}
    </form>
    ${props.identityProviders.length > 0 && html`<h2>Je me connecte avec un mandat</h2>`}
    ${props.identityProviders.map(
      (provider) => html`<form method="post" action="${action}">
        ${hidden(provider.uid)}
        <button id="idp-${provider.uid}"${provider.excluded && html` disabled`}>Utiliser ${provider.title}
        ${provider.excluded && html`<small>Indisponible pour ce service</small>`}</button>
      </form>`,
    )}
    <h2>Je ne veux pas me connecter</h2>
    ${backLink(props.serviceName, 'Y030030', 'Refuser et revenir')}`,
  );
}

function backLink(serviceName: string, code: string, label = 'Revenir'): Html {
  return html`<p><a id="back-to-service" data-testid="back-to-sp-link"
    href="${prefix}/redirect-to-sp-with-error?code=${code}">${label} sur ${serviceName}</a></p>`;
}

export interface ConsentPage {
  readonly serviceName: string;
  readonly csrf: string;
  /** The person, as rectified. */
  readonly personName: string;
  /** Who vouches for the identity. */
  readonly idpTitle: string;
  /** Names of the claims that the service receives. */
  readonly claims: readonly string[];
}

const claimLabels: Record<string, string> = {
  given_name: 'Prénoms',
  family_name: 'Nom de naissance',
  birthdate: 'Date de naissance',
  gender: 'Sexe',
  birthplace: 'Lieu de naissance',
  birthcountry: 'Pays de naissance',
  preferred_username: 'Nom d’usage',
  email: 'Adresse e-mail',
};

/** The last page before the service: who, where, which data. */
export function consentPage(props: ConsentPage): string {
  const labels = props.claims.map((claim) => claimLabels[claim]).filter((label) => label !== undefined);
  return write(
    `Continuer sur ${props.serviceName}`,
    html`<p>Vous allez vous connecter sur <strong>${props.serviceName}</strong> avec le compte de
      <strong data-testid="person">${props.personName}</strong> (${props.idpTitle}).</p>
    ${labels.length > 0 && html`<h2>Données transmises au service</h2><ul>${labels.map((label) => html`<li>${label}</li>`)}</ul>`}
    <form method="post" action="${prefix}/login">
      <input type="hidden" name="_csrf" value="${props.csrf}">
      <button class="main" id="consent-continue" data-testid="consent-continue">Continuer sur ${props.serviceName}</button>
    </form>
    ${backLink(props.serviceName, 'Y030030', 'Refuser et revenir')}`,
  );
}

/** An error of the journey. `serviceName` only while there is an interaction to go back from. */
export function errorPage(error: FcError, detail: string, serviceName: string | undefined): string {
  return write(
    'Une erreur est survenue',
    html`<p data-testid="error-message">${error.message}</p>
    <p>Code d’erreur\u00a0: <strong data-testid="error-code">${error.code}</strong></p>
    ${detail !== '' && html`<p>Précision du simulateur\u00a0:</p><pre data-testid="error-detail">${detail}</pre>`}
    ${serviceName !== undefined && backLink(serviceName, error.code)}`,
  );
}

/** An error that the library raised before any interaction. */
export function providerErrorPage(error: string, description: string): string {
  return write(
    'Une erreur est survenue',
    html`<p>La demande du service n’est pas valable.</p>
    <p>Code d’erreur\u00a0: <strong data-testid="error-code">${libraryErrorCode(error, description)}</strong></p>
    <pre data-testid="error-detail">${error}\u00a0: ${description}</pre>`,
  );
}

/** `form` is the logout form of oidc-provider; it is sent at once, by the button where there is no JavaScript. */
export function logoutPage(form: string): string {
  return write(
    'Déconnexion en cours',
    html`${trusted(form)}
    <p><button class="main" form="op.logoutForm" name="logout" value="yes" id="logout-continue">Continuer</button></p>
    <script>document.getElementById('logout-continue').click()</script>`,
  );
}

/** No service asked for this logout: the person confirms. */
export function askLogoutPage(csrf: string): string {
  return write(
    'Voulez-vous vous déconnecter de FranceConnect\u00a0?',
    html`<form method="post" action="${prefix}/client/disconnect-from-idp">
      <input type="hidden" name="csrfToken" value="${csrf}">
      <button class="main" id="logout-confirm">Me déconnecter</button>
    </form>`,
  );
}

export function loggedOutPage(): string {
  return write(
    'Vous êtes déconnecté',
    html`<p>Votre session FranceConnect est fermée. Vous pouvez fermer cet onglet.</p>`,
  );
}

export function homePage(): string {
  return write(
    'Simulateur de FranceConnect',
    html`<p>Ce programme imite FranceConnect pour la démonstration et les essais. Il ne connaît aucune personne réelle.</p>
    <p><a href="${prefix}/session/end">Fermer la session FranceConnect de ce navigateur</a></p>`,
  );
}
