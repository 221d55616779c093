/**
 * What an entry commits to and every auditor of the place may read, since it names no person who is helped: what legal
 * persons and professionals say of themselves at work, sites, numbers and hashes of documents. Everything else stays masked:
 * a name that is not here is one that a person must first decide about.
 */
const SHOWN: Readonly<Record<string, readonly string[]>> = {
  'organisation.added': ['name', 'siret', 'address', 'phone', 'email'],
  'organisation.changed': ['name', 'siret', 'address', 'phone', 'email'],
  'aidant.added': ['firstName', 'lastName', 'email'],
  'auditor.added': ['firstName', 'lastName', 'email'],
  'mandate.concluded': ['number', 'snapshot', 'terms', 'shownTexts', 'salt', 'idToken', 'userinfo', 'jwks'],
  'use.chosen': ['site'],
  'case.exported': ['sha256'],
  'audit.mandate-exported': ['sha256'],
};

export function isShownToAll(kind: string, name: string): boolean {
  return SHOWN[kind]?.includes(name) ?? false;
}

/**
 * What tells of the person who is helped, and opens with their identity. A closed list: what other auditors wrote in
 * confidence (why they ask, why they refuse, what a case is called, whom they looked for) never opens with somebody's identity.
 */
const OF_THE_PERSON: readonly string[] = [
  'usager.added',
  'usager.changed',
  'mandate.concluded',
  'mandate.paper-recorded',
  'use.chosen',
];

/** What its author alone reads again, besides those whom a case or a request is open to, on its own page. */
const OF_ITS_AUTHOR: readonly string[] = [
  'unmasking.asked',
  'unmasking.refused',
  'case.opened',
  'case.noted',
  'case.decided',
  'alert.decided',
  'audit.person-sought',
];

/** What is asked about an entry: the identity of its person is open to this auditor now; the act is theirs. */
export type MayOpen = { identity: boolean; mine: boolean };

/** Whether a value that an entry commits to is opened to an auditor. */
export function isOpened(kind: string, name: string, { identity, mine }: MayOpen): boolean {
  return (
    isShownToAll(kind, name) || (identity && OF_THE_PERSON.includes(kind)) || (mine && OF_ITS_AUTHOR.includes(kind))
  );
}

/** Whether all that an entry of this kind commits to leaves open in an export, which says nothing of whose act it is. */
export function leavesOpen(kind: string, { identity }: Pick<MayOpen, 'identity'>): boolean {
  return Object.hasOwn(SHOWN, kind) || (identity && OF_THE_PERSON.includes(kind));
}

/** What the names of committed values mean, for the page of an entry. */
const WORDS: Readonly<Record<string, string>> = {
  name: 'Nom',
  siret: 'SIRET',
  address: 'Adresse',
  phone: 'Téléphone',
  email: 'Adresse e-mail',
  firstName: 'Prénom',
  lastName: 'Nom',
  givenName: 'Prénoms',
  familyName: 'Nom de naissance',
  preferredUsername: 'Nom d’usage',
  gender: 'Genre',
  birthdate: 'Date de naissance',
  birthplace: 'Commune de naissance',
  birthcountry: 'Pays de naissance',
  before: 'Ce qui était écrit avant',
  after: 'Ce qui est écrit depuis',
  number: 'Numéro du mandat',
  snapshot: 'Empreinte du texte du mandat',
  terms: 'Empreinte des conditions',
  shownTexts: 'Empreinte des textes montrés',
  salt: 'Empreinte du sel',
  idToken: 'Empreinte du jeton d’identité de FranceConnect',
  userinfo: 'Empreinte de l’identité envoyée par FranceConnect',
  jwks: 'Empreinte des clés de FranceConnect',
  note: 'Raison, dans les mots de l’aidant',
  site: 'Site déclaré',
  sha256: 'Empreinte SHA-256',
  subject: 'Objet du dossier de contrôle',
  typed: 'Ce qui a été tapé',
  motive: 'Motif',
  mandate: 'Numéro de mandat demandé',
  aidant: 'Aidant demandé',
};

/** In French; a name without words of its own is shown as the leaf has it. */
export function committedInWords(kind: string, name: string): string {
  if (name === 'address' && kind.endsWith('.logged-in')) return 'Adresse réseau';
  return WORDS[name] ?? name;
}
