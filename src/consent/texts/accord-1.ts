import type { ConsentSection, ConsentText } from '../consent-text.schema.ts';

export type ThemeWords = { key: string; title: string; description: string; serviceExamples: readonly string[] };

/** What the text names. Dates and durations come in words, the latest end with day and hour. */
export type AccordFacts = {
  structure: { name: string; city: string; phone: string };
  aidantName: string;
  themes: readonly ThemeWords[];
  durationWords: string;
  latestEnd: string;
  /** Where to stop by web, as people type it: « entremise.example/revoquer ». */
  stopAddress: string;
  operator: { name: string; email: string; phone: string };
};

/**
 * Version 1 of what the person agrees to, in the first person, one fact per sentence. Sources: C. civ. 1984 (acceptance),
 * 1986 (free of charge), 1993 (account rendered), 1998 (the person is bound), 2004 (stopped at will); RGPD 13; R. 721-2 and
 * R. 761-1 C. conso. (over-indebtedness). What it says of connections is all that FranceConnect lets us know.
 */
export function accord1(facts: AccordFacts): ConsentText {
  const { structure } = facts;
  return {
    version: 'accord-1',
    title: 'Mon accord',
    intro: [
      'Je prends le temps de lire cette page. On peut me la lire à voix haute.',
      'Je peux poser toutes mes questions avant de répondre.',
      'Si je dis oui, cet accord s’appelle un mandat.',
    ],
    sections: [
      whoMayAct(facts),
      whichThemes(facts),
      untilWhen(facts),
      whatISay(),
      whatTheyPromise(),
      howToStop(facts),
      whatIsWritten(facts),
      myAnswer(facts),
    ],
    yes: `Oui, j’autorise la structure ${structure.name}\u00a0: m’identifier\u00a0avec FranceConnect`,
    no: 'Non, je n’autorise pas',
  };
}

function whoMayAct({ structure, aidantName }: AccordFacts): ConsentSection {
  return {
    title: 'Qui peut agir à ma place',
    sentences: [
      `J’autorise la structure ${structure.name} (${structure.city}) à faire des démarches à ma place et en mon nom.`,
      `Aujourd’hui, c’est ${aidantName} qui m’aide. Un autre jour, un autre aidant de la même structure peut m’aider aussi.`,
      'Personne d’autre ne peut utiliser cet accord.',
    ],
    items: [],
    after: [],
  };
}

function whichThemes({ themes }: AccordFacts): ConsentSection {
  const debts = themes.some(({ key }) => key === 'argent');
  return {
    title: 'Pour quelles démarches',
    sentences: ['J’autorise la structure à agir seulement pour\u00a0:'],
    items: themes.map(({ title, description, serviceExamples }) => ({
      label: title,
      text: `${description} Par exemple avec\u00a0: ${serviceExamples.join(', ')}.`,
    })),
    after: [
      'Pour tout le reste, cet accord n’autorise rien.',
      'La structure peut faire ces démarches sur Internet, par téléphone, par e-mail ou par courrier.',
      ...(debts
        ? [
            'Attention au dossier de surendettement\u00a0: on peut m’aider à le remplir, mais je dois signer ma déclaration moi-même. Sinon, elle est refusée.',
          ]
        : []),
    ],
  };
}

function untilWhen({ durationWords, latestEnd, aidantName }: AccordFacts): ConsentSection {
  return {
    title: 'Jusqu’à quand',
    sentences: [
      `J’autorise la structure pendant ${durationWords}.`,
      `Ce temps commence quand ${aidantName} accepte à son tour, juste après moi.`,
      `L’autorisation s’arrête toute seule, au plus tard le ${latestEnd}. L’heure exacte sera écrite sur mon papier.`,
      'Si j’ai déjà donné un accord à cette structure pour les mêmes sujets, celui-ci le remplace.',
    ],
    items: [],
    after: [],
  };
}

