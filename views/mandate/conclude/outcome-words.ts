/** Why there is no identification, as the aidant and the person read it together. */
export type OutcomeWords = {
  title: string;
  /** What happened. */
  what: readonly string[];
  /** What can be done now. */
  next: readonly string[];
  /** Whether trying again makes sense. */
  again: boolean;
};

export type OutcomeReason =
  | 'access-denied'
  | 'unavailable'
  | 'invalid-answer'
  | 'own-idp'
  | 'idp-missing'
  | 'incomplete-identity'
  | 'acr-too-low'
  | 'minor'
  | 'earlier-session'
  | 'terms-changed';

const NOTHING_WRITTEN = 'Rien n’est perdu\u00a0: les thèmes et la durée sont gardés. Aucun mandat n’existe.';

export const OUTCOMES: Readonly<Record<OutcomeReason, OutcomeWords>> = {
  'access-denied': {
    title: 'L’identification s’est arrêtée',
    what: ['La personne a arrêté chez FranceConnect, ou FranceConnect ne l’a pas reconnue.', NOTHING_WRITTEN],
    next: [
      'Si elle a changé d’avis, c’est son droit\u00a0: vous pouvez abandonner cette préparation.',
      'Si elle s’est trompée, ou si elle a un autre compte, elle peut recommencer.',
      'Si FranceConnect a dit que ses informations ne correspondent pas, regardez la fiche «\u00a0La personne ne peut pas utiliser FranceConnect\u00a0».',
    ],
    again: true,
  },
  unavailable: {
    title: 'FranceConnect ne répond pas',
    what: [
      'FranceConnect est en panne ou trop lent en ce moment. Ce n’est ni votre faute, ni celle de la personne.',
      NOTHING_WRITTEN,
    ],
    next: ['Attendez quelques minutes, puis recommencez.'],
    again: true,
  },
  'invalid-answer': {
    title: 'La réponse de FranceConnect n’est pas valable',
    what: [
      'Nous avons reçu une réponse qui ne prouve pas qui s’est identifié. Nous ne l’acceptons donc pas.',
      NOTHING_WRITTEN,
    ],
    next: ['Recommencez. Si cela se reproduit, appelez l’assistance avec la référence ci-dessous.'],
    again: true,
  },
  'own-idp': {
    title: 'La personne doit s’identifier avec un compte à elle',
    what: [
      'L’identification est passée par Entremise\u00a0: c’est le chemin des aidants, quand ils agissent au nom de quelqu’un.',
      'Un mandat ne peut pas servir à en signer un autre. Ce refus est noté dans le journal.',
      NOTHING_WRITTEN,
    ],
    next: [
      'Recommencez\u00a0: la personne choisit elle-même son compte chez FranceConnect (impots.gouv.fr, ameli.fr, La\u00a0Poste…).',
    ],
    again: true,
  },
  'idp-missing': {
    title: 'FranceConnect n’a pas dit quel compte a servi',
    what: [
      'Sans cela, nous ne pouvons pas être sûrs que la personne s’est identifiée elle-même. Ce refus est noté dans le journal.',
      NOTHING_WRITTEN,
    ],
    next: ['Recommencez. Si cela se reproduit, appelez l’assistance avec la référence ci-dessous.'],
    again: true,
  },
  'incomplete-identity': {
    title: 'Il manque une partie de l’identité',
    what: [
      'FranceConnect n’a pas donné tout l’état civil de la personne\u00a0: nom, prénoms, date, lieu et pays de naissance. Ce refus est noté dans le journal.',
      NOTHING_WRITTEN,
    ],
    next: [
      'Recommencez avec un autre compte, si la personne en a un.',
      'Sinon, elle peut faire compléter son état civil par l’organisme qui tient son compte.',
    ],
    again: true,
  },
  'acr-too-low': {
    title: 'L’identification n’est pas assez sûre',
    what: [
      'Le compte choisi ne donne pas le niveau de sécurité demandé. Ce refus est noté dans le journal.',
      NOTHING_WRITTEN,
    ],
    next: ['Recommencez avec un autre compte, par exemple impots.gouv.fr ou ameli.fr.'],
    again: true,
  },
  minor: {
    title: 'La personne a moins de 18\u00a0ans',
    what: [
      'Elle ne peut pas encore donner ce mandat seule. Ce refus est noté dans le journal, sans son nom.',
      'Aucun mandat n’existe, et ce que FranceConnect a dit d’elle est effacé.',
    ],
    next: [
      'Un parent ou un représentant légal peut faire la démarche pour elle.',
      'Vous pouvez aussi l’aider sans mandat\u00a0: elle fait elle-même, vous expliquez à côté.',
    ],
    again: false,
  },
  'earlier-session': {
    title: 'Une autre identification était encore ouverte',
    what: [
      'La session FranceConnect d’une identification précédente n’était pas fermée sur cet ordinateur. La réponse reçue peut donc venir de là, et non de la personne présente. Ce refus est noté dans le journal.',
      NOTHING_WRITTEN,
    ],
    next: ['Recommencez. Si une session est encore ouverte, nous vous proposons d’abord de la fermer.'],
    again: true,
  },
  'terms-changed': {
    title: 'Les conditions ont changé depuis l’accord',
    what: [
      'La fiche de votre structure a changé après que la personne a dit oui. Son accord portait sur les conditions d’avant\u00a0: il ne peut plus servir.',
      NOTHING_WRITTEN,
    ],
    next: ['Vérifiez les thèmes et la durée. La personne relira ensuite les conditions et s’identifiera à nouveau.'],
    again: false,
  },
};

export function isOutcomeReason(text: string): text is OutcomeReason {
  return Object.hasOwn(OUTCOMES, text);
}
