/** What the aidant declares when accepting: shown beside a box to tick, and written in the snapshot word for word. */
export const DECLARATIONS = {
  samePerson: 'J’ai comparé cette identité avec la personne présente\u00a0: c’est bien elle.',
  notProtected:
    'La personne m’a dit qu’elle n’est ni sous tutelle, ni sous curatelle, ni sous sauvegarde de justice. Elle a compris ce qu’elle autorise.',
} as const;

export type Declaration = keyof typeof DECLARATIONS;