function whatISay(): ConsentSection {
  return {
    title: 'Ce que je déclare',
    sentences: [
      'J’ai 18\u00a0ans ou plus.',
      'Je ne suis sous aucune mesure de protection\u00a0: ni tutelle, ni curatelle, ni sauvegarde de justice.',
      'Les informations que je donne sont vraies.',
      'Ce que la structure fait en mon nom, dans les limites de cet accord, compte comme si je l’avais fait moi-même.',
    ],
    items: [],
    after: [],
  };
}

function whatTheyPromise(): ConsentSection {
  return {
    title: 'Ce que la structure me promet',
    sentences: [
      'Elle fait seulement les démarches que je lui demande.',
      'Elle m’explique ce qu’elle va faire. Ensuite, elle me dit ce qu’elle a fait.',
      'Elle garde mes informations secrètes.',
      'Elle ne me demande jamais mes mots de passe.',
      'Elle m’aide gratuitement. Personne ne me demande d’argent.',
    ],
    items: [],
    after: [],
  };
}

function howToStop({ stopAddress, structure }: AccordFacts): ConsentSection {
  return {
    title: 'Comment arrêter',
    sentences: ['Je peux tout arrêter quand je veux, sans dire pourquoi. C’est gratuit. Je choisis\u00a0:'],
    items: [
      {
        label: 'Sur Internet',
        text: `Je vais sur ${stopAddress}. Je tape le numéro et le code d’arrêt écrits sur mon papier.`,
      },
      { label: 'Par téléphone', text: `J’appelle la structure au ${unbroken(structure.phone)}.` },
      {
        label: 'À un guichet',
        text: 'Je le dis à la structure. Ou je montre mon papier dans un autre lieu d’accueil, par exemple une mairie\u00a0: on peut m’aider à arrêter sur Internet.',
      },
    ],
    after: [
      'Une fois l’arrêt enregistré, la structure ne peut plus se connecter en mon nom avec cet accord.',
      'Si un site est déjà ouvert à ce moment-là, il peut rester ouvert un moment.',
      'Les démarches déjà faites restent faites.',
    ],
  };
}

function whatIsWritten({ operator }: AccordFacts): ConsentSection {
  return {
    title: 'Ce qui est noté sur moi',
    sentences: [
      `La structure utilise un service qui s’appelle Entremise. Il est géré par\u00a0: ${operator.name}.`,
      'FranceConnect donne à Entremise mes noms, mon sexe, ma date et mon lieu de naissance, et mon adresse e-mail.',
      'Entremise note cet accord, puis chaque connexion faite en mon nom avec FranceConnect\u00a0: le jour, l’heure, le thème et qui l’a faite.',
      'La structure dit sur quel site elle va. Entremise ne peut pas le vérifier.',
      'Entremise ne voit pas ce qui est fait sur le site, ni ce qui est fait par téléphone ou par courrier.',
      'Mon dossier est gardé 3\u00a0ans après la fin du mandat, puis 3\u00a0ans dans des archives. Il sert de preuve en cas de problème.',
      `Je peux demander à lire ce qui est noté sur moi et à corriger une erreur. J’écris à ${operator.email} ou j’appelle le ${unbroken(operator.phone)}.`,
    ],
    items: [],
    after: [],
  };
}

function myAnswer({ aidantName }: AccordFacts): ConsentSection {
  return {
    title: 'Ma réponse',
    sentences: [
      'Pour dire oui, je m’identifie avec FranceConnect. Cela prouve que c’est bien moi.',
      'Je tape mon mot de passe moi-même. Je ne le dis à personne.',
      `Rien ne commence avant que ${aidantName} accepte à son tour.`,
      'Je peux dire non. Je n’ai pas à dire pourquoi.',
    ],
    items: [],
    after: [],
  };
}

/** A number that is copied from the screen is not cut at the end of a line. */
function unbroken(phone: string): string {
  return phone.replaceAll(' ', '\u00a0');
}
