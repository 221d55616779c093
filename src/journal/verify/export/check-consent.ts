import { fromBase64url, toBase64url } from '../base64url.ts';
import { joined, sameBytes, utf8, utf8Text } from '../bytes.ts';
import type { OpenedByIndex } from './check-disclosures.ts';
import { type Json, jsonObject, jwsPayload } from './jws.ts';
import { EVIDENCE_FILES, type EvidencePart, evidencePath } from './layout.ts';
import { LINES, readLines } from './lines.ts';
import { type Check, fail, notChecked, pass, shortened } from './report.ts';
import type { Subject } from './subject.ts';

/** What even evidence without a fault does not prove, in French. */
export const CONSENT_DOES_NOT_PROVE: readonly string[] = [
  'Que le texte a bien été affiché devant la personne, et qu’elle l’a compris\u00a0: cela, le service et l’aidant l’attestent. FranceConnect n’a vu qu’une empreinte.',
  'Que la personne présente était celle du compte\u00a0: FranceConnect dit qui s’est identifié, l’aidant déclare avoir comparé.',
  'Que les clés jointes sont bien celles de FranceConnect, et celles du sceau bien celles du service\u00a0: comparez-les avec celles qui sont publiées ou archivées.',
  'Ce qui a été fait ensuite avec le mandat.',
];

/** The texts of the evidence of one mandate that are here. */
type Evidence = { readonly [Part in EvidencePart]?: string };
/** What does not hold, and what could not be looked at, in French. */
type Findings = { faults: string[]; unknown: string[] };

const BOUND = ['terms', 'shownTexts', 'salt', 'idToken', 'userinfo', 'jwks', 'snapshot'] as const;
const NAMES: Readonly<Record<(typeof BOUND)[number], string>> = {
  terms: 'les conditions',
  shownTexts: 'le texte lu',
  salt: 'le sel',
  idToken: 'le jeton d’identité',
  userinfo: 'l’état civil signé',
  jwks: 'les clés de FranceConnect',
  snapshot: 'la copie du mandat',
};

/** The evidence of consent of each mandate that is here whole, or whose evidence travels: one line for all; none without mandates. */
export function checkConsent(subject: Subject, opened: OpenedByIndex): Check[] {
  const { evidence: numbers = [], mandates = [] } = subject.manifest ?? {};
  const without = mandates.filter(({ number }) => !numbers.includes(number));
  if (numbers.length + without.length === 0) return [];
  const findings = numbers.map((number) => ({ number, ...examine(subject, number, opened) }));
  const told = (number: string) => (found: string) => `Mandat ${number}\u00a0: ${found}`;
  const faults = findings.flatMap((found) => found.faults.map(told(found.number)));
  const unknown = [
    ...findings.flatMap((found) => found.unknown.map(told(found.number))),
    ...without.map(({ number }) =>
      told(number)('la preuve du consentement n’est pas jointe (effacée, ou pas ouverte à qui l’a demandé).'),
    ),
  ];
  if (faults.length > 0) return [fail('consent', 'La preuve du consentement ne tient pas.', faults)];
  if (unknown.length > 0)
    return [notChecked('consent', 'La preuve du consentement n’est pas entière.', shortened(unknown))];
  const line =
    `Le consentement est prouvé pour ${numbers.length === 1 ? `le mandat ${numbers[0]}` : `${numbers.length} mandats`}\u00a0: FranceConnect a signé` +
    ' l’identité et, par le nonce, les conditions\u00a0; le journal s’y était engagé à la conclusion.';
  return [pass('consent', line)];
}

function examine(subject: Subject, number: string, opened: OpenedByIndex): Findings {
  const evidence = evidenceOf(subject, number);
  const about = readLines(utf8(evidence.about ?? ''), LINES.about)?.[0];
  if (!about) return { faults: [`${evidencePath(number, 'about')} ne se lit pas.`], unknown: [] };
  const entry = subject.entries.byIndex.get(/^\d{1,19}$/.test(about.index ?? '') ? BigInt(about.index ?? 0) : -1n);
  if (entry?.facts?.type !== 'mandate.concluded') {
    return { faults: [`l’entrée ${about.index} n’est pas celle d’une conclusion.`], unknown: [] };
  }
  const committed = opened.get(entry.index) ?? new Map<string, string>();
  const findings = [
    commitments(subject, evidence, committed, number),
    signatures(subject, evidence, about),
    agreement(subject, evidence),
    snapshotSays(subject, evidence, { number, alias: entry.facts.alias ?? '' }),
  ];
  return { faults: findings.flatMap(({ faults }) => faults), unknown: findings.flatMap(({ unknown }) => unknown) };
}

function evidenceOf({ files }: Subject, number: string): Evidence {
  const parts = (Object.keys(EVIDENCE_FILES) as EvidencePart[]).map((part) => {
    const bytes = files.get(evidencePath(number, part));
    return [part, bytes && utf8Text(bytes)] as const;
  });
  return Object.fromEntries(parts.filter(([, text]) => text !== undefined));
}

/** The journal committed to the hash of each piece when the mandate was concluded. */
function commitments(
  { tools }: Subject,
  evidence: Evidence,
  committed: ReadonlyMap<string, string>,
  number: string,
): Findings {
  const faults: string[] = [];
  const unknown: string[] = [];
  if (!committed.has('number')) unknown.push('son numéro n’est plus ouvert au journal.');
  else if (committed.get('number') !== number) faults.push('le journal a conclu un mandat d’un autre numéro.');
  for (const part of BOUND) {
    const [text, hash] = [evidence[part], committed.get(part)];
    if (text === undefined) unknown.push(`${NAMES[part]}\u00a0: n’est plus gardé.`);
    else if (hash === undefined) unknown.push(`${NAMES[part]}\u00a0: son empreinte n’est plus ouverte au journal.`);
    else if (toHex(tools.sha256(utf8(text))) !== hash)
      faults.push(`${NAMES[part]}\u00a0: le journal s’était engagé sur autre chose.`);
  }
  return { faults, unknown };
}

