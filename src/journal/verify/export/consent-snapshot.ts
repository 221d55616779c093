import { fromBase64url } from '../base64url.ts';
import { utf8 } from '../bytes.ts';
import type { Evidence, Findings } from './consent-evidence.ts';
import { claimsOf } from './consent-tokens.ts';
import { type Json, jsonObject, jwsPayload } from './jws.ts';
import type { Tools } from './subject.ts';

/** The copy of the mandate carries the service's seal, these terms and text, and the person that FranceConnect signed. */
export function snapshotSays(
  tools: Tools,
  evidence: Evidence,
  { number, alias }: { number: string; alias: string },
): Findings {
  const { snapshot, seal, sealKeys, terms, shownTexts, userinfo } = evidence;
  if (snapshot === undefined) return { faults: [], unknown: [] };
  const read = jsonObject(snapshot);
  if (!read) return { faults: ['la copie du mandat ne se lit pas.'], unknown: [] };
  const faults: string[] = [];
  const detached = { payload: utf8(snapshot), type: 'entremise-mandate+jws' };
  const keys = isOneKey(sealKeys) ? (sealKeys ?? '') : '';
  if (!jwsPayload(tools.es256Verify, keys, seal ?? '', detached))
    faults.push('le sceau de la copie du mandat est faux.');
  if (read.number !== number) faults.push('la copie du mandat porte un autre numéro.');
  if (read.journalAlias !== alias) faults.push('la copie du mandat porte un autre alias que l’entrée du journal.');
  if (terms !== undefined && read.terms !== terms) faults.push('la copie du mandat porte d’autres conditions.');
  // both are canonical: members stand in one order
  if (shownTexts !== undefined && JSON.stringify(read.text) !== shownTexts)
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

/** Written by us, in one way: the key of the seal and no other, nothing beside it that no signature needs. */
function isOneKey(text: string | undefined): boolean {
  const { keys } = jsonObject(text) ?? {};
  const [key, ...more] = Array.isArray(keys) ? (keys as Json[]) : [];
  if (!key || more.length > 0) return false;
  const { x, y, kid } = key;
  return text === JSON.stringify({ keys: [{ kty: 'EC', crv: 'P-256', x, y, kid, alg: 'ES256', use: 'sig' }] });
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
  return pairs.flatMap(([name, kept, signed]) => (typeof kept === 'string' && kept === plain(signed) ? [] : [name]));
}

/**
 * What FranceConnect left out is kept as an empty text; what is no text is no name, nor what has more marks upon one letter than any
 * script has (UAX #15, Stream-Safe Text): what sorts them takes the square of their number.
 */
function plain(signed: unknown): string | undefined {
  if (signed === undefined || signed === null) return '';
  return typeof signed === 'string' && !/\p{M}{31}/u.test(signed) ? signed.normalize('NFC') : undefined;
}
