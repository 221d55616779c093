import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from 'jose';
import { canonicalJson } from '#platform/crypto/canonical-json.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import { MINUTE } from '#platform/time/clock.ts';
import { inWords } from '#platform/time/paris.ts';
import type { ConcludedRow } from './consent.queries.ts';
import { linesOf, readConsentText } from './consent-text.rules.ts';
import type { ConsentEvidence } from './evidence.ts';
import type { Snapshot } from './snapshot.schema.ts';
import { readSnapshot } from './snapshot.ts';
import { nonceOf, readTerms } from './terms.rules.ts';

/** `unverifiable`: what it takes is not here any more (erased, a key that is gone). Nothing says it is false, nothing proves it. */
export type Verdict = 'pass' | 'fail' | 'unverifiable';

/** One thing that was computed again. `detail` says, in French, what was compared with what. */
export type ConsentCheck = { name: string; verdict: Verdict; detail: string };

export const verdictOf = (holds: boolean): Verdict => (holds ? 'pass' : 'fail');

type Claims = Record<string, unknown>;
export type Signed = { idToken: Claims | undefined; userinfo: Claims | undefined };

/** The claims of what FranceConnect signed, for each JWT whose signature holds under the keys kept beside it. */
export async function readSigned(evidence: ConsentEvidence): Promise<Signed> {
  return { idToken: await claimsOf(evidence, 'idToken'), userinfo: await claimsOf(evidence, 'userinfo') };
}

async function claimsOf(evidence: ConsentEvidence, part: 'idToken' | 'userinfo'): Promise<Claims | undefined> {
  try {
    const keys = createLocalJWKSet(JSON.parse(evidence.jwks) as JSONWebKeySet);
    const { payload } = await compactVerify(evidence[part], keys, { algorithms: ['ES256'] });
    return JSON.parse(Buffer.from(payload).toString()) as Claims;
  } catch {
    return undefined;
  }
}

/** The terms name the text that is kept, to the letter, and both are in their one canonical form. */
export function checkText({ terms, shownTexts }: ConsentEvidence): ConsentCheck {
  const name = 'Le texte lu par la personne';
  const text = readConsentText(shownTexts);
  const { sha256: named, version } = readTerms(terms).text;
  const computed = sha256(canonicalJson(text)).toString('hex');
  const holds = computed === named && canonicalJson(text) === shownTexts && version === text.version;
  return {
    name,
    verdict: verdictOf(holds),
    detail: holds
      ? `Les ${linesOf(text).length} lignes gardées (version ${version}) ont l’empreinte que les conditions nomment\u00a0: ${named}.`
      : `Empreinte du texte gardé\u00a0: ${computed}. Empreinte nommée par les conditions\u00a0: ${named}.`,
  };
}

/** The nonce that FranceConnect signed is the salted hash of these terms. */
export function checkNonce({ terms, salt }: ConsentEvidence, { idToken }: Signed): ConsentCheck {
  const computed = nonceOf(readTerms(terms), Buffer.from(salt, 'base64url'));
  const holds = idToken?.nonce === computed && canonicalJson(readTerms(terms)) === terms;
  return {
    name: 'Le lien entre l’identification et les conditions',
    verdict: verdictOf(holds),
    detail: holds
      ? `Le nonce signé par FranceConnect est l’empreinte salée des conditions\u00a0: ${computed}.`
      : `Nonce calculé sur les conditions\u00a0: ${computed}. Nonce signé\u00a0: ${String(idToken?.nonce ?? 'aucun')}.`,
  };
}

/** That FranceConnect signed both answers, for one person, with the keys kept beside them. */
export function checkSignatures({ idToken, userinfo }: Signed): ConsentCheck[] {
  const sameSub = idToken?.sub !== undefined && idToken.sub === userinfo?.sub;
  return [
    {
      name: 'La signature du jeton d’identité',
      verdict: verdictOf(idToken !== undefined),
      detail: `ES256, avec les clés de FranceConnect gardées ce jour-là. Émetteur\u00a0: ${String(idToken?.iss ?? 'illisible')}.`,
    },
    {
      name: 'La signature de l’état civil',
      verdict: verdictOf(userinfo !== undefined && sameSub && userinfo.iss === idToken?.iss),
      detail: sameSub
        ? 'ES256, mêmes clés, même émetteur, même personne (sub) que le jeton d’identité.'
        : 'La signature ne tient pas, ou l’état civil n’est pas celui de la personne du jeton d’identité.',
    },
  ];
}

