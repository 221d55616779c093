/**
 * The terms of use for aidants. A change of meaning takes a new TERMS_VERSION (src/identity/terms.rules.ts): every aidant is
 * then asked to accept again before acting.
 */
export function TermsText({ operator }: { operator: { name: string; email: string; phone: string } }) {
  return (
    <>
      <h2>1. À quoi sert Entremise</h2>
      <p>
        Entremise permet à un aidant professionnel de se connecter à des sites publics au nom d’une personne, l’usager,
        qui ne peut pas faire seule ses démarches en ligne. L’usager donne pour cela un mandat à la structure de
        l’aidant (articles 1984 et suivants du code civil). Le service est tenu par {operator.name}. Il est gratuit pour
        l’usager.
      </p>
      <h2>2. Qui peut être aidant</h2>
      <p>Vous êtes salarié ou agent de votre structure, qui vous a inscrit et qui répond de vous.</p>
      <p>Ne peuvent pas être aidants dans Entremise&nbsp;:</p>
      <ul>
        <li>les bénévoles, les volontaires du service civique et les stagiaires&nbsp;;</li>
        <li>les élus&nbsp;;</li>
        <li>les mandataires judiciaires à la protection des majeurs&nbsp;;</li>
        <li>les personnes qui travaillent pour une structure qui fait payer cette aide.</li>
      </ul>
      <p>Si vous changez de poste ou quittez la structure, vous le dites avant de partir. Votre compte est fermé.</p>
      <h2>3. Ce que vous faites avec l’usager</h2>
      <ul>
        <li>
          Vous essayez d’abord de faire la démarche avec la personne. Le mandat est pour quand cela ne se peut pas.
        </li>
        <li>
          Vous expliquez le mandat à voix haute, sans presser. La personne est libre de dire non, de choisir moins de
          thèmes ou une durée plus courte.
        </li>
        <li>
          Vous vérifiez que la personne en face de vous est celle que FranceConnect a identifiée, qu’elle est majeure,
          et qu’elle dit n’être ni sous tutelle, ni sous curatelle, ni sous sauvegarde de justice.
        </li>
        <li>Vous lui remettez un exemplaire du mandat, avec le code qui permet de l’arrêter.</li>
        <li>Si elle demande d’arrêter, vous mettez fin au mandat tout de suite, sans demander pourquoi.</li>
      </ul>
      <h2>4. Ce que vous faites en son nom</h2>
      <ul>
        <li>
          Vous agissez seulement dans son intérêt, pour ce qu’elle vous a demandé, dans les thèmes et jusqu’à la date du
          mandat. Vous lui rendez compte de ce que vous avez fait (articles 1991 et 1993 du code civil).
        </li>
        <li>Vous choisissez le thème qui correspond à la démarche et vous déclarez le vrai site où vous allez.</li>
        <li>
          Quand vous avez fini avec une personne, vous appuyez sur «&nbsp;Terminer&nbsp;» et vous fermez les sites
          ouverts pour elle, avant d’en aider une autre.
        </li>
        <li>
          Pour un dossier de surendettement, vous pouvez saisir le dossier, mais la déclaration doit être signée par la
          personne elle-même.
        </li>
      </ul>
      <h2>5. Mots de passe et papiers</h2>
      <ul>
        <li>
          <strong>Vous ne demandez, ne notez et ne gardez jamais le mot de passe d’un usager</strong>, ni sur papier, ni
          dans un fichier, ni dans le navigateur. Au moment de FranceConnect, c’est la personne qui tape.
        </li>
        <li>Vous ne mettez jamais votre adresse e-mail ou votre téléphone à la place des siens.</li>
        <li>Vous gardez les papiers sous clé, et seulement ceux qui servent. Ce que vous apprenez reste secret.</li>
      </ul>
      <h2>6. Votre compte</h2>
      <ul>
        <li>Votre compte et votre application de codes sont à vous seul. Vous ne prêtez ni l’un ni l’autre.</li>
        <li>Votre code vaut signature&nbsp;: vous ne le tapez que pour ce que vous avez lu.</li>
        <li>Vous verrouillez votre ordinateur dès que vous vous éloignez, et vous vous déconnectez le soir.</li>
        <li>
          Téléphone perdu, code donné par erreur, connexion que vous ne reconnaissez pas&nbsp;: vous prévenez tout de
          suite le référent de votre structure et {operator.name} (<span className="unbroken">{operator.phone}</span>,{' '}
          {operator.email}).
        </li>
      </ul>
      <h2>7. Le journal et les alertes</h2>
      <p>
        Ce que vous faites ici est inscrit dans un journal que personne ne peut modifier ni effacer&nbsp;: mandats
        conclus et terminés, connexions au nom d’un usager, connexions à votre compte, et aussi les fiches que vous avez
        lues. Des auditeurs le vérifient, et l’usager peut demander ce qui le concerne.
      </p>
      <p>
        Des règles de contrôle lisent ce journal. Elles cherchent&nbsp;: des mandats conclus l’un sur l’autre en
        quelques minutes, un mandat sans preuve de l’accord de la personne, une connexion après la fin d’un mandat ou
        hors de ses thèmes, une anomalie du journal lui-même. D’autres règles existent et restent éteintes&nbsp;: celles
        qui regardent les horaires, le volume ou les réseaux ne peuvent servir qu’après une étude d’impact.{' '}
        <a href="/regles-de-controle">Toutes les règles, en service ou non</a>, se lisent à tout moment.
      </p>
      <p>
        Une alerte n’est pas une accusation&nbsp;: un auditeur la lit et décide, jamais une machine, et vous êtes
        entendu avant toute suite. Personne n’est classé ni noté, et ces règles ne mesurent pas votre travail. Vous
        pouvez demander ce qui est gardé sur vous.
      </p>
      <h2>8. Si ces règles ne sont pas respectées</h2>
      <p>
        Votre compte peut être fermé tout de suite, et votre structure prévenue. Agir sans mandat, au-delà du mandat ou
        dans votre propre intérêt peut être puni par la loi (notamment les articles 226-4-1, 313-1 et 323-1 du code
        pénal).
      </p>
    </>
  );
}
