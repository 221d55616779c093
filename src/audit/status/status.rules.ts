import { MOST_COUNTED, type TreeStatus } from '#journal';
import type { JournalFrame } from '#platform/http/frame.ts';
import { DAY, SECOND } from '#platform/time/clock.ts';
import { inDigits } from '#platform/time/paris.ts';
import { isShown, toldAlarms } from './told.rules.ts';

/**
 * How a log stands, since when it is sealed, since when something sealed waits for its publication, since when it succeeds
 * another, and how many of the entries that were put aside somebody has examined.
 */
export type LogStatus = TreeStatus & {
  beganAt: Date | null;
  sealedSince: Date | null;
  succeededAt: Date | null;
  examined: number;
};
/** What is wrong, with which log. `unseenSince`: when that was last told, if nobody tells it any more. */
export type Alarm = JournalFrame['alarms'][number] & { log: LogStatus['log']; unseenSince?: Date | null };

/** An entry is published within seconds: beyond this, something does not work. */
const LATE = 60 * SECOND;
/** A full pass over the database is made every day. */
const CHECKED_EVERY = DAY;

const NAMES = { actes: 'Journal des actes', acces: 'Journal des accès' } as const;
const BOTH = 'Les deux journaux';

const older = (instant: Date | null, by: number, now: Date) =>
  instant !== null && now.getTime() - instant.getTime() > by;

/** What is wrong with a log, and what it means for who relies on it. Empty when all is well. */
export function alarmsOf(status: LogStatus, now: Date): Alarm[] {
  const { alarms: told, explainsDelay } = toldAlarms(status);
  const alarms = [
    ...(isLate(status, now) && !explainsDelay ? [lateAlarm(status)] : []),
    ...told,
    ...asideAlarms(status),
    ...checkAlarms(status, now),
  ];
  return alarms.map((alarm) => ({ ...alarm, log: status.log }));
}

/** What was put aside is red until an auditor has decided of the alert that tells it. */
function asideAlarms({ quarantined, examined }: LogStatus): JournalFrame['alarms'] {
  const count = quarantined - examined;
  if (count <= 0) return [];
  return [
    {
      title: `${count}\u00a0${count > 1 ? 'entrées sont mises' : 'entrée est mise'} à l’écart.`,
      meaning: `Aucun serveur inscrit ne ${count > 1 ? 'les a signées' : 'l’a signée'}\u00a0: quelqu’un a écrit dans la base sans passer par le service. Un auditeur de tout le pays décide de l’alerte I1 qui le dit.`,
    },
  ];
}

/** Alarms as they are shown: the same about both logs is said once, with the last hour at which it was told. */
export function saidOnce(alarms: readonly Alarm[]): JournalFrame['alarms'] {
  const same = Map.groupBy(alarms, ({ title, meaning }) => `${title} ${meaning}`);
  return [...same.values()].flatMap((all) => {
    const [first, second] = all;
    if (!first) return [];
    const unseen = all.flatMap(({ unseenSince }) => unseenSince?.getTime() ?? []);
    const last =
      unseen.length === all.length ? [`Dernière nouvelle le ${inDigits(new Date(Math.max(...unseen)))}.`] : [];
    const title = `${second ? BOTH : NAMES[first.log]}\u00a0: ${first.title}`;
    return [{ title, meaning: [first.meaning, ...last].join(' ') }];
  });
}

/** Something has waited for more than a minute, whether for its place or for the signatures. */
function isLate(status: LogStatus, now: Date): boolean {
  const { published, unsealed, sealedSince } = status;
  const waits = older(unsealed.oldest, LATE, now) || older(sealedSince, LATE, now);
  return waits && waitingOf(status) > 0n && (published === null || older(published.at, LATE, now));
}

/** How many entries nothing published has: without a place, or beyond what the last checkpoint shows. */
function waitingOf({ unsealed, size, published }: LogStatus): bigint {
  return BigInt(unsealed.count) + size - (published?.size ?? 0n);
}

function lateAlarm({ published }: LogStatus): JournalFrame['alarms'][number] {
  const since = published ? `rien n’est publié depuis le ${inDigits(published.at)}` : 'rien n’est encore publié';
  return {
    title: `${since}, et des entrées attendent.`,
    meaning:
      'Elles sont écrites, mais rien ne les prouve encore\u00a0: jusqu’à leur publication, elles pourraient changer sans que cela se voie.',
  };
}

