import type { Identification, Snapshot } from '#consent';
import { themeOf } from '#organisation';
import type { AppContext } from '#platform/context.ts';
import { MINUTE } from '#platform/time/clock.ts';
import { inWords } from '#platform/time/paris.ts';
import { type Gender, usagerName } from '#usager';
import { maskedPerson } from '../mask.ts';
import type { ConclusionTold, Connection, LifeEntry } from './life.rules.ts';
import type { MandateFile } from './open-mandate-file.ts';

/** The name in the mandate when it is open to this auditor and believed; else the same mask as on every page. */
export function personOf({ keys }: Pick<AppContext, 'keys'>, { mandate, identity, snapshot }: MandateFile): string {
  return identity && snapshot ? nameIn(snapshot) : maskedPerson(keys, mandate.usagerId);
}

function nameIn({ usager }: Snapshot): string {
  const { givenName, familyName, preferredUsername = null, gender } = usager;
  return usagerName({ givenName, familyName, preferredUsername, gender: gender as Gender });
}

/** Whether the mandate may be used now, from what its leaves say. */
export function stateInWords({ end, conclusion, mandate }: MandateFile, now: Date): string {
  if (end) return `Terminé le ${inWords(end.endedAt)}`;
  const endsAt = conclusion?.endsAt ?? mandate.endsAt;
  return endsAt <= now ? `Expiré le ${inWords(endsAt)}` : `En vigueur jusqu’au ${inWords(endsAt)}`;
}

const LATE = 15 * MINUTE;

/** That a mandate is dated otherwise than it was written, and which of its dates are then those of the writing; null as a rule. */
export function takenOverInWords(
  conclusion: Pick<ConclusionTold, 'startsAt' | 'writtenAt'> | undefined,
): string | null {
  if (!conclusion) return null;
  const { startsAt, writtenAt } = conclusion;
  if (Math.abs(writtenAt.getTime() - startsAt.getTime()) <= LATE) return null;
  return `Ce mandat est daté du ${inWords(startsAt)}. Il a été écrit au journal le ${inWords(writtenAt)}.`;
}

const DEVICES: Readonly<Record<string, string>> = {
  'franceconnect-on-aidant-device':
    'Sur l’appareil de l’aidant, dans son navigateur. Que la personne a tapé elle-même son mot de passe, c’est l’aidant qui l’atteste.',
};

/** On which device the person said yes, as the leaf tells it. */
export function deviceInWords(consentLevel: string | undefined): string {
  if (!consentLevel) return 'Le journal ne le dit pas.';
  return DEVICES[consentLevel] ?? `Niveau inconnu de cette version\u00a0: ${consentLevel}`;
}

/** By which account behind FranceConnect, and when; only what FranceConnect signed. */
export function identificationInWords(identification: Identification | null): string {
  if (!identification?.signedAt) return 'Non vérifiable\u00a0: ce que FranceConnect a signé n’est pas lisible ici.';
  const { provider, signedAt, level } = identification;
  const account = provider ? `par le compte «\u00a0${provider}\u00a0»` : 'par un compte que FranceConnect ne nomme pas';
  return `Avec FranceConnect, ${account}, le ${inWords(signedAt)}${level ? ` (niveau ${level})` : ''}.`;
}

/** Who accepted, in the copy that the leaf committed to; the directory's name when it cannot be read. */
export function acceptedByInWords({ snapshot, conclusion, aidants, mandate }: MandateFile): string {
  const name = snapshot
    ? `${snapshot.aidant.firstName} ${snapshot.aidant.lastName}`
    : (conclusion?.aidantId && aidants.get(conclusion.aidantId)) || 'aidant inconnu';
  const structure = snapshot?.organisation.name ?? mandate.structure;
  const when = conclusion ? `, le ${inWords(conclusion.startsAt)}` : '';
  return `${name}, pour ${structure}${when}.`;
}

/** « Signé », « Aucun : … », or nothing recorded yet; from the entry itself. */
export function paperInWords(paper: LifeEntry | undefined): string {
  if (!paper?.entry) return 'Rien n’a été noté sur le papier.';
  const kept = paper.entry.clear.reason === 'other' && !paper.opened.note;
  const masked = kept ? ' La raison écrite par l’aidant est masquée, ou effacée.' : '';
  return `${paper.sentence}${masked} Noté le ${inWords(paper.entry.writtenAt)}.`;
}

/** How the mandate ended and since when the structure knew; null while it has not. */
export function endInWords({ end, aidants }: Pick<MandateFile, 'end' | 'aidants'>): string | null {
  if (!end) return null;
  const by = end.aidantId ? ` Écrit par ${aidants.get(end.aidantId) ?? 'un aidant inconnu'}.` : '';
  return `${end.sentence}${by} La structure le savait depuis le ${inWords(end.knownAt)}.`;
}

/** Titles of themes; one that this version does not know is shown by its key. */
export function themesInWords(keys: readonly string[]): string[] {
  return keys.map((key) => themeOf(key)?.title ?? key);
}

const OUTCOMES: Readonly<Record<Connection['outcome'], string>> = {
  'identity-given': 'Identité donnée à FranceConnect',
  refused: '',
  unfinished: 'Pas allée jusqu’au bout',
};

/** What became of a connection; a refusal says why in its own sentence. */
export function outcomeInWords({ outcome, sentence }: Connection): string {
  return OUTCOMES[outcome] || sentence;
}
