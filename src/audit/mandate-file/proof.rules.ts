import type { ConsentCheck, Identification } from '#consent';
import { inWords } from '#platform/time/paris.ts';
import { whenAndWhy } from '../entry/absent.rules.ts';
import type { ConclusionTold, Counter } from './life.rules.ts';

/** The same thing said twice: for who judges, and for who reads with difficulty. */
export type Statement = { precise: string; plain: string };

export type ProofFacts = {
  checks: readonly ConsentCheck[];
  identification: Identification | null;
  conclusion: ConclusionTold | undefined;
  counter: Counter;
  connections: number;
  /** What does not hold among the entries, each named. */
  entryDoubts: readonly string[];
};

/** Whose faults are named one by one (`doubts.rules.ts`). */
export const ENTRIES = 'Chaque entrée du journal';
const TEXT = 'Le texte lu par la personne';
const LINK = 'Le lien entre l’identification et les conditions';
const TOKEN = 'La signature du jeton d’identité';
const CIVIL_STATUS = 'La signature de l’état civil';
const PERSON = 'La personne';
const CONTENT = 'Le contenu du mandat';
const SEAL = 'Le sceau du mandat';
const JOURNAL = 'Les empreintes au journal';

/** What the evidence establishes, each sentence only when every check it rests on holds. */
export function establishedBy(facts: ProofFacts): Statement[] {
  const { checks, identification, conclusion, counter } = facts;
  const holds = (...names: string[]) =>
    names.every((name) => checks.find((check) => check.name === name)?.verdict === 'pass');
  const statements: (Statement | false)[] = [
    holds(TOKEN, LINK, CIVIL_STATUS, PERSON) && identified(identification),
    holds(TEXT, LINK, TOKEN, CONTENT) && {
      precise:
        'Ce que FranceConnect a signé contient l’empreinte de ces conditions exactes\u00a0: la structure, les thèmes, la durée, le texte. Un mot, un thème ou un jour de plus donnerait une autre empreinte.',
      plain: 'Cette identification est liée à ce texte-là, pas à un autre.',
    },
    holds(SEAL, CONTENT) && {
      precise:
        'Le mandat gardé est, à l’octet près, celui que le service a scellé quand l’aidant l’a accepté pour la structure.',
      plain: 'Le mandat n’a pas été changé depuis ce jour-là.',
    },
    holds(JOURNAL) && {
      precise:
        'Le journal s’est engagé sur l’empreinte du mandat et de chaque pièce dans l’entrée qui le conclut, écrite dans la même transaction.',
      plain: 'Le journal a gardé la marque de chaque pièce.',
    },
    witnessed(conclusion),
    counter.complete && numbered(counter),
  ];
  return statements.filter((statement) => statement !== false);
}

function identified(identification: Identification | null): Statement | false {
  if (!identification?.signedAt) return false;
  const { issuer, signedAt, provider } = identification;
  const account = provider ? `, par le compte «\u00a0${provider}\u00a0»` : '';
  return {
    precise: `FranceConnect (${issuer}) a signé, le ${inWords(signedAt)}, une identification de la personne nommée au mandat${account}\u00a0: mêmes noms, date et lieu de naissance.`,
    plain: `FranceConnect a signé que la personne du mandat était identifiée chez lui le ${inWords(signedAt)}.`,
  };
}

function witnessed(conclusion: ConclusionTold | undefined): Statement | false {
  const before = conclusion?.state === 'cosigned' && conclusion.bracket.before;
  if (!before) return false;
  return {
    precise: `L’entrée qui conclut le mandat était dans l’arbre du journal le ${inWords(before)} au plus tard\u00a0: des témoins extérieurs ont cosigné cet arbre. La changer ou la retirer depuis se verrait. Sa preuve est sur la page de l’entrée.`,
    plain: `Des témoins, qui ne sont pas nous, ont vu le journal le ${inWords(before)}. Depuis, personne ne peut changer cette entrée sans que cela se voie.`,
  };
}

function numbered({ count, closed }: Counter): Statement {
  const end = closed ? ', et le dernier est la fin du mandat' : '';
  return {
    precise: `Les actes du mandat sont numérotés dans leurs entrées\u00a0: de 1 à ${count}, chacun une fois${end}.`,
    plain: `Le journal a ${count} acte${count > 1 ? 's' : ''} pour ce mandat. Il n’en manque pas entre le premier et le dernier.`,
  };
}

/** What does not hold, or cannot be verified any more: to be said before what does. */
export function doubtsIn({ checks, counter, conclusion, entryDoubts }: ProofFacts): string[] {
  const fails = checks
    .filter(({ verdict, name }) => verdict === 'fail' && name !== ENTRIES)
    .map(({ name }) => `${name}\u00a0: ne tient pas.`);
  const unverifiable = checks
    .filter(({ verdict }) => verdict === 'unverifiable')
    .map(({ name }) => `${name}\u00a0: ne peut plus être vérifié, ni dans un sens ni dans l’autre.`);
  return [
    ...fails,
    ...entryDoubts,
    ...unverifiable,
    ...(unverifiable.length > 0 ? erasedIn(conclusion) : []),
    ...(conclusion ? [] : ['Le journal n’a pas une conclusion, et une seule, pour ce mandat.']),
    ...(counter.complete ? [] : ['Les numéros des actes ne se suivent pas.']),
  ];
}

