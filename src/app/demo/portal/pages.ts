import { type Html, html, page } from '../web/html.ts';
import type { Connection } from './franceconnect-client.ts';

const labels: Record<string, string> = {
  sub: 'Identifiant technique (sub)',
  given_name: 'Prénoms',
  given_name_array: 'Prénoms, un par un',
  family_name: 'Nom de naissance',
  preferred_username: 'Nom d’usage',
  birthdate: 'Date de naissance',
  gender: 'Sexe',
  birthplace: 'Lieu de naissance (code)',
  birthcountry: 'Pays de naissance (code)',
  email: 'Adresse e-mail',
  idp_id: 'Fournisseur d’identité',
  idp_birthdate: 'Date de naissance d’origine',
};

const protocolClaims = new Set(['iss', 'aud', 'exp', 'iat']);

export interface PortalHome {
  readonly name: string;
  readonly perimeters: readonly string[];
  readonly connection: Connection | undefined;
  readonly loggedOut: boolean;
}

export function portalHome(props: PortalHome): string {
  const body = props.connection ? connectedBody(props.connection) : visitorBody(props);
  return page({ site: props.name, title: props.connection ? 'Mon espace' : 'Bienvenue', body });
}

function visitorBody({ perimeters, loggedOut }: PortalHome): Html {
  return html`${loggedOut && html`<p role="status" id="logged-out">Vous êtes déconnecté de ce site et de FranceConnect.</p>`}
  <p>Ce site imite celui d’une administration. Il n’enregistre rien.</p>
  <p><a class="button main" id="connexion" href="/connexion">S’identifier avec FranceConnect</a></p>
  <h2>Connexion avec un mandat</h2>
  ${
    perimeters.length === 0
      ? html`<p>Ce site n’a pas déclaré de périmètre à FranceConnect\u00a0: tous les mandats sont acceptés.</p>`
      : html`<p>Ce site accepte les mandats qui portent sur\u00a0:</p>
        <ul id="perimeters">${perimeters.map((label) => html`<li>${label}</li>`)}</ul>`
  }`;
}

function connectedBody({ claims }: Connection): Html {
  const shown = Object.entries(claims).filter(([claim]) => !protocolClaims.has(claim));
  const name = [claims.given_name, claims.family_name].filter((part) => typeof part === 'string').join(' ');
  return html`<p>Vous êtes identifié\u00a0: <strong id="person">${name}</strong></p>
  <h2>Identité reçue de FranceConnect</h2>
  <dl id="identity">${shown.map(
    ([claim, value]) => html`<dt>${labels[claim] ?? claim}</dt><dd id="claim-${claim}">${display(value)}</dd>`,
  )}</dl>
  <form method="post" action="/deconnexion"><button class="main" id="deconnexion">Se déconnecter</button></form>`;
}

function display(value: unknown): string {
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const problems = {
  refused: 'Vous n’avez pas terminé l’identification avec FranceConnect. Vous pouvez recommencer.',
  expired: 'Cette page n’est plus valable. Recommencez depuis l’accueil.',
  invalid: 'La réponse de FranceConnect n’est pas valable. Vous n’êtes pas identifié.',
  unavailable: 'FranceConnect ne répond pas. Recommencez plus tard.',
} as const;

/** `detail` is for whoever runs the demonstration; it may come from outside, and is escaped. */
export function problemPage(name: string, reason: keyof typeof problems, detail = ''): string {
  return page({
    site: name,
    title: 'Vous n’êtes pas identifié',
    body: html`<p id="problem">${problems[reason]}</p>
    ${detail !== '' && html`<pre id="detail">${detail}</pre>`}
    <p><a href="/">Revenir à l’accueil</a></p>`,
  });
}
