import type { SealingCodes } from '#journal';

/** What a part of the sealing met, in French: what is wrong, and what it means for who relies on the journal. */
export type Cause = { title: string; meaning: string };

const GROWS = 'Les actes continuent de s’écrire et attendent';
const OPERATOR = 'Prévenez l’exploitant.';

const NO_ANSWER: Cause = {
  title: 'le programme qui signe ne répond pas.',
  meaning: `Les entrées sont scellées, mais rien n’est signé ni publié tant que cela dure. ${OPERATOR}`,
};
const OTHER_JOURNAL: Cause = {
  title: 'le programme qui signe se souvient d’un autre journal.',
  meaning: `Il a signé ce que la base n’a plus, ou a autrement\u00a0: rien n’est publié. C’est peut-être que le journal a changé. ${OPERATOR}`,
};
const NOT_ANNOUNCED: Cause = {
  title: 'la signature du journal n’est pas d’une clé annoncée.',
  meaning: `Elle est refusée, et rien n’est publié. ${OPERATOR}`,
};
const KEPT_WAITING: Cause = {
  title: 'le scellement attend un autre programme.',
  meaning: `Une connexion à la base reste ouverte et le retient. Rien n’est perdu. ${GROWS}. ${OPERATOR}`,
};
const ERASURES_FORGOTTEN: Cause = {
  title: 'des effacements ont été oubliés par la base.',
  meaning: `Elle a été ramenée à un état plus ancien\u00a0: ce qui était effacé est peut-être revenu. Il faut l’effacer de nouveau. ${OPERATOR}`,
};
const NOT_PUBLISHABLE: Cause = {
  title: 'le dernier point de contrôle ne peut pas être publié.',
  meaning: `Ses signatures ne suivent pas la règle du journal. ${OPERATOR}`,
};
const STOPPED: Cause = {
  title: 'le scellement s’est arrêté.',
  meaning: `${GROWS}, mais rien ne les prouve tant que cela dure. ${OPERATOR}`,
};
const NOT_KNOWN_HERE: Cause = {
  title: 'une partie du scellement signale ce que ce site ne connaît pas.',
  meaning: `Elle est peut-être d’une autre version que lui. ${OPERATOR}`,
};

/**
 * What each part may meet, by the code that its problem begins with. The rest of that text is for who runs the service, in
 * English, and in the log of the worker: none of it is shown.
 */
const CAUSES: {
  readonly [Part in Exclude<keyof SealingCodes, 'witness'>]: Readonly<Record<SealingCodes[Part], Cause>>;
} = {
  sequencer: {
    'signer-away': {
      title: 'le programme qui signe ne répond pas.',
      meaning: `${GROWS}\u00a0: rien n’est scellé avant qu’il dise jusqu’où il a signé. ${OPERATOR}`,
    },
    'signer-unbelieved': {
      title: 'le programme qui signe n’est pas celui qui est annoncé.',
      meaning: `Ce qu’il montre n’est signé d’aucune clé connue. ${GROWS}. ${OPERATOR}`,
    },
    'rolled-back': {
      title: 'la base a été ramenée à un état plus ancien.',
      meaning: `D’autres se souviennent d’entrées qu’elle n’a plus. Rien n’est scellé tant qu’elles n’ont pas été remises. ${OPERATOR}`,
    },
    'restored-cluster': {
      title: 'la base vient d’une copie.',
      meaning: `Rien n’est scellé tant que ses entrées n’ont pas été relues. ${OPERATOR}`,
    },
    'broken-tree': {
      title: 'l’arbre du journal est abîmé.',
      meaning: `Ce qui est dans la base n’est plus ce qui a été scellé. Rien n’est scellé dessus. ${OPERATOR}`,
    },
    'other-origin': {
      title: 'la configuration nomme un autre journal que celui de la base.',
      meaning: `${GROWS}\u00a0: rien n’est scellé sous un nom qui n’est pas le sien. ${OPERATOR}`,
    },
    failed: STOPPED,
  },
  horizon: { 'held-back': KEPT_WAITING, 'locked-out': KEPT_WAITING },
  sweeper: {
    swept: {
      title: 'des entrées avaient attendu plus d’une minute.',
      meaning:
        'Elles sont scellées maintenant. Pendant qu’elles attendaient, elles auraient pu changer sans que cela se voie.',
    },
  },
  mirror: {
    'other-tree': {
      title: 'la copie du journal hors de la base est celle d’un autre arbre.',
      meaning: `La base a été ramenée à un état plus ancien, ou la copie est celle d’un autre service. Rien n’est signé tant que cela dure. ${OPERATOR}`,
    },
    failed: {
      title: 'la copie du journal hors de la base ne s’écrit plus.',
      meaning: `Rien n’est signé tant qu’elle manque\u00a0: ${GROWS.toLowerCase()}. Ce qui est effacé n’y est peut-être plus noté non plus. ${OPERATOR}`,
    },
  },
  erasures: {
    'unknown-here': ERASURES_FORGOTTEN,
    forgotten: ERASURES_FORGOTTEN,
    'not-written': {
      title: 'la liste des effacements n’est pas copiée hors de la base.',
      meaning: `Si la base était perdue maintenant, ce qui vient d’être effacé reviendrait avec sa sauvegarde. ${OPERATOR}`,
    },
  },
  signer: {
    unreachable: NO_ANSWER,
    'too-slow': NO_ANSWER,
    'bad-answer': { ...NO_ANSWER, title: 'le programme qui signe ne répond pas comme prévu.' },
    ahead: OTHER_JOURNAL,
    inconsistent: OTHER_JOURNAL,
    'unknown-key': NOT_ANNOUNCED,
    'wrong-signature': NOT_ANNOUNCED,
    refused: { ...NO_ANSWER, title: 'le programme qui signe refuse.' },
  },
  policy: {
    'quorum-not-met': {
      title: 'trop peu de témoins signent\u00a0: rien de nouveau n’est publié.',
      meaning: 'Les entrées sont scellées et attendent d’être vues hors du service.',
    },
    'bad-policy': NOT_PUBLISHABLE,
    'bad-checkpoint': NOT_PUBLISHABLE,
  },
};

