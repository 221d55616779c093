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

const BY_CODE: Readonly<Record<string, ErrorText>> = {
  'formulaire-non-verifie': UNVERIFIED_FORM,
};

/** Where auditors are told something else: they act for no structure, and have no référent. */
const FOR_AUDITORS: Partial<Record<ErrorStatus, readonly string[]>> = {
  403: ['Si vous pensez en avoir le droit, demandez au responsable du service.'],
  404: [
    'Si vous avez tapé l’adresse, vérifiez-la.',
    'Ce qui est d’un autre département que les vôtres ne vous est pas ouvert.',
    'Ce qui a atteint son terme est effacé\u00a0: l’entrée du journal qui le dit reste.',
  ],
  500: ['Attendez une minute, puis recommencez.', 'Si la panne revient, donnez-nous la référence écrite plus bas.'],
  503: ['Attendez une minute, puis rechargez cette page.'],
};

/** `forAuditors`: under the addresses of their space. */
export function errorTextOf(status: ErrorStatus, code: string, forAuditors = false): ErrorText {
  const text = BY_CODE[code] ?? BY_STATUS[status];
  const todo = forAuditors && !(code in BY_CODE) ? FOR_AUDITORS[status] : undefined;
  return todo ? { ...text, todo } : text;
}
