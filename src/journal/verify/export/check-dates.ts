import { type Cosigner, checkNote } from '../check-note.ts';
import { type Policy, quorumMet } from '../policy.ts';
import { type MandateDate, mandateDates } from './check-consent.ts';
import { isTakenOver } from './consent-tokens.ts';
import { FILES } from './layout.ts';
import { type Check, firstTold, notChecked, pass, plural, shortened } from './report.ts';
import type { Subject } from './subject.ts';

/** A node may write a little before its transaction is settled: entries are in the order of transactions. */
const TOLERANCE = 15 * 60_000;

/**
 * The dates that nodes wrote go forward with the places, and none is later than what the witnesses signed. The order is
 * proven without them: a clock that went wrong leaves dates that cannot be confirmed, not another order. The date of
 * an entry is the one in its leaf: when the database took it is committed to by nothing, and is not exported.
 */
export function checkDates(subject: Subject): Check {
  const { entries, manifest, files, policy, tools } = subject;
  if (!manifest) return notChecked('dates', 'Sans manifeste, aucune entrée n’est lue.');
  const checked = checkNote(tools, policy, files.get(FILES.checkpoint) ?? '');
  const quorum = checked.ok ? quorumTime(policy, checked.cosigners) : undefined;
  const witnessed = quorum ?? Number.POSITIVE_INFINITY;
  let latest = Number.NEGATIVE_INFINITY;
  const details: string[] = [];
  for (const { index, facts } of entries.list) {
    if (!facts) continue;
    const { writtenAt } = facts;
    if (writtenAt < latest - TOLERANCE)
      details.push(`Entrée ${index}\u00a0: datée d’avant des entrées qui la précèdent.`);
    if (writtenAt > witnessed + TOLERANCE) details.push(`Entrée ${index}\u00a0: datée d’après le passage des témoins.`);
    latest = Math.max(latest, writtenAt);
  }
  const mandates = mandateDates(subject);
  const why = details.length > 0 ? 'une horloge était fausse' : 'des mandats repris d’un autre service';
  for (const mandate of mandates) details.push(...unconfirmed(mandate));
  if (details.length > 0) {
    return notChecked(
      'dates',
      `${plural(details.length, 'date ne se confirme pas', 'dates ne se confirment pas')} (${why}\u00a0?). L’ordre des entrées, lui, est prouvé.`,
      shortened(details),
    );
  }
  return pass(
    'dates',
    'Les dates écrites dans les entrées avancent avec les places, à un quart d’heure près, et aucune n’est postérieure aux témoins.',
    firstTold(mandates.filter(isTakenOver), takenOver),
  );
}

/** A mandate has a date of its own, its start: near the time at which it was written, or else near what FranceConnect signed. */
function unconfirmed(mandate: MandateDate): string[] {
  const { confirmed } = mandate;
  if (confirmed === false)
    return [`${named(mandate)}\u00a0: l’identification signée par FranceConnect n’est pas du jour dont il est daté.`];
  if (confirmed === undefined && isTakenOver(mandate))
    return [`${datedAndWritten(mandate)} Sans le jeton de FranceConnect, rien ne confirme cette date.`];
  return [];
}

const takenOver = (mandate: MandateDate) =>
  `${datedAndWritten(mandate)} FranceConnect a signé l’identification le jour dont il est daté\u00a0; les témoins confirment l’écriture.`;

const named = ({ number, alias }: MandateDate) => (number ? `Mandat ${number}` : `Mandat d’alias ${alias}`);

function datedAndWritten(mandate: MandateDate): string {
  const { startsAt, writtenAt } = mandate;
  const day = (instant: number) => new Date(instant).toISOString().slice(0, 10);
  return `${named(mandate)}\u00a0: daté du ${day(startsAt)}, écrit au journal le ${day(writtenAt)}.`;
}

/** The earliest time, in milliseconds since 1970, at which enough witnesses had cosigned: one whose clock is ahead changes nothing. */
function quorumTime(policy: Policy, cosigners: readonly Cosigner[]): number | undefined {
  const byTime = [...cosigners].sort((one, other) => (one.time < other.time ? -1 : 1));
  const heard: string[] = [];
  for (const { witness, time } of byTime) {
    heard.push(witness);
    if (quorumMet(policy, heard)) return Number(time) * 1000;
  }
  return undefined;
}