/** Since when, and why, what the conclusion committed to is not opened any more. */
function erasedIn(conclusion: ConclusionTold | undefined): string[] {
  const erased = [...(conclusion?.absent.values() ?? [])].find(({ why }) => why === 'erased');
  if (erased?.why !== 'erased') return [];
  return [`Des valeurs de la conclusion sont effacées, ${whenAndWhy(erased.by)}. Ce qui en dépend ne se vérifie plus.`];
}

/** True of every mandate, whatever its evidence. */
const NEVER_PROVED: readonly Statement[] = [
  {
    precise:
      'Que le texte a été affiché devant la personne. FranceConnect n’a vu qu’une empreinte\u00a0: que le texte ait été montré est attesté par le service, qui l’a produit, et par l’aidant.',
    plain: 'Que la personne a vu le texte à l’écran. C’est nous et l’aidant qui le disons.',
  },
  {
    precise:
      'Que la personne a répondu «\u00a0Oui\u00a0», ni qu’elle a tapé quoi que ce soit. L’appareil est celui de l’aidant, et FranceConnect ne dit pas s’il a demandé un mot de passe\u00a0: une session déjà ouverte dans ce navigateur a pu suffire.',
    plain: 'Qu’elle a tapé son mot de passe pour ce mandat. Un navigateur où elle était déjà identifiée a pu suffire.',
  },
  {
    precise:
      'Que la personne l’a lu, compris et voulu sans contrainte, ni que celle qui était présente est la titulaire du compte. FranceConnect dit quel compte s’est identifié\u00a0; l’aidant déclare avoir comparé l’identité.',
    plain: 'Qu’elle a compris, qu’elle était libre, et que c’était bien elle devant l’écran.',
  },
  {
    precise:
      'Sur quel site une connexion a été faite. FranceConnect ne nous le dit pas\u00a0: le site est celui que l’aidant a déclaré.',
    plain: 'Sur quel site l’aidant est allé. C’est lui qui le dit.',
  },
  {
    precise:
      'Qu’une démarche a été faite. Une connexion n’est pas un acte\u00a0: le service ne voit ni ce qui est lu, ni ce qui est envoyé sur le site.',
    plain: 'Ce qui a été fait sur le site. Se connecter n’est pas faire une démarche.',
  },
  {
    precise:
      'Qu’aucun autre site n’a été ouvert. La session de FranceConnect dure 30\u00a0minutes et peut connecter un second site sans passer par nous.',
    plain: 'Que l’aidant n’est allé que sur un seul site. Pendant 30\u00a0minutes, il a pu en ouvrir un autre.',
  },
  {
    precise: 'Ce qui a été fait au nom de la personne sans connexion\u00a0: par téléphone, par e-mail, par courrier.',
    plain: 'Ce qui a été fait par téléphone ou par courrier.',
  },
  {
    precise:
      'Que les clés gardées étaient celles de FranceConnect\u00a0: elles ont été lues à son adresse ce jour-là. Il faut les comparer à celles que FranceConnect publie ou archive.',
    plain: 'Que les clés de FranceConnect sont les bonnes. Il faut le demander à FranceConnect.',
  },
];

/** What even a file without a fault does not prove (decisions, « What Entremise does that its model does not »). */
export function notProvedBy({ counter, conclusion, connections }: ProofFacts): Statement[] {
  const notYet: (Statement | false)[] = [
    conclusion?.state !== 'cosigned' && {
      precise:
        'Que l’entrée qui conclut le mandat n’a pas été remplacée\u00a0: des témoins ne l’ont pas encore cosignée. Revenez dans quelques minutes.',
      plain: 'Que cette entrée du journal n’a pas changé\u00a0: les témoins ne l’ont pas encore vue.',
    },
    !counter.closed && {
      precise:
        'Qu’aucun acte n’a suivi le dernier montré ici\u00a0: tant que la fin du mandat n’est pas écrite, les numéros ne disent pas combien il y en aura.',
      plain: 'Qu’il n’y aura pas d’autre acte\u00a0: le mandat n’est pas fini au journal.',
    },
    connections === 0 && {
      precise:
        'Que le mandat n’a pas servi\u00a0: le journal n’a aucune connexion par FranceConnect, et ne sait rien du reste.',
      plain: 'Que le mandat n’a pas servi. Nous ne voyons que les connexions avec FranceConnect.',
    },
  ];
  return [...NEVER_PROVED, ...notYet.filter((statement) => statement !== false)];
}
