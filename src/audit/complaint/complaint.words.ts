import type { ComplaintAnswer, ComplaintChannel, ComplaintMotive } from './complaint.queries.ts';

/** What the person says, how it came and what they were answered, on pages. */
export const SAYS: Record<ComplaintMotive, string> = {
  'never-signed': 'Je n’ai jamais signé',
  'not-recognised': 'Je ne reconnais pas',
};

export const CAME: Record<ComplaintChannel, string> = {
  letter: 'Par lettre',
  phone: 'Par téléphone',
  counter: 'À un guichet',
};

export const ANSWERED: Record<ComplaintAnswer, string> = {
  confirmed: 'le mandat est confirmé',
  contested: 'la personne a raison',
  undecided: 'le contrôle ne permet pas de conclure',
};
