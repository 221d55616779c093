/** Categories of data, and where they come from. */
export function WhatIsKept() {
  return (
    <>
      <p>De la personne aidée (l’usager)&nbsp;:</p>
      <ul>
        <li>
          son identité, donnée par FranceConnect quand elle s’identifie&nbsp;: nom de naissance, nom d’usage, prénoms,
          sexe, date et lieu de naissance, adresse e-mail&nbsp;;
        </li>
        <li>ses mandats&nbsp;: structure, thèmes, dates, fin, signature sur papier ou non&nbsp;;</li>
        <li>
          la preuve de son accord&nbsp;: les termes affichés et la réponse signée de FranceConnect, chiffrées&nbsp;;
        </li>
        <li>les connexions faites en son nom&nbsp;: aidant, thème, heure, site déclaré.</li>
      </ul>
      <p>Sans cette identité, il n’y a pas de mandat possible&nbsp;: nous ne saurions pas qui l’a donné.</p>
      <p>De l’aidant&nbsp;: nom, adresse e-mail, structures, actions faites dans le service, traces d’accès.</p>
      <p>De l’auditeur&nbsp;: nom, adresse e-mail, départements, actions faites dans le service, traces d’accès.</p>
      <p>Nous ne recevons jamais les mots de passe, et nous ne voyons pas ce qui est fait sur les sites.</p>
    </>
  );
}

export function Recipients() {
  return (
    <>
      <ul>
        <li>les aidants de la structure à qui le mandat est donné&nbsp;;</li>
        <li>
          FranceConnect, et par lui le site de la démarche&nbsp;: l’identité de la personne, et le fait que la structure
          agit pour elle&nbsp;;
        </li>
        <li>les personnes chargées du service, chez l’exploitant, chacune pour sa tâche&nbsp;;</li>
        <li>
          les auditeurs du journal, sans nom ni adresse. L’un d’eux peut voir une identité pendant 7&nbsp;jours, avec un
          motif et l’accord d’un second, ou pour répondre à une réclamation de la personne. Chaque fois, c’est inscrit
          au journal&nbsp;;
        </li>
        <li>un juge ou une autorité, quand la loi l’impose.</li>
      </ul>
      <p>
        Les données ne servent à rien d’autre. Elles ne sont ni vendues, ni utilisées pour noter les aidants. Aucune
        décision n’est prise par une machine seule&nbsp;: des <a href="/regles-de-controle">règles de contrôle</a>{' '}
        signalent à un auditeur ce qui mérite d’être regardé, et c’est lui qui décide.
      </p>
    </>
  );
}
