import { Button } from '@codegouvfr/react-dsfr/Button';
import type { Frame, PersonFrame } from '#platform/http/frame.ts';
import { doorOf } from './door.ts';

/** The DSFR's own header folds its links into a menu that only its script opens: this one never folds. */
export function Header({ frame }: { frame: Frame }) {
  return (
    <header className="site-header">
      <div className="frame site-header__bar">
        <div className="site-header__brand">
          {frame.operator.stateBrand && (
            <p className="fr-logo">
              République
              <br />
              Française
            </p>
          )}
          <a className="site-header__service" href="/">
            <Mark />
            <span>
              <span className="site-header__name">Entremise</span>
              <span className="site-header__tagline">Agir en ligne au nom d’une personne, avec son mandat</span>
            </span>
          </a>
        </div>
        {frame.person && <Tools frame={frame} person={frame.person} />}
      </div>
      <div className="frame">
        <Navigation path={frame.path} links={linksOf(frame)} />
      </div>
    </header>
  );
}

function Tools({ frame, person }: { frame: Frame; person: PersonFrame }) {
  return (
    <div className="site-header__tools">
      <p className="site-header__person">
        <strong>{person.structure}</strong>
        {person.name}
        {person.scope && <span className="site-header__scope">{person.scope}</span>}
      </p>
      {person.canSwitch && (
        <a className="fr-link fr-link--sm" href="/structure">
          Changer de structure
        </a>
      )}
      <form method="post" action={`${doorOf(frame).root}/deconnexion`}>
        <input type="hidden" name="_csrf" value={frame.csrfToken} />
        <Button type="submit" size="small" priority="secondary">
          Se déconnecter
        </Button>
      </form>
    </div>
  );
}

/** `pages`: other addresses that belong to the same place in the menu. */
type NavLink = { href: string; label: string; pages?: string };

const AIDANT_LINKS: readonly NavLink[] = [
  { href: '/mandats', label: 'Mes mandats' },
  { href: '/mandats/nouveau', label: 'Nouveau mandat', pages: '/mandats/preparation/' },
  { href: '/aide', label: 'Aide' },
];
/** Before login, the auditor's door shows the way in and the way out. */
const AUDITOR_DOOR_LINKS: readonly NavLink[] = [
  { href: '/', label: 'Accueil' },
  { href: '/auditeur/connexion', label: 'Espace auditeur' },
  { href: '/aide', label: 'Aide' },
];
const AUDITOR_LINKS: readonly NavLink[] = [
  { href: '/auditeur/recherche', label: 'Rechercher' },
  { href: '/auditeur/dossiers', label: 'Dossiers de contrôle' },
  { href: '/auditeur/alertes', label: 'Alertes' },
  { href: '/auditeur/tirages', label: 'Tirages' },
  { href: '/auditeur/identites', label: 'Identités' },
];
const PUBLIC_LINKS: readonly NavLink[] = [
  { href: '/', label: 'Accueil' },
  { href: '/connexion', label: 'Se connecter' },
  { href: '/verifier', label: 'Vérifier un mandat' },
  { href: '/revoquer', label: 'Arrêter un mandat' },
  { href: '/aide', label: 'Aide' },
];

function linksOf({ door, person }: Frame): readonly NavLink[] {
  if (door === 'auditeur') return person ? AUDITOR_LINKS : AUDITOR_DOOR_LINKS;
  return person ? AIDANT_LINKS : PUBLIC_LINKS;
}

function Navigation({ path, links }: { path: string; links: readonly NavLink[] }) {
  const section = links
    .filter(({ href, pages = `${href}/` }) => path === href || (href !== '/' && path.startsWith(pages)))
    .reduce((longest, { href }) => (href.length > longest.length ? href : longest), '');
  return (
    <nav id="menu" className="site-nav" aria-label="Menu principal" tabIndex={-1}>
      <ul>
        {links.map(({ href, label }) => (
          <li key={href}>
            <a href={href} aria-current={href === path ? 'page' : href === section ? 'true' : undefined}>
              {label}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** Two people, and the one between them. */
function Mark() {
  return (
    <svg className="site-header__mark" viewBox="0 0 44 44" aria-hidden="true" focusable="false">
      <rect width="44" height="44" rx="10" fill="#173f5f" />
      <path d="M8 27a14 14 0 0 1 28 0" fill="none" stroke="#f2ebe1" strokeWidth="4" strokeLinecap="round" />
      <circle cx="9" cy="31" r="5" fill="#f2ebe1" />
      <circle cx="35" cy="31" r="5" fill="#f2ebe1" />
      <circle cx="22" cy="13" r="6" fill="#e58a62" />
    </svg>
  );
}
