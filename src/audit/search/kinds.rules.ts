import type { JournalRegistry } from '#journal';

/** What an auditor may ask for, in plain French, by the word in the address; each gathers kinds of the journal. */
type KindGroup = { key: string; label: string; holds(kind: string): boolean };

const among =
  (...kinds: string[]) =>
  (kind: string) =>
    kinds.includes(kind);
const begins =
  (...domains: string[]) =>
  (kind: string) =>
    domains.some((domain) => kind.startsWith(`${domain}.`));

/** In the order of the list. The first that holds a kind has it: the last one has whatever no other names. */
const GROUPS: readonly KindGroup[] = [
  { key: 'mandats', label: 'Mandats conclus', holds: among('mandate.concluded') },
  { key: 'consentement', label: 'Consentement de la personne\u00a0: oui, non, refusé', holds: begins('consent') },
  {
    key: 'fins',
    label: 'Fins de mandat ou d’autorisation',
    holds: among('mandate.ended', 'authorisation.ended', 'authorisation.replaced'),
  },
  {
    key: 'papiers',
    label: 'Papiers et codes d’arrêt',
    holds: among('mandate.paper-recorded', 'mandate.stop-code-printed'),
  },
  { key: 'refus', label: 'Connexions refusées', holds: among('use.refused') },
  { key: 'connexions', label: 'Connexions au nom d’une personne', holds: begins('use') },
  {
    key: 'lectures',
    label: 'Consultations par des aidants',
    holds: among('usager.read', 'mandate.read', 'usagers.searched'),
  },
  { key: 'personnes', label: 'Fiches des personnes', holds: begins('usager', 'usagers') },
  {
    key: 'entrees',
    label: 'Aidants\u00a0: entrées et sorties du service',
    holds: among('aidant.logged-in', 'aidant.logged-out', 'aidant.resumed'),
  },
  { key: 'aidants', label: 'Comptes d’aidants', holds: begins('aidant') },
  { key: 'structures', label: 'Structures', holds: begins('organisation') },
  {
    key: 'auditeurs',
    label: 'Travail des auditeurs',
    holds: begins(
      'auditor',
      'audit',
      'identity',
      'identities',
      'alert-rule',
      'unmasking',
      'complaint',
      'case',
      'sample',
      'alert',
    ),
  },
  { key: 'autres', label: 'Service, journal et effacements', holds: () => true },
];

/** What is searched when nothing is chosen: what was done, without who looked at what. */
export const ALL_ACTS = '';
export const EVERYTHING = 'tout';

export const KIND_CHOICES: readonly { value: string; label: string }[] = [
  { value: ALL_ACTS, label: 'Tous les actes' },
  ...GROUPS.map(({ key, label }) => ({ value: key, label })),
  { value: EVERYTHING, label: 'Actes et consultations, tout' },
];

/** Whether a text of an address is one that the form offers. */
export function isKindChoice(text: string): boolean {
  return KIND_CHOICES.some(({ value }) => value === text);
}

/** The group of a kind. */
export function groupOf(kind: string): string {
  return GROUPS.find(({ holds }) => holds(kind))?.key ?? 'autres';
}

/** Which kinds a choice asks for; `log` alone when it asks for a whole log, nothing when it asks for everything. */
export function kindsAsked(choice: string, registry: JournalRegistry): { kinds?: readonly string[]; log?: 'actes' } {
  if (choice === EVERYTHING) return {};
  if (choice === ALL_ACTS) return { log: 'actes' };
  const kinds = new Set([...registry.values()].map(({ kind }) => kind));
  return { kinds: [...kinds].filter((kind) => groupOf(kind) === choice).sort() };
}