function checkAlarms({ lastFullCheck, beganAt }: LogStatus, now: Date): JournalFrame['alarms'] {
  if (lastFullCheck && lastFullCheck.problems.length > 0) {
    const { at, problems } = lastFullCheck;
    return [
      {
        title: `le contrôle complet du ${inDigits(at)} a trouvé ${problems.length}\u00a0problème${problems.length > 1 ? 's' : ''}.`,
        meaning: `Ce qui est dans la base n’est pas, en tout point, ce qui a été scellé. Le premier\u00a0: «\u00a0${problems[0]}\u00a0».`,
      },
    ];
  }
  // a log that began today has not had its first night
  if (!older(lastFullCheck?.at ?? beganAt, CHECKED_EVERY, now)) return [];
  const since = lastFullCheck ? `depuis le ${inDigits(lastFullCheck.at)}` : 'jusqu’ici';
  return [
    {
      title: `aucun contrôle complet ${since}.`,
      meaning:
        'La base entière est relue chaque jour et comparée à ce qui a été scellé\u00a0: tant que ce n’est pas fait, un changement pourrait ne pas être vu.',
    },
  ];
}

/** What the header says of a log, all well or not. */
export function factsOf(status: LogStatus, now: Date): string[] {
  const facts = [
    ...[publishedInWords(status, now), witnessesInWords(status), waitingInWords(status), checkInWords(status)],
    ...asideInWords(status),
  ];
  const { succeededAt } = status;
  return succeededAt ? [...facts, `Succède à un journal clos le ${inDigits(succeededAt)}`] : facts;
}

function publishedInWords({ published }: LogStatus, now: Date): string {
  if (!published) return 'Aucun point de contrôle publié';
  return `Dernier point de contrôle il y a ${ageInWords(now.getTime() - published.at.getTime())}, ${published.size}\u00a0entrée${published.size > 1n ? 's' : ''}`;
}

/** « 12 secondes », « 1 minute », « 3 heures », « 2 jours »; never « 0 seconde ». */
export function ageInWords(milliseconds: number): string {
  const seconds = Math.max(1, Math.floor(milliseconds / SECOND));
  const [count, unit] =
    seconds < 60
      ? [seconds, 'seconde']
      : seconds < 7200
        ? [Math.floor(seconds / 60), 'minute']
        : seconds < 172_800
          ? [Math.floor(seconds / 3600), 'heure']
          : [Math.floor(seconds / 86_400), 'jour'];
  return `${count}\u00a0${unit}${count > 1 ? 's' : ''}`;
}

/** Those who sign, of all who are asked; and who is silent, since when. */
function witnessesInWords({ witnesses, published }: LogStatus): string {
  if (witnesses.length === 0) return 'Aucun témoin';
  const silent = witnesses.filter((witness) => isSilent(witness, published));
  const count = `${witnesses.length - silent.length}\u00a0témoin${witnesses.length - silent.length > 1 ? 's' : ''} sur ${witnesses.length}`;
  const words = silent.map(({ name, cosignedAt }) =>
    cosignedAt
      ? `«\u00a0${name}\u00a0» ne signe plus depuis le ${inDigits(cosignedAt)}`
      : `«\u00a0${name}\u00a0» n’a jamais signé`,
  );
  return [count, ...words].join(', ');
}

/** Told to be away or refusing; else whoever did not sign what is published, unless it was published as they were about to. */
function isSilent(witness: TreeStatus['witnesses'][number], published: LogStatus['published']): boolean {
  const { cosignedAt, isOnLast, problem, unseenSince } = witness;
  if (isShown(witness) || !cosignedAt) return true;
  // nobody has asked it again: until it signs, what was seen last is that it was away
  if (problem && unseenSince && cosignedAt < unseenSince) return true;
  return published !== null && !isOnLast && older(cosignedAt, LATE, published.at);
}

function waitingInWords(status: LogStatus): string {
  const waiting = waitingOf(status);
  if (waiting === 0n) return 'Aucune entrée en attente';
  const words = `${waiting}\u00a0entrée${waiting > 1n ? 's' : ''} en attente`;
  return status.unsealed.count >= MOST_COUNTED ? `Au moins ${words}` : words;
}

function asideInWords({ examined }: LogStatus): string[] {
  if (examined === 0) return [];
  return [
    `${examined}\u00a0entrée${examined > 1 ? 's mises' : ' mise'} à l’écart, déjà examinée${examined > 1 ? 's' : ''}`,
  ];
}

function checkInWords({ lastFullCheck }: LogStatus): string {
  if (!lastFullCheck) return 'Contrôle complet\u00a0: aucun';
  const { at, problems } = lastFullCheck;
  const found =
    problems.length === 0 ? 'rien à signaler' : `${problems.length}\u00a0problème${problems.length > 1 ? 's' : ''}`;
  return `Contrôle complet du ${inDigits(at)}\u00a0: ${found}`;
}