/** FranceConnect signed both tokens, for one person, at the time when they were received. */
function signatures(
  { tools }: Subject,
  { idToken, userinfo, jwks }: Evidence,
  about: { receivedAt?: string },
): Findings {
  if (idToken === undefined || userinfo === undefined || jwks === undefined) return { faults: [], unknown: [] };
  const [identity, person] = [idToken, userinfo].map((jws) => claimsOf(jwsPayload(tools.es256Verify, jwks, jws)));
  const faults: string[] = [];
  if (!identity) faults.push('la signature du jeton d’identité est fausse.');
  if (!person) faults.push('la signature de l’état civil est fausse.');
  const same = identity?.sub !== undefined && identity.sub === person?.sub && identity.iss === person?.iss;
  if (identity && person && !same) faults.push('l’état civil n’est pas celui de la personne du jeton d’identité.');
  const received = Date.parse(about.receivedAt ?? '');
  const apart = Math.abs(Number(identity?.iat) * 1000 - received);
  if (identity && !(apart <= FIVE_MINUTES))
    faults.push(`le jeton d’identité n’est pas de l’heure de sa réception (${about.receivedAt}).`);
  return { faults, unknown: [] };
}

const FIVE_MINUTES = 5 * 60_000;
const claimsOf = (payload: Uint8Array | undefined) => payload && jsonObject(utf8Text(payload));

/** The nonce that FranceConnect signed is the salted hash of the terms, and these name the text that was read. */
function agreement({ tools }: Subject, { terms, shownTexts, salt, idToken }: Evidence): Findings {
  const faults: string[] = [];
  const read = jsonObject(terms);
  const random = fromBase64url(salt ?? '');
  if (terms !== undefined && salt !== undefined && idToken !== undefined) {
    const nonce = random?.length === 32 ? toBase64url(tools.sha256(joined(utf8(terms), random))) : undefined;
    const signed = claimsOf(fromBase64url(idToken.split('.')[1] ?? ''));
    if (nonce === undefined || signed?.nonce !== nonce)
      faults.push('le nonce signé n’est pas l’empreinte salée des conditions.');
  }
  if (terms !== undefined && shownTexts !== undefined) {
    const text = read?.text as Json | undefined;
    const hash = toHex(tools.sha256(utf8(shownTexts)));
    if (text?.sha256 !== hash || text?.version !== jsonObject(shownTexts)?.version)
      faults.push('les conditions nomment un autre texte que celui qui a été lu.');
  }
  return { faults, unknown: [] };
}

/** The copy of the mandate carries the service's seal, these terms and text, and the person that FranceConnect signed. */
function snapshotSays(
  { tools }: Subject,
  evidence: Evidence,
  { number, alias }: { number: string; alias: string },
): Findings {
  const { snapshot, seal, sealKeys, terms, shownTexts, userinfo } = evidence;
  const read = jsonObject(snapshot);
  if (!read || snapshot === undefined)
    return { faults: snapshot === undefined ? [] : ['la copie du mandat ne se lit pas.'], unknown: [] };
  const faults: string[] = [];
  const detached = { payload: utf8(snapshot), type: 'entremise-mandate+jws' };
  const ours = jsonObject(sealKeys); // written by us, in one way
  const keys = JSON.stringify(ours) === sealKeys ? sealKeys : '';
  if (!jwsPayload(tools.es256Verify, keys, seal ?? '', detached))
    faults.push('le sceau de la copie du mandat est faux.');
  if (read.number !== number) faults.push('la copie du mandat porte un autre numéro.');
  if (read.journalAlias !== alias) faults.push('la copie du mandat porte un autre alias que l’entrée du journal.');
  if (terms !== undefined && read.terms !== terms) faults.push('la copie du mandat porte d’autres conditions.');
  if (shownTexts !== undefined && !sameJson(read.text, shownTexts))
    faults.push('la copie du mandat porte un autre texte.');
  const person = claimsOf(fromBase64url((userinfo ?? '').split('.')[1] ?? ''));
  if (userinfo !== undefined)
    faults.push(
      ...differences(read.usager as Json | undefined, person).map(
        (name) => `la copie du mandat nomme une autre personne (${name}).`,
      ),
    );
  return { faults, unknown: [] };
}

function differences(usager: Json | undefined, person: Json | undefined): string[] {
  const birthplace = usager?.birthcountry === '99100' ? person?.birthplace : '';
  const pairs: [string, unknown, unknown][] = [
    ['prénoms', usager?.givenName, person?.given_name],
    ['nom de naissance', usager?.familyName, person?.family_name],
    ['date de naissance', usager?.birthdate, person?.birthdate],
    ['sexe', usager?.gender, person?.gender],
    ['lieu de naissance', usager?.birthplace, birthplace],
    ['pays de naissance', usager?.birthcountry, person?.birthcountry],
  ];
  return pairs.flatMap(([name, kept, signed]) => (kept === String(signed ?? '').normalize('NFC') ? [] : [name]));
}

/** Whether a value of the snapshot is what this text says: both are canonical, so members stand in one order. */
function sameJson(value: unknown, text: string): boolean {
  return sameBytes(utf8(JSON.stringify(value) ?? ''), utf8(text));
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