/** FranceConnect answered then: its own date is within five minutes of ours, and the mandate started after. */
export function checkDates(
  { receivedAt }: ConsentEvidence,
  { idToken }: Signed,
  { startsAt }: ConcludedRow,
): ConsentCheck {
  const issued = Number(idToken?.iat) * 1000;
  const received = Date.parse(receivedAt);
  const holds = Math.abs(issued - received) <= 5 * MINUTE && received <= startsAt.getTime();
  const signedAt = Number.isFinite(issued) ? `le ${inWords(new Date(issued))}` : 'à une date illisible';
  return {
    name: 'Les dates',
    verdict: verdictOf(holds),
    detail: `FranceConnect a signé ${signedAt}. Nous avons reçu sa réponse le ${inWords(new Date(received))}. Le mandat a commencé le ${inWords(startsAt)}.`,
  };
}

/** The snapshot says what the rows say, and names the person that FranceConnect signed and the terms that were agreed to. */
export function checkSnapshot(row: ConcludedRow, evidence: ConsentEvidence, signed: Signed): ConsentCheck[] {
  const snapshot = readSnapshot(row.snapshot);
  const differences = [
    ...differencesWithRow(snapshot, row),
    ...(snapshot.terms === evidence.terms && canonicalJson(snapshot.text) === evidence.shownTexts
      ? []
      : ['conditions']),
  ];
  const person = differencesWithPerson(snapshot, signed.userinfo);
  return [
    {
      name: 'Le contenu du mandat',
      verdict: verdictOf(differences.length === 0),
      detail:
        differences.length === 0
          ? 'La copie scellée dit la même chose que la base.'
          : `Diffèrent\u00a0: ${differences.join(', ')}.`,
    },
    {
      name: 'La personne',
      verdict: verdictOf(person.length === 0),
      detail:
        person.length === 0
          ? 'L’état civil du mandat est celui que FranceConnect a signé.'
          : `Diffèrent\u00a0: ${person.join(', ')}.`,
    },
  ];
}

function differencesWithRow(snapshot: Snapshot, row: ConcludedRow): string[] {
  const { organisation, themes, duration } = readTerms(snapshot.terms);
  const keys = JSON.stringify(snapshot.themes.map(({ key }) => key).sort());
  const pairs: [string, boolean][] = [
    ['numéro', snapshot.number === row.number],
    ['structure', snapshot.organisation.id === row.organisationId && organisation.id === row.organisationId],
    ['aidant', snapshot.aidant.id === row.aidantId],
    ['durée', snapshot.duration === row.duration && duration === row.duration],
    ['début', snapshot.startsAt === row.startsAt.toISOString()],
    ['fin', snapshot.endsAt === row.endsAt.toISOString()],
    ['thèmes', keys === JSON.stringify(row.themes.toSorted()) && keys === JSON.stringify(themes)],
    ['niveau de consentement', snapshot.consentLevel === row.consentLevel],
    ['alias au journal', snapshot.journalAlias === row.journalAlias],
  ];
  return pairs.flatMap(([name, same]) => (same ? [] : [name]));
}

function differencesWithPerson({ usager }: Snapshot, userinfo: Claims | undefined): string[] {
  const birthplace = usager.birthcountry === '99100' ? userinfo?.birthplace : '';
  const pairs: [string, string, unknown][] = [
    ['prénoms', usager.givenName, userinfo?.given_name],
    ['nom de naissance', usager.familyName, userinfo?.family_name],
    ['date de naissance', usager.birthdate, userinfo?.birthdate],
    ['sexe', usager.gender, userinfo?.gender],
    ['lieu de naissance', usager.birthplace, birthplace],
    ['pays de naissance', usager.birthcountry, userinfo?.birthcountry],
  ];
  return pairs.flatMap(([name, kept, signed]) => (kept === String(signed ?? '').normalize('NFC') ? [] : [name]));
}
