export type NoticeText = { severity: 'success' | 'info' | 'warning' | 'error'; text: string };

/** One sentence per code of `frame.notice`. */
export const NOTICES = {
  'formulaire-non-verifie': {
    severity: 'warning',
    text: 'Nous n’avons pas pu vérifier que cet envoi venait de vous. Rien n’a été enregistré. Relisez, puis envoyez à nouveau.',
  },
  'formulaire-repris': {
    severity: 'info',
    text: 'Voici ce que vous aviez tapé. Relisez, puis envoyez à nouveau.',
  },
  'code-accepte': { severity: 'success', text: 'Code accepté. Vous pouvez continuer.' },
  'structure-changee': {
    severity: 'success',
    text: 'Vous agissez maintenant pour la structure nommée en haut de la page.',
  },
  'conditions-acceptees': { severity: 'success', text: 'Vous avez accepté les conditions d’utilisation.' },
  'mandat-enregistre': { severity: 'success', text: 'Le mandat est enregistré. Il commence maintenant.' },
  'mandat-termine': { severity: 'success', text: 'Le mandat est terminé. Plus personne ne peut l’utiliser.' },
  'theme-termine': { severity: 'success', text: 'L’autorisation pour ce thème est terminée.' },
  'papier-enregistre': { severity: 'success', text: 'C’est noté\u00a0: le mandat est signé sur papier.' },
  'papier-absent': { severity: 'success', text: 'C’est noté\u00a0: il n’y a pas de papier signé.' },
  'adresse-notee': { severity: 'success', text: 'L’adresse e-mail de la personne est notée.' },
  'identite-demandee': {
    severity: 'success',
    text: 'Votre demande est enregistrée. Un autre auditeur doit l’accepter avant que vous voyiez quoi que ce soit.',
  },
  'identite-accordee': {
    severity: 'success',
    text: 'Vous avez accepté. L’auditeur qui a demandé peut voir cette identité, lui seul.',
  },
  'identite-refusee': { severity: 'success', text: 'Vous avez refusé. L’identité reste masquée.' },
  'identite-trop-tard': {
    severity: 'warning',
    text: 'Votre réponse n’a pas été enregistrée\u00a0: un autre auditeur avait déjà répondu, ou la demande est tombée.',
  },
  'plainte-close': {
    severity: 'success',
    text: 'La réclamation est close. L’identité de la personne est de nouveau masquée pour vous.',
  },
  'dossier-ouvert': { severity: 'success', text: 'Le dossier de contrôle est ouvert.' },
  'entrees-ajoutees': {
    severity: 'success',
    text: 'C’est ajouté au dossier de contrôle. Ce qui y était déjà n’y est pas deux fois.',
  },
  'note-ecrite': { severity: 'success', text: 'La note est écrite. Elle ne peut plus être changée.' },
  'dossier-partage': {
    severity: 'success',
    text: 'Cet auditeur peut maintenant lire le dossier de contrôle et y écrire.',
  },
  'dossier-decide': {
    severity: 'success',
    text: 'La décision est écrite. Le dossier de contrôle ne reçoit plus d’entrées.',
  },
  'alerte-decidee': { severity: 'success', text: 'Votre décision est écrite. Elle ne peut plus être changée.' },
} as const satisfies Record<string, NoticeText>;

export type NoticeCode = keyof typeof NOTICES;
