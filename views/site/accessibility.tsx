import type { Frame } from '#platform/http/frame.ts';
import { Layout } from '../layout/layout.tsx';
import { Email, Phone } from '../layout/parts.tsx';

/** The declaration that law 2005-102 (art. 47) asks for, in the form of RGAA 4.1, with its real state. */
export function AccessibilityPage({ frame }: { frame: Frame }) {
  const { operator } = frame;
  return (
    <Layout frame={frame} title="Accessibilité">
      <h1>Déclaration d’accessibilité</h1>
      <p>
        {operator.name} s’engage à rendre ce service accessible, selon l’article&nbsp;47 de la loi n°&nbsp;2005-102 du
        11&nbsp;février 2005. Cette déclaration vaut pour le site Entremise.
      </p>

      <h2>État de conformité</h2>
      <p>
        Entremise est <strong>non conforme</strong> avec le référentiel général d’amélioration de l’accessibilité
        (RGAA), version&nbsp;4.1. Aucun audit n’a encore été fait par une personne extérieure. Sans audit, la loi ne
        permet pas de dire autre chose.
      </p>

      <h2>Ce que nous vérifions nous-mêmes</h2>
      <ul>
        <li>Chaque page est construite pour marcher sans script, au clavier seul, et agrandie deux fois.</li>
        <li>Les pages sont passées par un outil automatique (axe-core), sur grand écran et sur petit écran.</li>
        <li>
          Le service suit les couleurs sombres, les contrastes forcés et les animations réduites de votre appareil.
        </li>
      </ul>
      <p>Un outil automatique ne voit qu’une partie des défauts.</p>

      <h2>Ce que nous n’avons pas encore vérifié</h2>
      <ul>
        <li>Aucun essai n’a été fait avec des personnes handicapées.</li>
        <li>Aucun essai complet n’a été fait avec un lecteur d’écran (NVDA, JAWS, VoiceOver).</li>
        <li>Les textes «&nbsp;en français simplifié&nbsp;» n’ont pas été essayés par les personnes concernées.</li>
        <li>FranceConnect et les sites des démarches ne dépendent pas de nous.</li>
      </ul>

      <h2>Établissement de cette déclaration</h2>
      <p>
        Déclaration établie le 22&nbsp;novembre 2026. Technologies&nbsp;: HTML, CSS, SVG&nbsp;; JavaScript pour le seul
        confort. Outils&nbsp;: axe-core, navigateur Chromium.
      </p>

      <h2>Dire un problème</h2>
      <p>
        Si une page vous empêche d’avancer, dites-le-nous&nbsp;: nous vous répondons et cherchons un autre moyen avec
        vous.
      </p>
      <ul>
        <li>
          E-mail&nbsp;: <Email address={operator.email} />
        </li>
        <li>
          Téléphone&nbsp;: <Phone number={operator.phone} />
        </li>
        <li>
          Courrier&nbsp;: {operator.name}, {operator.address}
        </li>
      </ul>

      <h2>Voies de recours</h2>
      <p>
        Si vous nous avez signalé un défaut qui vous empêche d’accéder au service, et que notre réponse ne vous convient
        pas, vous pouvez saisir le Défenseur des droits&nbsp;:
      </p>
      <ul>
        <li>
          par <a href="https://formulaire.defenseurdesdroits.fr/">son formulaire en ligne</a>&nbsp;;
        </li>
        <li>par téléphone, au 09&nbsp;69&nbsp;39&nbsp;00&nbsp;00&nbsp;;</li>
        <li>
          par <a href="https://www.defenseurdesdroits.fr/carte-des-delegues">un délégué près de chez vous</a>&nbsp;;
        </li>
        <li>
          par courrier gratuit, sans timbre&nbsp;: Défenseur des droits, Libre réponse&nbsp;71120, 75342&nbsp;Paris
          CEDEX&nbsp;07.
        </li>
      </ul>
    </Layout>
  );
}
