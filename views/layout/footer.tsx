import type { Frame } from '#platform/http/frame.ts';
import { Email, Phone } from './parts.tsx';

const LINKS = [
  { href: '/accessibilite', label: 'Accessibilité\u00a0: non conforme' },
  { href: '/mentions-legales', label: 'Mentions légales' },
  { href: '/donnees-personnelles', label: 'Données personnelles' },
  { href: '/plan-du-site', label: 'Plan du site' },
  { href: '/aide', label: 'Aide' },
  { href: '/auditeur/connexion', label: 'Espace auditeur' },
];

export function Footer({ frame: { operator, person } }: { frame: Frame }) {
  return (
    <footer id="pied" className="site-footer" tabIndex={-1}>
      <div className="frame">
        <ul>
          {LINKS.map(({ href, label }) => (
            <li key={href}>
              <a href={href}>{label}</a>
            </li>
          ))}
        </ul>
        <p>
          Service tenu par {operator.name}. Besoin d’aide&nbsp;? <Email address={operator.email} /> ou{' '}
          <Phone number={operator.phone} />.
        </p>
        {person && (
          <p>
            Après 15&nbsp;minutes sans action de votre part, un code vous est demandé. Rien de ce que vous avez tapé
            n’est perdu.
          </p>
        )}
      </div>
    </footer>
  );
}
