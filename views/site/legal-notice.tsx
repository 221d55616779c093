import type { Frame } from '#platform/http/frame.ts';
import { Layout } from '../layout/layout.tsx';
import { Email, Phone } from '../layout/parts.tsx';

export function LegalNoticePage({ frame }: { frame: Frame }) {
  const { operator } = frame;
  return (
    <Layout frame={frame} title="Mentions légales">
      <h1>Mentions légales</h1>

      <h2>Éditeur</h2>
      <p>
        {operator.name}
        <br />
        {operator.address}
      </p>
      <p>
        Téléphone&nbsp;: <Phone number={operator.phone} />
        <br />
        E-mail&nbsp;: <Email address={operator.email} />
      </p>

      <h2>Directeur de la publication</h2>
      <p>{operator.publicationDirector}</p>

      <h2>Hébergement</h2>
      <p>{operator.hosting}</p>

      <h2>Logiciel</h2>
      <p>
        Entremise est un logiciel libre, sous licence MIT. Les pages reprennent des éléments du système de design de
        l’État
        {operator.stateBrand
          ? '.'
          : ', sans sa marque ni sa police de caractères\u00a0: ce site n’est pas un site de l’État.'}
      </p>

      <h2>Sécurité</h2>
      <p>
        Si vous trouvez une faille, écrivez-nous avant d’en parler ailleurs. Nous vous répondons et nous la corrigeons.
      </p>

      <h2>Autres pages</h2>
      <ul>
        <li>
          <a href="/accessibilite">Accessibilité&nbsp;: non conforme</a>
        </li>
        <li>
          <a href="/donnees-personnelles">Données personnelles</a>
        </li>
      </ul>
    </Layout>
  );
}
