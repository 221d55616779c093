import type { ErrorStatus } from '#platform/http/errors.ts';

export type ErrorText = { title: string; what: readonly string[]; todo: readonly string[] };

const STILL_THERE = 'Si vous étiez connecté, vous l’êtes toujours.';

const BY_STATUS: Readonly<Record<ErrorStatus, ErrorText>> = {
  400: {
    title: 'Nous n’avons pas compris cette demande',
    what: ['L’adresse ou le formulaire reçu est incomplet ou abîmé. Rien n’a été enregistré.', STILL_THERE],
    todo: [
      'Revenez à la page précédente avec le bouton «\u00a0Retour\u00a0» de votre navigateur, puis recommencez.',
      'Si vous avez suivi un lien reçu par e-mail ou imprimé, vérifiez qu’il est entier.',
    ],
  },
  403: {
    title: 'Cette action n’est pas permise',
    what: [
      'Vous n’avez pas le droit de voir cette page ou de faire cette action. Rien n’a été enregistré.',
      STILL_THERE,
    ],
    todo: [
      'Si vous pensez en avoir le droit, demandez au référent de votre structure.',
      'Si vous agissez pour plusieurs structures, vérifiez le nom écrit en haut de la page.',
    ],
  },
  404: {
    title: 'Page introuvable',
    what: ['Cette page n’existe pas, n’existe plus, ou ne vous est pas ouverte.', STILL_THERE],
    todo: [
      'Si vous avez tapé l’adresse, vérifiez-la.',
      'Si vous cherchez un mandat ou un usager, vérifiez que vous agissez pour la bonne structure.',
    ],
  },
  429: {
    title: 'Trop d’essais',
    what: [
      'Il y a eu trop d’essais en peu de temps. Pour la sécurité de tous, nous faisons une pause.',
      'Rien n’est perdu et rien n’est bloqué pour toujours.',
    ],
    todo: [
      'Attendez un peu (jusqu’à une heure), puis recommencez.',
      'Si c’est urgent, appelez-nous\u00a0: voir plus bas.',
    ],
  },
  500: {
    title: 'Une panne de notre côté',
    what: [
      'Le service n’a pas pu répondre. Vous n’y êtes pour rien. Ce qui était déjà enregistré est gardé.',
      STILL_THERE,
    ],
    todo: [
      'Attendez une minute, puis recommencez.',
      'Si vous enregistriez un mandat, regardez d’abord dans «\u00a0Mes mandats\u00a0» s’il y est.',
      'Si la panne revient, donnez-nous la référence écrite plus bas.',
    ],
  },
  503: {
    title: 'Le service redémarre',
    what: ['Le service redémarre, rien n’est perdu.', STILL_THERE],
    todo: [
      'Attendez une minute, puis rechargez cette page.',
      'Si vous enregistriez un mandat, regardez d’abord dans «\u00a0Mes mandats\u00a0» s’il y est.',
    ],
  },
};

const UNVERIFIED_FORM: ErrorText = {
  title: 'Ce formulaire n’a pas pu être vérifié',
  what: [
    'Nous n’avons pas pu vérifier que cet envoi venait de vous. C’est une protection. Rien n’a été enregistré.',
    STILL_THERE,
  ],
  todo: [
    'Revenez à la page précédente, rechargez-la, puis recommencez.',
    'Si cela revient, fermez les autres onglets de ce site et vérifiez que votre navigateur accepte les cookies.',
  ],
};

const TOO_MANY_PERSONS: ErrorText = {
  title: 'Vous avez cherché beaucoup de personnes',
  what: [
    'Un auditeur peut chercher 20\u00a0personnes en une heure, et 60 en un jour. Ainsi, personne ne peut deviner qui est derrière un masque en essayant une liste de noms.',
    'Cette recherche n’a pas été faite. Vous êtes toujours connecté.',
  ],
  todo: [
    'Attendez une heure, puis recommencez. Si vous en avez cherché 60 aujourd’hui, recommencez demain.',
    'Vous pouvez continuer à chercher par structure, par aidant ou par période, et lire les mandats et les entrées.',
    'Si un contrôle en demande plus, partagez-le avec un autre auditeur.',
  ],
};

const TOO_MANY_EXPORTS: ErrorText = {
  title: 'Vous avez fait beaucoup d’exports',
  what: [
    'Un auditeur peut faire 60\u00a0exports en une heure. Ce dernier export n’a pas été fait.',
    'Vous êtes toujours connecté.',
  ],
  todo: [
    'Attendez une heure, puis recommencez.',
    'Pour beaucoup d’entrées, mettez-les dans un seul dossier de contrôle.',
  ],
};

const BY_CODE: Readonly<Record<string, ErrorText>> = {
  'formulaire-non-verifie': UNVERIFIED_FORM,
  'limite-recherche-de-personne': TOO_MANY_PERSONS,
  'limite-export-auditeur': TOO_MANY_EXPORTS,
};

export function errorTextOf(status: ErrorStatus, code: string): ErrorText {
  return BY_CODE[code] ?? BY_STATUS[status];
}
