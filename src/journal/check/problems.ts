import type { LogName } from '../event.ts';

/** What a check of the live database may find. */
export const PROBLEM_WORDS = {
  'leaf-missing': 'il n’y a pas de feuille à cette place',
  'leaf-differs': 'les octets de l’entrée ne donnent pas l’empreinte scellée',
  'entry-missing': 'l’entrée n’est plus là, et aucun effacement ne le dit',
  'entry-is-back': 'l’entrée a été effacée et elle est revenue\u00a0: les effacements sont à appliquer de nouveau',
  'rogue-entry': 'aucun serveur inscrit n’a écrit cette entrée',
  'projection-missing': 'l’entrée n’est pas dans l’index de recherche',
  'projection-differs': 'l’index de recherche ne dit pas ce que dit l’entrée',
  'whose-differs': 'l’index de recherche ne dit pas de quel mandat, ou de quelle personne, est cette entrée',
  'projection-stray': 'l’index de recherche parle d’une entrée qui n’existe pas',
  'opening-differs': 'une valeur ouverte n’est pas celle à laquelle l’entrée s’est engagée',
  'opening-closed': 'une valeur gardée ne s’ouvre pas',
  'opening-missing':
    'une valeur que cette sorte d’entrée a toujours n’est plus là, et aucun effacement ne le dit\u00a0: elle a été retirée',
  'key-missing': 'la clé d’une personne n’est plus là, et aucun effacement ne le dit',
  clock: 'l’horloge du serveur et celle de la base ne s’accordaient pas',
  'tile-missing': 'une tuile de l’arbre manque',
  'tile-differs': 'une tuile de l’arbre ne porte pas les empreintes de ses feuilles',
  'root-differs': 'la racine écrite n’est pas celle des feuilles',
  'checkpoint-differs': 'un point de contrôle ne dit pas la racine des feuilles',
  'checkpoint-unsigned': 'aucune clé annoncée du journal n’a signé un point de contrôle',
  'cosignature-missing': 'la signature d’un témoin, qui est sur un point de contrôle publié, n’est plus gardée',
  'tail-missing': 'l’arbre est plus court que ce qui a été signé',
  unsealed: 'une entrée attend son scellement depuis plus d’une minute',
  counter: 'les numéros des actes d’un mandat ne se suivent pas de 1 à n',
  'closing-not-last': 'l’acte qui termine un mandat n’est pas le dernier',
  'conclusion-missing':
    'un mandat est dans la base, et aucune entrée ne dit qu’il a été conclu\u00a0: quelqu’un l’a écrit sans passer par le service',
  'conclusion-differs': 'la base ne dit pas d’un mandat ce que dit l’entrée de sa conclusion',
  'count-differs': 'la base ne compte pas d’un mandat autant d’actes que le journal',
  'erasure-rogue':
    'un effacement est dit par une entrée qu’aucun serveur inscrit n’a écrite\u00a0: quelqu’un d’autre a effacé',
  'erasure-untold': 'un effacement n’est dit par aucune entrée scellée',
  'erasure-differs': 'l’entrée qui dit un effacement en dit un autre',
  'erasure-forgotten':
    'une entrée scellée dit un effacement que la base ne connaît pas\u00a0: ce qui était effacé est peut-être revenu',
  'erasure-undone': 'ce qui a été effacé est revenu\u00a0: les effacements sont à appliquer de nouveau',
  'hold-is-back': 'un gel qui avait été levé est revenu',
  'erasure-list-differs': 'la liste des effacements n’est pas celle que garde le miroir',
  'node-key-differs': 'la clé d’un serveur n’est pas révoquée comme le journal le dit',
  'log-key-differs': 'une clé du journal n’est pas dans la base comme le journal le dit',
  'origin-differs': 'la base ne dit pas le nom sous lequel le journal est signé',
  'quarantine-good': 'une entrée qu’un serveur inscrit a bien signée a été mise à l’écart\u00a0: elle est cachée',
  'quarantine-untold': 'une entrée a été mise à l’écart sans que le journal le dise',
  'quarantine-stray': 'une entrée mise à l’écart n’est plus là',
  'succession-differs': 'l’entrée qui dit qu’un journal succède à un autre manque, ou dit autre chose',
  'closed-tree-differs': 'l’arbre d’un journal clos n’est plus celui qui a été mis de côté',
  guard: 'un garde-fou de la base manque',
} as const;

export type ProblemCode = keyof typeof PROBLEM_WORDS;

/** One problem: `first` to `last` are places in the tree, when it has some; `detail` says what else is known, without names. */
export type Problem = { code: ProblemCode; log?: LogName; first?: bigint; last?: bigint; detail?: string };

const MOST = 1_000;

/** Gathers problems in constant memory: places that follow one another make one range; past a thousand they are counted only. */
export class Findings {
  readonly problems: Problem[] = [];
  private uncounted = 0;
  private readonly log: LogName;

  constructor(log: LogName) {
    this.log = log;
  }

  /** A problem at one place of the tree. */
  at(code: ProblemCode, index: bigint, detail?: string): void {
    this.over(code, index, index, detail);
  }

  over(code: ProblemCode, first: bigint, last: bigint, detail?: string): void {
    const open = this.problems.findLast((one) => one.code === code && one.detail === detail);
    if (open?.last !== undefined && open.last + 1n === first) open.last = last;
    else this.add({ code, log: this.log, first, last, ...(detail !== undefined && { detail }) });
  }

  /** A problem that has no place in the tree. */
  aside(code: ProblemCode, detail: string): void {
    this.add({ code, log: this.log, detail });
  }

  private add(problem: Problem): void {
    if (this.problems.length < MOST) this.problems.push(problem);
    else this.uncounted += 1;
  }

  /** Every problem in French, for people. */
  inWords(): string[] {
    const more = this.uncounted > 0 ? [`et ${this.uncounted} autres`] : [];
    return [...this.problems.map(problemInWords), ...more];
  }
}

/** « actes, entrées 12 à 14 : … ». */
export function problemInWords({ code, log, first, last, detail }: Problem): string {
  const place = first === undefined ? '' : first === last ? `entrée ${first}` : `entrées ${first} à ${last}`;
  const where = [log, place].filter(Boolean).join(', ');
  return `${where}${where ? '\u00a0: ' : ''}${PROBLEM_WORDS[code]}${detail ? ` (${detail})` : ''}`;
}
