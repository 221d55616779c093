/** What a part of the sealing met, in French: what is wrong, and what it means for who relies on the journal. */
export type Cause = { title: string; meaning: string };

const GROWS = 'Les actes continuent de s’écrire et attendent';
const OPERATOR = 'Prévenez l’exploitant.';

/**
 * The causes that are known, by the part that tells (`sealing_state.part`) and how its problem begins or what it says. That
 * text is for who runs the service, in English, and in the log of the worker: none of it is shown.
 */
const CAUSES: Readonly<Record<string, readonly (readonly [said: RegExp, cause: Cause])[]>> = {
  sequencer: [
    [
      /^the signer does not answer/,
      {
        title: 'le programme qui signe ne répond pas.',
        meaning: `${GROWS}\u00a0: rien n’est scellé avant qu’il dise jusqu’où il a signé. ${OPERATOR}`,
      },
    ],
    [
      /^the signer, /,
      {
        title: 'le programme qui signe n’est pas celui qui est annoncé.',
        meaning: `Ce qu’il montre n’est signé d’aucune clé connue. ${GROWS}. ${OPERATOR}`,
      },
    ],
    [
      /the database was taken back/,
      {
        title: 'la base a été ramenée à un état plus ancien.',
        meaning: `D’autres se souviennent d’entrées qu’elle n’a plus. Rien n’est scellé tant qu’elles n’ont pas été remises. ${OPERATOR}`,
      },
    ],
    [
      /comes from another PostgreSQL cluster/,
      {
        title: 'la base vient d’une copie.',
        meaning: `Rien n’est scellé tant que ses entrées n’ont pas été relues. ${OPERATOR}`,
      },
    ],
    [
      /is damaged/,
      {
        title: 'l’arbre du journal est abîmé.',
        meaning: `Ce qui est dans la base n’est plus ce qui a été scellé. Rien n’est scellé dessus. ${OPERATOR}`,
      },
    ],
    [
      /^the log « /,
      {
        title: 'la configuration nomme un autre journal que celui de la base.',
        meaning: `${GROWS}\u00a0: rien n’est scellé sous un nom qui n’est pas le sien. ${OPERATOR}`,
      },
    ],
  ],
  horizon: [
    [
      /./,
      {
        title: 'le scellement attend un autre programme.',
        meaning: `Une connexion à la base reste ouverte et le retient. Rien n’est perdu. ${GROWS}. ${OPERATOR}`,
      },
    ],
  ],
  sweeper: [
    [
      /./,
      {
        title: 'des entrées avaient attendu plus d’une minute.',
        meaning:
          'Elles sont scellées maintenant. Pendant qu’elles attendaient, elles auraient pu changer sans que cela se voie.',
      },
    ],
  ],
  mirror: [
    [
      /^other-tree\b/,
      {
        title: 'la copie du journal hors de la base est celle d’un autre arbre.',
        meaning: `La base a été ramenée à un état plus ancien, ou la copie est celle d’un autre service. Rien n’est signé tant que cela dure. ${OPERATOR}`,
      },
    ],
    [
      /./,
      {
        title: 'la copie du journal hors de la base ne s’écrit plus.',
        meaning: `Rien n’est signé tant qu’elle manque\u00a0: ${GROWS.toLowerCase()}. ${OPERATOR}`,
      },
    ],
  ],
  erasures: [
    [
      /^(unknown-here|forgotten)\b/,
      {
        title: 'des effacements ont été oubliés par la base.',
        meaning: `Elle a été ramenée à un état plus ancien\u00a0: ce qui était effacé est peut-être revenu. Il faut l’effacer de nouveau. ${OPERATOR}`,
      },
    ],
    [
      /./,
      {
        title: 'la liste des effacements n’est pas copiée hors de la base.',
        meaning: `Si la base était perdue maintenant, ce qui vient d’être effacé reviendrait avec sa sauvegarde. ${OPERATOR}`,
      },
    ],
  ],
  signer: [
    [
      /^(unreachable|too-slow|bad-answer)\b/,
      {
        title: 'le programme qui signe ne répond pas comme prévu.',
        meaning: `Les entrées sont scellées, mais rien n’est signé ni publié tant que cela dure. ${OPERATOR}`,
      },
    ],
    [
      /^unverified\b/,
      {
        title: 'le programme qui signe montre une signature inconnue.',
        meaning: `Elle n’est d’aucune clé annoncée\u00a0: il n’est pas cru. ${OPERATOR}`,
      },
    ],
    [
      /^(ahead|inconsistent)\b/,
      {
        title: 'le programme qui signe se souvient d’un autre journal.',
        meaning: `Il a signé ce que la base n’a plus, ou a autrement. C’est peut-être que le journal a changé. ${OPERATOR}`,
      },
    ],
    [
      /^(unknown-key|wrong-signature)\b/,
      {
        title: 'la signature du journal n’est pas d’une clé annoncée.',
        meaning: `Elle est refusée, et rien n’est publié. ${OPERATOR}`,
      },
    ],
    [
      /^refused\b/,
      {
        title: 'le programme qui signe refuse.',
        meaning: `Les entrées sont scellées, mais rien n’est signé ni publié tant que cela dure. ${OPERATOR}`,
      },
    ],
  ],
  policy: [
    [
      /^quorum-not-met\b/,
      {
        title: 'trop peu de témoins signent\u00a0: rien de nouveau n’est publié.',
        meaning: 'Les entrées sont scellées et attendent d’être vues hors du service.',
      },
    ],
    [
      /./,
      {
        title: 'le dernier point de contrôle ne peut pas être publié.',
        meaning: `Ses signatures ne suivent pas la règle du journal. ${OPERATOR}`,
      },
    ],
  ],
};

