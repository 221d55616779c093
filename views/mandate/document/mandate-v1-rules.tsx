import type { Snapshot } from '#consent';

const CHANNELS: Record<Snapshot['channels'][number], string> = {
  franceconnect: 'sur les sites où l’on entre avec FranceConnect',
  'other-sites': 'sur d’autres sites',
  telephone: 'par téléphone',
  email: 'par e-mail',
  mail: 'par courrier, sur papier',
};

export function Channels({ channels }: Pick<Snapshot, 'channels'>) {
  const [last, ...before] = channels.map((channel) => CHANNELS[channel]).toReversed();
  return (
    <section>
      <h3>De quelle façon</h3>
      <p>
        La structure peut agir {before.length > 0 && `${before.toReversed().join(', ')} et `}
        {last}. Chaque connexion avec FranceConnect est écrite dans un journal. Le site où va l’aidant est celui qu’il
        déclare. Le journal ne dit pas ce qui est fait sur le site, ni ce qui est fait autrement.
      </p>
    </section>
  );
}

/** What the person states, and what the aidant stated when accepting. */
export function Statements({ snapshot: { declarations, warnings } }: { snapshot: Snapshot }) {
  return (
    <section>
      <h3>Ce que je déclare</h3>
      <p>
        J’ai 18&nbsp;ans ou plus. Je ne suis ni sous tutelle, ni sous curatelle, ni sous sauvegarde de justice. J’ai lu
        les conditions à l’écran et dit oui en m’identifiant avec FranceConnect. Ce que la structure fait dans les
        limites de ce mandat compte comme si je l’avais fait moi-même.
        {warnings.includes('no-email') &&
          ' Je n’ai pas d’adresse e-mail\u00a0: tant que je n’en ai pas, FranceConnect refuse les connexions en mon nom.'}
      </p>
      <p>L’aidant déclare&nbsp;: «&nbsp;{declarations.join(' ')}&nbsp;»</p>
    </section>
  );
}

export function Duties() {
  return (
    <section>
      <h3>Ce que la structure et ses aidants me doivent</h3>
      <ul>
        <li>faire seulement les démarches que je demande, dans les thèmes écrits ici&nbsp;;</li>
        <li>m’expliquer ce qui va être fait, puis me dire ce qui a été fait&nbsp;;</li>
        <li>garder mes informations secrètes&nbsp;;</li>
        <li>ne jamais me demander ni noter mes mots de passe&nbsp;;</li>
        <li>m’aider gratuitement&nbsp;;</li>
        <li>ne confier ce mandat à personne d’autre.</li>
      </ul>
    </section>
  );
}

export function Ends({ snapshot: { organisation } }: { snapshot: Snapshot }) {
  return (
    <section>
      <h3>Comment ce mandat finit</h3>
      <p>Il finit au jour et à l’heure écrits plus haut, ou avant&nbsp;:</p>
      <ul>
        <li>
          quand je le veux, sans dire pourquoi, pour tout ou pour un seul thème&nbsp;: je le dis à la structure{' '}
          <span className="unbroken">({organisation.phone}),</span> ou j’utilise mon code d’arrêt. Je peux demander
          qu’on me rende l’autre exemplaire&nbsp;;
        </li>
        <li>quand la structure y renonce, en me prévenant&nbsp;;</li>
        <li>quand un nouveau mandat le remplace&nbsp;;</li>
        <li>à mon décès, ou si une tutelle, une curatelle ou une sauvegarde de justice est décidée pour moi.</li>
      </ul>
      <p>Ce qui a déjà été fait reste fait. Un site déjà ouvert peut le rester un moment.</p>
    </section>
  );
}

export function Data({ operator }: Pick<Snapshot, 'operator'>) {
  return (
    <section>
      <h3>Mes données</h3>
      <p>
        Elles sont gardées dans le service Entremise, tenu par {operator.name}, pour exécuter et prouver ce mandat
        (mission d’intérêt public, RGPD, article 6.1.e)&nbsp;: 3&nbsp;ans après sa fin, puis 3&nbsp;ans en archives. Je
        peux les lire, les faire corriger, m’opposer à leur usage ou le limiter&nbsp;: {operator.email},{' '}
        <span className="unbroken">{operator.phone}.</span> Je peux me plaindre à la Cnil (cnil.fr).
      </p>
    </section>
  );
}