/**
 * What is told again every minute at least while it lasts: silence about it is an end, or has a cause that is told. Whatever
 * else was told stays true until it is told otherwise.
 */
const PASSING: ReadonlySet<string> = new Set([
  ...['signer-away', 'failed', 'held-back', 'locked-out', 'swept', 'quorum-not-met'],
  ...['unreachable', 'too-slow', 'bad-answer'],
]);

/** Whether this problem is over when nobody tells it any more. */
export function isPassing(problem: string): boolean {
  return PASSING.has(codeOf(problem));
}

/** The parts that are told of all the time, in the order in which one stops the next: what it means when they are not. */
export const SILENT_PARTS: readonly (Cause & { part: string })[] = [
  {
    part: 'sequencer',
    title: 'le programme qui scelle ne donne pas de nouvelles.',
    meaning: `Il est arrêté, ou n’avance plus. ${GROWS}\u00a0: rien ne les prouve tant que cela dure. ${OPERATOR}`,
  },
  {
    part: 'mirror',
    title: 'la copie du journal hors de la base ne donne pas de nouvelles.',
    meaning: `Rien n’est signé ni publié tant que cela dure. ${OPERATOR}`,
  },
  {
    part: 'erasures',
    title: 'on ne sait plus si la liste des effacements est copiée hors de la base.',
    meaning: `Si la base était perdue maintenant, ce qui vient d’être effacé reviendrait peut-être. ${OPERATOR}`,
  },
];

/** The word that a problem begins with, before a colon (`journal/seal/sealing-state.ts`). */
export const codeOf = (problem: string) => problem.split(':', 1)[0] ?? '';

/**
 * What a part of the sealing met. Another version of the worker may tell what is not known here: of the sequencer alone it
 * says that nothing is sealed.
 */
export function sealingCause({ part, problem }: { part: string; problem: string }): Cause {
  const known: Readonly<Record<string, Readonly<Record<string, Cause>>>> = CAUSES;
  return known[part]?.[codeOf(problem)] ?? (part === 'sequencer' ? STOPPED : NOT_KNOWN_HERE);
}

type Answer = { does: string; meaning: string };

const SILENT: Answer = { does: 'ne répond pas', meaning: `Sa signature manque tant que cela dure. ${OPERATOR}` };
const BAD_SIGNATURE: Answer = {
  does: 'a donné une signature que le service refuse',
  meaning: 'Elle n’est pas de sa clé, ou pas de maintenant. Demandez-lui ce qu’il a changé.',
};
const REFUSES: Answer = {
  does: 'refuse de signer',
  meaning: 'C’est peut-être que le journal a changé\u00a0: demandez-lui ce qu’il a vu.',
};

/** What a witness answered, by the code that its problem begins with. */
const OF_WITNESSES: Readonly<Record<SealingCodes['witness'], Answer>> = {
  unreachable: SILENT,
  'too-slow': SILENT,
  'bad-answer': { ...SILENT, does: 'ne répond pas comme prévu' },
  'no-address': { does: 'n’a pas d’adresse', meaning: `Personne ne peut lui demander sa signature. ${OPERATOR}` },
  inconsistent: {
    does: 'refuse de signer',
    meaning:
      'Ce qu’il a signé avant n’est plus dans ce journal. C’est peut-être que le journal a changé. Demandez-lui ce qu’il a vu.',
  },
  ahead: {
    does: 'a vu plus d’entrées que la base n’en a',
    meaning: 'C’est peut-être que la base a été ramenée à un état plus ancien. Demandez-lui ce qu’il a vu.',
  },
  unverified: {
    does: 'montre un point de contrôle que le service ne croit pas',
    meaning: 'Ses signatures ne sont pas celles des clés connues. Demandez-lui ce qu’il a changé.',
  },
  'rolled-back': {
    does: 'ne se souvient plus de ce qu’il a signé',
    meaning: 'Sa mémoire a été perdue ou remplacée. Demandez-lui pourquoi.',
  },
  'unknown-key': BAD_SIGNATURE,
  'wrong-signature': BAD_SIGNATURE,
  'wrong-clock': BAD_SIGNATURE,
  refused: REFUSES,
};

/** What is wrong with a witness. `isUnmet`: without those that fail, too few sign. */
export function witnessCause({ name, problem, isUnmet }: { name: string; problem: string; isUnmet: boolean }): Cause {
  const known: Readonly<Record<string, Answer>> = OF_WITNESSES;
  const { does, meaning } = known[codeOf(problem)] ?? REFUSES;
  const unmet = isUnmet ? 'Trop peu de témoins signent\u00a0: rien de nouveau n’est publié. ' : '';
  return { title: `le témoin «\u00a0${name}\u00a0» ${does}.`, meaning: `${unmet}${meaning}` };
}