const UNKNOWN: Cause = {
  title: 'le scellement s’est arrêté.',
  meaning: `${GROWS}, mais rien ne les prouve tant que cela dure. ${OPERATOR}`,
};

/** What a part of the sealing met. */
export function sealingCause({ part, problem }: { part: string; problem: string }): Cause {
  return CAUSES[part]?.find(([said]) => said.test(problem))?.[1] ?? UNKNOWN;
}

/** What a witness answered: its problem begins with a stable word (`publish/cosign-head.ts`). */
const OF_WITNESSES: readonly (readonly [faults: readonly string[], does: string, meaning: string])[] = [
  [['unreachable', 'too-slow'], 'ne répond pas', `Sa signature manque tant que cela dure. ${OPERATOR}`],
  [['bad-answer'], 'ne répond pas comme prévu', `Sa signature manque tant que cela dure. ${OPERATOR}`],
  [['no-address'], 'n’a pas d’adresse', `Personne ne peut lui demander sa signature. ${OPERATOR}`],
  [
    ['inconsistent'],
    'refuse de signer',
    'Ce qu’il a signé avant n’est plus dans ce journal. C’est peut-être que le journal a changé. Demandez-lui ce qu’il a vu.',
  ],
  [
    ['ahead'],
    'a vu plus d’entrées que la base n’en a',
    'C’est peut-être que la base a été ramenée à un état plus ancien. Demandez-lui ce qu’il a vu.',
  ],
  [
    ['unverified'],
    'montre un point de contrôle que le service ne croit pas',
    'Ses signatures ne sont pas celles des clés connues. Demandez-lui ce qu’il a changé.',
  ],
  [
    ['rolled-back'],
    'ne se souvient plus de ce qu’il a signé',
    'Sa mémoire a été perdue ou remplacée. Demandez-lui pourquoi.',
  ],
  [
    ['unknown-key', 'wrong-signature', 'wrong-clock'],
    'a donné une signature que le service refuse',
    'Elle n’est pas de sa clé, ou pas de maintenant. Demandez-lui ce qu’il a changé.',
  ],
];

/** What is wrong with a witness. */
export function witnessCause({ name, problem }: { name: string; problem: string }): Cause {
  const [fault = ''] = problem.split(':');
  const [, does, meaning] = OF_WITNESSES.find(([faults]) => faults.includes(fault)) ?? [];
  return {
    title: `le témoin «\u00a0${name}\u00a0» ${does ?? 'refuse de signer'}.`,
    meaning: meaning ?? 'C’est peut-être que le journal a changé\u00a0: demandez-lui ce qu’il a vu.',
  };
}
