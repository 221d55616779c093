import type { Frame } from '#platform/http/frame.ts';
import { Layout } from '../layout/layout.tsx';

export function LoggedOut({ frame }: { frame: Frame }) {
  return (
    <Layout frame={frame} title="La connexion est terminée">
      <h1>La connexion est terminée</h1>
      <p>Vous pouvez fermer cet onglet, ou revenir à Entremise.</p>
      <p>
        <a className="fr-btn" href="/mandats">
          Mes mandats
        </a>
      </p>
    </Layout>
  );
}
