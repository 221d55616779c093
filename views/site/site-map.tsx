import type { Frame } from '#platform/http/frame.ts';
import { Layout } from '../layout/layout.tsx';

const PARTS = [
  {
    title: 'Pour tous',
    links: [
      { href: '/', label: 'Accueil' },
      { href: '/verifier', label: 'Vérifier un mandat' },
      { href: '/revoquer', label: 'Arrêter un mandat' },
      { href: '/aide', label: 'Aide' },
    ],
  },
  {
    title: 'Pour les aidants',
    links: [
      { href: '/connexion', label: 'Se connecter' },
      { href: '/mandats', label: 'Mes mandats' },
      { href: '/mandats/nouveau', label: 'Nouveau mandat' },
      { href: '/structure', label: 'Changer de structure' },
      { href: '/conditions', label: 'Conditions d’utilisation' },
      { href: '/regles-de-controle', label: 'Règles de contrôle' },
    ],
  },
  {
    title: 'Pour les auditeurs',
    links: [{ href: '/auditeur/connexion', label: 'Espace auditeur' }],
  },
  {
    title: 'Sur ce site',
    links: [
      { href: '/accessibilite', label: 'Accessibilité\u00a0: non conforme' },
      { href: '/mentions-legales', label: 'Mentions légales' },
      { href: '/donnees-personnelles', label: 'Données personnelles' },
      { href: '/plan-du-site', label: 'Plan du site' },
    ],
  },
];

export function SiteMapPage({ frame }: { frame: Frame }) {
  return (
    <Layout frame={frame} title="Plan du site">
      <h1>Plan du site</h1>
      {PARTS.map(({ title, links }) => (
        <section key={title}>
          <h2>{title}</h2>
          <ul>
            {links.map(({ href, label }) => (
              <li key={href}>
                <a href={href}>{label}</a>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </Layout>
  );
}
