/** For the professional: the whole way, and what to do when it stops. */
export function HelpForAidant() {
  return (
    <section aria-labelledby="aidant">
      <h2 id="aidant">Vous êtes aidant</h2>

      <h3>Vous connecter</h3>
      <ol>
        <li>Tapez votre adresse e-mail et le code à 6&nbsp;chiffres de votre application de codes.</li>
        <li>
          Ouvrez le message reçu par e-mail. Cliquez sur le lien, ou tapez son code à 8&nbsp;chiffres dans la page qui
          attend.
        </li>
      </ol>
      <p>
        Le lien et le code à 8&nbsp;chiffres servent une fois, pendant 5&nbsp;minutes. Un code à 6&nbsp;chiffres sert
        une fois.
      </p>

      <h3>Faire un mandat</h3>
      <ol>
        <li>Vous&nbsp;: lisez le texte à voix haute, choisissez les thèmes et la durée avec la personne.</li>
        <li>La personne&nbsp;: elle lit ce qu’elle autorise, puis s’identifie elle-même avec FranceConnect.</li>
        <li>Vous&nbsp;: comparez avec la personne présente, puis acceptez et enregistrez avec un code.</li>
        <li>Imprimez deux exemplaires, faites-les signer, remettez-en un. Notez que c’est fait.</li>
      </ol>
      <p>
        Ne faites pas de mandat avec une personne mineure, ni sous tutelle, curatelle ou sauvegarde de justice. Ne tapez
        jamais le mot de passe FranceConnect de la personne à sa place.
      </p>

      <h3>FranceConnect ne marche pas</h3>
      <p>
        Attendez un peu et réessayez&nbsp;: ce que vous avez préparé est gardé 2&nbsp;heures. Si la personne n’a pas de
        compte, ou si son nom est refusé, la page vous donne une feuille à imprimer avec la marche à suivre.
      </p>

      <h3>Vous connecter au nom de la personne</h3>
      <ol>
        <li>Sur le site de la démarche, choisissez FranceConnect, puis Entremise.</li>
        <li>Choisissez la personne, puis le thème, et dites sur quel site vous allez.</li>
        <li>Faites la démarche pour laquelle elle vous a donné mandat, et rien d’autre.</li>
        <li>
          Appuyez sur «&nbsp;Terminer&nbsp;» avant de passer à une autre personne&nbsp;: FranceConnect reste ouvert
          30&nbsp;minutes dans votre navigateur.
        </li>
      </ol>

      <h3>Un code est demandé à nouveau</h3>
      <p>
        Après 15&nbsp;minutes sans action de votre part, un code vous est demandé. Rien de ce que vous avez tapé n’est
        perdu&nbsp;: la page revient remplie, et vous appuyez à nouveau.
      </p>

      <h3>Arrêter un mandat</h3>
      <p>
        Ouvrez la page de l’usager depuis «&nbsp;Mes mandats&nbsp;». Dites qui le demande&nbsp;: la personne, ou votre
        structure qui renonce. Quand une personne le demande, faites-le aussitôt.
      </p>

      <h3>Le journal et les règles de contrôle</h3>
      <p>
        Ce que vous faites est inscrit dans un journal. Des règles y cherchent ce qui mérite d’être regardé, et un
        auditeur décide&nbsp;: personne n’est classé. <a href="/regles-de-controle">Lire toutes les règles</a>.
      </p>

      <h3>Téléphone perdu, code refusé, doute sur une connexion</h3>
      <p>
        Appelez-nous tout de suite, par le numéro en haut de cette page, et prévenez le référent de votre structure. Si
        une page d’erreur montre une référence, donnez-la&nbsp;: elle nous fait gagner du temps.
      </p>
    </section>
  );
}
