/** For the person helped: what a mandate is, how to stop it, whom to call. */
export function HelpForUsager() {
  return (
    <section aria-labelledby="usager">
      <h2 id="usager">Un aidant agit en ligne pour vous</h2>

      <h3>Qu’est-ce qu’un mandat&nbsp;?</h3>
      <p>
        C’est un contrat gratuit. Vous y autorisez une structure (une mairie, un centre social, une association…) à
        faire des démarches en ligne en votre nom. Il dit pour quels thèmes et jusqu’à quel jour et quelle heure.
      </p>
      <p>Les aidants de cette structure peuvent s’en servir. Personne d’autre.</p>

      <h3>Comment arrêter un mandat&nbsp;?</h3>
      <p>À tout moment, sans donner de raison, et c’est gratuit. Choisissez&nbsp;:</p>
      <ul>
        <li>
          sur ce site&nbsp;: <a href="/revoquer">Arrêter un mandat</a>. Il faut le numéro du mandat et le code d’arrêt,
          écrits sur votre exemplaire. Il s’arrête aussitôt&nbsp;;
        </li>
        <li>
          auprès de la structure&nbsp;: dites-le à un aidant, au guichet ou au téléphone. Le numéro est sur votre
          exemplaire&nbsp;;
        </li>
        <li>auprès de nous&nbsp;: par téléphone ou par e-mail, en haut de cette page.</li>
      </ul>
      <p>Vous pouvez aussi arrêter un seul thème, et demander à la structure de vous rendre son exemplaire.</p>

      <h3>Comment savoir si un mandat est vrai&nbsp;?</h3>
      <p>
        Allez sur <a href="/verifier">Vérifier un mandat</a> et tapez son numéro, ou visez le code carré (QR) avec un
        téléphone. La page dit si le mandat est vrai et s’il est en cours. Elle ne dit pas votre nom.
      </p>

      <h3>Qu’est-ce qui est inscrit dans le journal&nbsp;?</h3>
      <p>
        Quand le mandat commence, quand il finit, et chaque connexion faite en votre nom&nbsp;: quel aidant, pour quel
        thème, quel jour, à quelle heure. Le site où il va est celui que l’aidant déclare. Nous ne voyons pas ce qu’il y
        fait.
      </p>

      <h3>Ce qu’un aidant ne vous demande jamais</h3>
      <ul>
        <li>Votre mot de passe ou le code de votre carte bancaire.</li>
        <li>De l’argent&nbsp;: l’aide est gratuite.</li>
        <li>D’autoriser plus que ce dont vous avez besoin.</li>
      </ul>

      <h3>Qui appeler si quelque chose ne va pas&nbsp;?</h3>
      <p>
        La structure qui vous aide, ou nous. Si une personne vous force ou vous fait peur, appelez le&nbsp;3977 (aide
        aux personnes âgées et aux adultes handicapés maltraités). En danger&nbsp;: le&nbsp;17 ou le&nbsp;112.
      </p>
    </section>
  );
}
