import type { Frame } from '#platform/http/frame.ts';
import { Layout } from '../../layout/layout.tsx';

/** What came back from FranceConnect belongs to no preparation of this session. Says nothing of whose it could be. */
export function ReturnUnknown({ frame }: { frame: Frame }) {
  return (
    <Layout frame={frame} title="Retour de FranceConnect">
      <h1>Il n’y a rien à continuer ici</h1>
      <p>
        Vous revenez de FranceConnect, mais cette page ne correspond à aucun mandat en préparation dans cette fenêtre.
        Rien n’a été enregistré.
      </p>
      <p>
        Cela arrive quand une page est ouverte deux fois, quand la préparation a été changée ou abandonnée entre-temps,
        ou quand l’identification a commencé sur un autre ordinateur.
      </p>
      <div className="actions">
        <a className="fr-btn" href="/mandats/nouveau">
          Reprendre une préparation
        </a>
        <a href="/mandats">Mes mandats</a>
      </div>
    </Layout>
  );
}
