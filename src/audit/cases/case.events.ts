import { z } from 'zod';
import { defineEvent, type EventKind } from '#journal';

/** Codes of closed lists, written as their form: a list may grow, what was written must still be read. */
const code = z.string().regex(/^[a-z][a-z-]{0,39}$/);
const about = { auditor: z.uuid(), case: z.uuid() };
const entriesOf = (count: number) => `${count} entrée${count > 1 ? 's' : ''}`;

/** What a case begins from, and how its opening is told. */
const ORIGIN_WORDS: Readonly<Record<string, string>> = {
  complaint: 'après la réclamation d’une personne',
  mandate: 'à partir d’un mandat',
  search: 'à partir d’une recherche',
  entry: 'à partir d’une entrée du journal',
  sample: 'à partir d’un tirage',
};

export const caseOpened = defineEvent({
  kind: 'case.opened',
  log: 'actes',
  version: 1,
  clear: z.strictObject({ ...about, origin: code }),
  committed: ['subject'],
  always: { names: ['subject'], of: 'auditor' },
  sentence: ({ origin }) => `Un auditeur a ouvert un dossier de contrôle, ${ORIGIN_WORDS[origin] ?? origin}.`,
});

/** Entries of the journal that were put in a case, by their ids. */
export const caseEntryAdded = defineEvent({
  kind: 'case.entry-added',
  log: 'actes',
  version: 1,
  clear: z.strictObject({ ...about, entries: z.array(z.uuid()).min(1).max(200) }),
  committed: [],
  sentence: ({ entries }) => `Un auditeur a ajouté ${entriesOf(entries.length)} du journal à un dossier de contrôle.`,
});

/** `sha256` of the note, in hexadecimal: the note itself stays in the case, sealed. */
export const caseNoted = defineEvent({
  kind: 'case.noted',
  log: 'actes',
  version: 1,
  clear: z.strictObject({ ...about, note: z.uuid() }),
  committed: ['sha256'],
  always: { names: ['sha256'], of: 'auditor' },
  sentence: () => 'Un auditeur a écrit une note dans un dossier de contrôle.',
});

export const caseShared = defineEvent({
  kind: 'case.shared',
  log: 'actes',
  version: 1,
  clear: z.strictObject({ ...about, with: z.uuid() }),
  committed: [],
  sentence: () => 'Un auditeur a ouvert son dossier de contrôle à un autre auditeur.',
});

const DECISION_WORDS: Readonly<Record<string, string>> = {
  'mandate-supported': 'les éléments confirment le mandat',
  'mandate-doubtful': 'les éléments font douter du mandat',
  undecided: 'les éléments ne permettent pas de conclure',
  'nothing-found': 'rien d’anormal',
  'explanations-asked': 'explications demandées à la structure',
  irregular: 'irrégularité constatée',
  reported: 'transmis à l’autorité compétente',
};

/** Once per case. `sha256` of the reasons, in hexadecimal. */
export const caseDecided = defineEvent({
  kind: 'case.decided',
  log: 'actes',
  version: 1,
  clear: z.strictObject({ ...about, decision: code }),
  committed: ['sha256'],
  always: { names: ['sha256'], of: 'auditor' },
  sentence: ({ decision }) =>
    `Un auditeur a décidé d’un dossier de contrôle\u00a0: ${DECISION_WORDS[decision] ?? decision}.`,
});

/** `sha256` of the whole copy, in hexadecimal: what somebody shows later can be compared. */
export const caseExported = defineEvent({
  kind: 'case.exported',
  log: 'actes',
  version: 1,
  clear: z.strictObject({ ...about, entries: z.int().min(0) }),
  committed: ['sha256'],
  always: { names: ['sha256'], of: 'auditor' },
  sentence: ({ entries }) => `Un auditeur a exporté un dossier de contrôle (${entriesOf(entries)}).`,
});

export const caseRead = defineEvent({
  kind: 'case.read',
  log: 'acces',
  version: 1,
  clear: z.strictObject(about),
  committed: [],
  sentence: () => 'Un auditeur a consulté un dossier de contrôle.',
});

/** The auditor's own list: subjects may name somebody. */
export const casesListed = defineEvent({
  kind: 'case.listed',
  log: 'acces',
  version: 1,
  clear: z.strictObject({ auditor: z.uuid(), shown: z.int().min(0) }),
  committed: [],
  sentence: ({ shown }) => `Un auditeur a consulté la liste de ses dossiers de contrôle (${shown}).`,
});

/** The page where entries are put in a case was shown: how many, under which mandate, and the subjects of open cases. */
export const caseFormOpened = defineEvent({
  kind: 'case.form-opened',
  log: 'acces',
  version: 1,
  clear: z.strictObject({ auditor: z.uuid(), entries: z.int().min(0), cases: z.int().min(0) }),
  committed: [],
  sentence: ({ entries }) =>
    `Un auditeur a ouvert la page où l’on met dans un dossier de contrôle ${entriesOf(entries)} du journal.`,
});

export const caseEvents: readonly EventKind[] = [
  caseOpened,
  caseEntryAdded,
  caseNoted,
  caseShared,
  caseDecided,
  caseExported,
  caseRead,
  casesListed,
  caseFormOpened,
];
